"""What `runs.py` measures, once Django knows its scratch database."""

import statistics
import time
from collections.abc import Callable

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from annotation.models import Benchmark, BenchmarkPair, Label, Pair, Product, Query
from arweb.embedded import EmbeddedWorker
from inference.enums import RunState
from inference.models import Judgment, Run
from inference.services.runs import launch_run
from rules.engine.attributes import Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import Policy, Release
from rules.selectors.reviews import standing_of
from rules.services import reviews
from rules.services.exchange import propose_rules
from rules.services.releases import publish_proposal

WORDS = ("布洛芬", "感冒灵", "创可贴", "维生素", "板蓝根", "碘伏", "避孕套", "体温计", "红霉素", "藿香正气")
FORMS = ("片", "胶囊", "颗粒", "口服液", "软膏")
QUERIES = [word + form for word in WORDS for form in FORMS]


def measure(sizes: list[int]) -> None:
    """Print a line a size and kind of run, then what the pages cost."""
    call_command("migrate", verbosity=0)
    author = User.objects.create_superuser("author")
    without_checks(author)
    releases = [published(author, 1, "布洛芬"), published(author, 2, "感冒灵")]
    worker = EmbeddedWorker()
    worker.start()
    try:
        for size in sizes:
            runs = measure_runs(benchmark_of(size), releases)
            measure_pages(author, runs)
    finally:
        worker.stop()


def measure_runs(benchmark: Benchmark, releases: list[Release]) -> list[Run]:
    """A first run, the same again, and one under a release that touches a tenth of the pairs."""
    first, second = releases
    kinds = (("judged anew", first), ("taken over", first), ("a tenth anew", second))
    return [finished(launch_run(by=None, release=release, benchmark=benchmark), kind) for kind, release in kinds]


def finished(run: Run, kind: str) -> Run:
    """Wait for a run that has just been launched and print its rate."""
    started = time.perf_counter()
    while run.state == RunState.RUNNING:
        time.sleep(0.02)
        run.refresh_from_db()
    seconds = time.perf_counter() - started
    reused = Judgment.objects.filter(run=run, reused=True).count()
    print(f"{run.total:6} pairs, {kind:13} {seconds:6.2f} s {run.total / seconds:8.0f} pairs/s, {reused} taken over")
    return run


def measure_pages(author: User, runs: list[Run]) -> None:
    """Print the median milliseconds of the pages about the runs."""
    client = Client(headers={"host": "localhost"})
    client.force_login(author)
    first, _again, last = runs
    for name, address in (
        ("list", reverse("inference:runs")),
        ("run", reverse("inference:run", args=[first.pk])),
        ("comparison", reverse("inference:compare", args=[first.pk, last.pk])),
        ("comparison, all", reverse("inference:compare", args=[first.pk, last.pk]) + "?show=all&page=3"),
    ):
        print(f"{first.total:6} pairs, page {name:16} {milliseconds(lambda url=address: client.get(url)):6.1f} ms")


def milliseconds(act: Callable[[], object], times: int = 7) -> float:
    """The median of some calls, after one that warms up."""
    act()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def without_checks(author: User) -> None:
    """Let a proposal be published without checks: they would need a worker, and are not what is measured."""
    Policy.objects.create(approvals={}, otherwise=1, safety=1, required=[], by=author)


def published(author: User, number: int, word: str) -> Release:
    """A release with one more rule, which caps what asks for a word."""
    content = RuleContent(
        title=f"Cap {word}",
        conditions=(Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=(word,)),),
        effect=Effect(EffectKind.CAP, Level.WEAKLY),
    )
    proposal = propose_rules(by=author, contents=[(number, content)], title="Measured")
    reviews.ask_for_review(by=author, proposal=proposal)
    second, _created = User.objects.get_or_create(username="second", is_superuser=True)
    reviews.approve(by=second, proposal=proposal, seen=standing_of(proposal).signed.digest)
    return publish_proposal(by=author, proposal=proposal)


def benchmark_of(size: int) -> Benchmark:
    """Synthetic labelled pairs over fifty queries."""
    queries = [Query.objects.get_or_create(text=text)[0] for text in QUERIES]
    benchmark = Benchmark.objects.create(slug=f"set-{size}", name=f"{size} pairs")
    products = Product.objects.bulk_create(
        [
            Product(external_id=f"{size}-{n}", title=f"[牌{size}]{WORDS[n % 10]}{FORMS[n % 5]}{n}mg*{n % 40}片")
            for n in range(-(-size // len(queries)))
        ]
    )
    rows = [Pair(query=query, product=product) for product in products for query in queries][:size]
    pairs = Pair.objects.bulk_create(rows)
    labels = Label.objects.bulk_create([Label(benchmark=benchmark, pair=pair, level="weakly") for pair in pairs])
    BenchmarkPair.objects.bulk_create(
        [BenchmarkPair(benchmark=benchmark, pair=label.pair, label=label) for label in labels]
    )
    return benchmark
