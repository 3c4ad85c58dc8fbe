"""What `rerun.py` measures, once Django knows its scratch database."""

import time
from collections.abc import Callable
from itertools import islice

from django.contrib.auth.models import User
from django.core.management import call_command

from annotation.models import Benchmark, BenchmarkPair, Label, Pair, Product, Query
from arweb.embedded import EmbeddedWorker
from inference.enums import ComparisonState, Engine, RunState
from inference.knowledge.lexicon import load_lexicon
from inference.models import Comparison, Judgment, ModelEndpoint, PipelineConfig, Run
from inference.selectors.preview import preview_rules
from inference.services.runs import launch_run
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.enums import CheckName, CheckState
from rules.models import Check, Policy, Proposal, Release
from rules.selectors import engine_rules
from rules.selectors.reviews import standing_of
from rules.services import reviews
from rules.services.exchange import propose_rules
from rules.services.releases import publish_proposal
from tests.scripted_model.script import Always, Reply
from tests.scripted_model.server import MODEL, Server, start

PRODUCTS = 20
"""Products held against each query."""
IN_FLIGHT = 64
DELAY = 0.05
"""Seconds that the scripted model takes an answer."""
ANSWER = Always(Reply('{"mismatched": [], "rules": [], "level": "weakly", "reason": "as scripted"}'))
MOST_FULL = 20_000
"""Pairs above which the full rerun is left out: it takes as long as the first run."""
FORMS = ("片", "胶囊", "颗粒", "口服液")


def measure(sizes: list[int], rules: int, touched: int, *, with_model: bool) -> None:
    """Print a line a size and kind of run."""
    call_command("migrate", verbosity=0)
    author, reviewer = (User.objects.create_superuser(name) for name in ("author", "reviewer"))
    Policy.objects.create(approvals={}, otherwise=1, safety=1, required=[], by=author)
    names = list(islice(load_lexicon().medicines, max(max(sizes) // PRODUCTS + 1, rules)))
    worker = EmbeddedWorker()
    worker.start()
    print(f"{rules} rules; seconds from the click, pairs judged anew")
    try:
        for size in sizes:
            measure_size(size, names, rules, touched, author, reviewer)
        if with_model:
            measure_model(min(sizes), names, rules, touched, author, reviewer)
    finally:
        worker.stop()


def measure_size(size: int, names: list[str], rules: int, touched: int, author: User, reviewer: User) -> None:
    """A first run, a full one, and the one after a rule was edited that is recalled on `touched` pairs."""
    edited = names[: max(touched // PRODUCTS, 1)]
    contents = [(number, rule_on([name])) for number, name in enumerate(names[:rules], 1)]
    contents[0] = (1, rule_on(edited))
    base = published(author, reviewer, contents)
    benchmark = benchmark_of(size, names)
    first, seconds = finished(lambda: launch_run(by=None, release=base, benchmark=benchmark))
    say(size, "first run", first, seconds)
    if size <= MOST_FULL:
        full, seconds = finished(lambda: launch_run(by=None, release=base, benchmark=benchmark, full=True))
        say(size, "full rerun", full, seconds)
    again = rule_on(edited, Level.MODERATELY)
    proposal = approved(author, reviewer, [(1, again)])
    rerun, quick = finished(lambda: rerun_of(publish_proposal(by=author, proposal=proposal), benchmark))
    say(size, "one rule edited", rerun, quick)
    print(f"{size:7} pairs  ratio of the full rerun to that: {seconds / quick:.1f}")
    before = engine_rules(rerun.release)
    after = tuple(rule for rule in before if rule.number != 2)
    for kind in ("first", "next"):
        started = time.perf_counter()
        seen = preview_rules(benchmark=benchmark, before=before, after=after, number=1)
        took = (time.perf_counter() - started) * 1000
        print(f"{size:7} pairs  {kind} preview of an edit {took:9.0f} ms, {seen.affected} affected")


def measure_model(size: int, names: list[str], rules: int, touched: int, author: User, reviewer: User) -> None:
    """A first run by a scripted model, one after an edit, and a first run by another over pairs already read."""
    edited = names[: max(touched // PRODUCTS, 1)]
    base = published(author, reviewer, [(1, rule_on(edited, Level.WEAKLY))])
    benchmark = benchmark_of(size, names, "asked")
    with start(ANSWER, delay=DELAY, process=True) as server:
        one, other = (model_config(server.address, author, number) for number in (1, 2))
        ideal = size / IN_FLIGHT * DELAY
        print(f"{size:7} pairs  a model of {DELAY * 1000:.0f} ms, {IN_FLIGHT} in flight: ideal {ideal:.2f} s")
        asked(
            server, size, "model, first run", lambda: launch_run(by=None, release=base, benchmark=benchmark, config=one)
        )
        again = published(author, reviewer, [(1, rule_on(edited, Level.MODERATELY))])
        asked(
            server,
            size,
            "model, rule edited",
            lambda: launch_run(by=None, release=again, benchmark=benchmark, config=one),
        )
        asked(
            server,
            size,
            "another, first run",
            lambda: launch_run(by=None, release=again, benchmark=benchmark, config=other),
        )


def asked(server: Server, size: int, kind: str, launch: Callable[[], Run]) -> None:
    """Print one line, with the calls that the model got."""
    before = server.calls
    run, seconds = finished(launch)
    failed = Judgment.objects.filter(run=run).exclude(failure="").count()
    print(f"{size:7} pairs  {kind:18} {seconds:7.2f} s {server.calls - before:8} calls, {failed} failed", flush=True)


def model_config(address: str, author: User, number: int) -> PipelineConfig:
    """A configuration that asks the scripted model, with a seed of its own."""
    endpoint = ModelEndpoint.objects.create(
        name=f"scripted {number}", address=address, model=MODEL, in_flight=IN_FLIGHT, created_by=author
    )
    return PipelineConfig.objects.create(
        name=f"model {number}", engine=Engine.LLM, endpoint=endpoint, model_settings={"seed": number}, canaries=0
    )


def rerun_of(release: Release, benchmark: Benchmark) -> Run:
    """The run that publishing a release launched."""
    return Run.objects.get(release=release, benchmark=benchmark)


def finished(launch: Callable[[], Run]) -> tuple[Run, float]:
    """Wait for a run from before it is launched to its finished comparison; the seconds it took."""
    started = time.perf_counter()
    run = launch()
    while run.state == RunState.RUNNING:
        time.sleep(0.01)
        run.refresh_from_db(fields=["state"])
    while run.baseline_id and not Comparison.objects.filter(after=run, state=ComparisonState.READY).exists():
        time.sleep(0.01)
    return run, time.perf_counter() - started


def say(size: int, kind: str, run: Run, seconds: float) -> None:
    """Print one line."""
    anew = Judgment.objects.filter(run=run, reused=False).count()
    print(f"{size:7} pairs  {kind:18} {seconds:7.2f} s {anew:8} anew", flush=True)


def rule_on(names: list[str], level: Level = Level.WEAKLY) -> RuleContent:
    """A rule that caps what asks for one of some medicines."""
    return RuleContent(
        title=f"Cap {names[0]}",
        conditions=(Condition(Side.QUERY, Operator.IS_ANY_OF, Attribute.CORE_NAME, tuple(names)),),
        effect=Effect(EffectKind.CAP, level),
    )


def published(author: User, reviewer: User, contents: list[tuple[int, RuleContent]]) -> Release:
    """A release with some more rules, or others in their place."""
    return publish_proposal(by=author, proposal=approved(author, reviewer, contents))


def approved(author: User, reviewer: User, contents: list[tuple[int, RuleContent]]) -> Proposal:
    """An approved proposal of such rules, its checks answered."""
    proposal = propose_rules(by=author, contents=contents, title="Measured")
    reviews.ask_for_review(by=author, proposal=proposal)
    unanswered = [CheckState.PENDING, CheckState.RUNNING]
    while Check.objects.filter(proposal=proposal).exclude(state__in=unanswered).count() < len(CheckName):
        time.sleep(0.05)
    reviews.approve(by=reviewer, proposal=proposal, seen=standing_of(proposal).signed.digest)
    return proposal


def benchmark_of(size: int, names: list[str], kind: str = "set") -> Benchmark:
    """Synthetic labelled pairs: every query asks for a medicine, and is held against twenty products."""
    wanted = names[: -(-size // PRODUCTS)]
    Query.objects.bulk_create([Query(text=name) for name in wanted], ignore_conflicts=True)
    queries = list(Query.objects.filter(text__in=wanted).order_by("pk"))
    products = Product.objects.bulk_create(
        [
            Product(
                external_id=f"{kind}-{size}-{n}",
                title=f"[牌{n % 90}{kind}]{name}{FORMS[n % 4]}{n % 9 + 1}0mg*{n % 40 + 6}片",
            )
            for n, name in enumerate(wanted * 2)
        ]
    )
    rows = (
        Pair(query=query, product=products[(at * 2 + n) % len(products)])
        for at, query in enumerate(queries)
        for n in range(PRODUCTS)
    )
    pairs = Pair.objects.bulk_create(list(islice(rows, size)), batch_size=5000)
    benchmark = Benchmark.objects.create(slug=f"{kind}-{size}", name=f"{size} pairs")
    labels = Label.objects.bulk_create([Label(benchmark=benchmark, pair=pair, level="weakly") for pair in pairs])
    BenchmarkPair.objects.bulk_create(
        [BenchmarkPair(benchmark=benchmark, pair=label.pair, label=label) for label in labels]
    )
    return benchmark
