"""What `comparison.py` measures, once Django knows its scratch database."""

import statistics
import time
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotation.models import Benchmark, BenchmarkPair, Label, Pair, Product, Query
from benchmarks.rerun_measured import published, rule_on
from benchmarks.runs_measured import FORMS, WORDS
from inference.enums import RunState
from inference.models import Comparison, Judgment, Run
from inference.services.comparing import compare_runs, make_comparison
from inference.services.judging import judge_all
from inference.services.runs import default_config, launch_run
from rules.models import Policy, Release

OF_A_RUN = 4400
PRODUCTS = 50
"""Products held against each query."""
TRACED = 200
"""Pairs that are really judged; their traces are shared by all others."""
TIMES = 7
LIMIT = 300
LEVELS = "CASE ({0}) %% 4 WHEN 0 THEN 'highly' WHEN 1 THEN 'moderately' WHEN 2 THEN 'weakly' ELSE 'irrelevant' END"
CATEGORIES = "CASE pair.id %% 5 WHEN 0 THEN '中药' WHEN 1 THEN '器械' ELSE '西药' END"


@dataclass(frozen=True, slots=True)
class Traced:
    """Two releases, and the traces that each gave the same pairs, in order."""

    releases: tuple[Release, Release]
    traces: tuple[list[int], list[int]]


def measure(sizes: list[int]) -> None:
    """Print a line a size and way of storing it."""
    call_command("migrate", verbosity=0)
    author, reviewer = (User.objects.create_superuser(name) for name in ("author", "reviewer"))
    Policy.objects.create(approvals={}, otherwise=1, safety=1, required=[], by=author)
    client = Client(headers={"host": "localhost"})
    client.force_login(author)
    traced = really_judged(author, reviewer)
    store_pairs(max(sizes) // 2)
    pages = "page ms (processor), queries | filtered by words | of a rule, last page | a pair laid open"
    print(f"   stored  as                  compared   rows  made in s | {pages}", flush=True)
    for size in sizes:
        runs = max(size // OF_A_RUN, 2)
        stored = [store_run(traced, min(OF_A_RUN, size // 2), at) for at in range(runs)]
        say(client, f"{runs} runs of {min(OF_A_RUN, size // 2):,}", stored[-2], stored[-1])
        halves = [store_run(traced, size // 2, at) for at in range(2)]
        say(client, f"2 runs of {size // 2:,}", *halves)


def say(client: Client, how: str, before: Run, after: Run) -> None:
    """Compare two runs, and print a line of what that and the pages cost."""
    connection.cursor().execute("ANALYZE")
    comparison = compare_runs(by=None, before=before, after=after)
    started = time.perf_counter()
    make_comparison(comparison_id=comparison.pk)
    seconds = time.perf_counter() - started
    comparison.refresh_from_db()
    last = -(-comparison.moved // 40)
    middle = comparison.rows.order_by("rank", "pair_id")[comparison.tally.moved // 2].pair_id
    rule = next((number for number in comparison.rules if number), 0)
    queries = ({}, {"q": "布洛芬 片"}, {"rule": rule, "change": "all", "page": last}, {"open": middle})
    costs = [cost(client, comparison, query) for query in queries]
    stored = Judgment.objects.count()
    print(
        f"{stored:9,}  {how:18} {comparison.total:9,} {comparison.moved:6,} {seconds:9.2f}   | {' | '.join(costs)}",
        flush=True,
    )


def cost(client: Client, comparison: Comparison, query: dict[str, object]) -> str:
    """The median milliseconds of a page, those of the processor in this process, and its queries; one look warms up."""
    address = reverse("inference:compare", args=[comparison.before_id, comparison.after_id])
    with CaptureQueriesContext(connection) as captured:
        client.get(address, query)
    asked = len(captured)  # the next request forgets them
    taken, busy = [], []
    for _time in range(TIMES):
        started, begun = time.perf_counter(), time.process_time()
        response = client.get(address, query)
        taken.append((time.perf_counter() - started) * 1000)
        busy.append((time.process_time() - begun) * 1000)
        assert response.status_code == 200, response.status_code
    slow = " TOO SLOW" if statistics.median(taken) > LIMIT else ""
    return f"{statistics.median(taken):4.0f} ({statistics.median(busy):3.0f}), {asked}{slow}"


def really_judged(author: User, reviewer: User) -> Traced:
    """Two releases of one rule more, and some pairs judged under either."""
    first, second = ([(number, rule_on([word]))] for number, word in enumerate(("布洛芬", "感冒灵"), 1))
    releases = published(author, reviewer, first), published(author, reviewer, second)
    benchmark = Benchmark.objects.create(slug="traced", name="Traced")
    for at in range(TRACED):
        query, _new = Query.objects.get_or_create(text=f"{WORDS[at % 10]}{FORMS[at % 5]}")
        title = f"[牌]{WORDS[at % 10]}{FORMS[at % 3]}{at}mg*{at % 40 + 1}片"
        pair = Pair.objects.create(query=query, product=Product.objects.create(external_id=f"t{at}", title=title))
        label = Label.objects.create(benchmark=benchmark, pair=pair, level="weakly")
        BenchmarkPair.objects.create(benchmark=benchmark, pair=pair, label=label, must_hold=at % 10 == 0)
    runs = [judge_all(run=launch_run(by=None, release=release, benchmark=benchmark)) for release in releases]
    before, after = (list(run.judgments.order_by("pair").values_list("traced_id", flat=True)) for run in runs)
    return Traced(releases, (before, after))


def store_pairs(count: int) -> None:
    """Synthetic pairs: every query is held against fifty products."""
    queries = Query.objects.bulk_create([Query(text=f"{WORDS[n % 10]}{n}") for n in range(-(-count // PRODUCTS))])
    products = Product.objects.bulk_create(
        [
            Product(
                external_id=f"s{n}", title=f"[牌{n % 90}]{WORDS[n % 10]}{FORMS[n % 5]}{n}mg*{'大' * (n % 9)}{n % 40}片"
            )
            for n in range(max(len(queries), PRODUCTS))
        ],
        batch_size=5000,
    )
    for start in range(0, len(queries), 200):
        rows = [
            Pair(query=query, product=products[(start + at + n) % len(products)])
            for at, query in enumerate(queries[start : start + 200])
            for n in range(PRODUCTS)
        ]
        Pair.objects.bulk_create(rows, batch_size=5000)


def store_run(traced: Traced, pairs: int, at: int) -> Run:
    """A finished run over the first so many synthetic pairs; every other run judges one in ten otherwise."""
    odd = at % 2
    run = Run.objects.create(
        config=default_config(),
        release=traced.releases[odd],
        benchmark=Benchmark.objects.get(),
        state=RunState.FINISHED,
        knowledge="k",
        total=pairs,
        finished_at=timezone.now(),
    )
    judgment, pair = Judgment._meta.db_table, Pair._meta.db_table
    judged = LEVELS.format(f"pair.id + CASE WHEN pair.id %% 10 = 0 THEN {odd} ELSE 0 END")
    traces = " ".join(f"WHEN {n} THEN {trace}" for n, trace in enumerate(traced.traces[odd]))
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO {judgment} (run_id, pair_id, expected, level, failure, line, key, "case", category, reused,'  # noqa: S608
            " canary, traced_id, milliseconds, created_at)"
            f" SELECT %s, pair.id, {LEVELS.format('pair.id + CASE WHEN pair.id %% 7 = 0 THEN 1 ELSE 0 END')},"
            f" CASE WHEN pair.id %% 100 = 1 THEN '' ELSE {judged} END,"
            " CASE WHEN pair.id %% 100 = 1 THEN 'error' ELSE '' END,"
            f" 3, 'key', 'case', {CATEGORIES}, %s, %s, CASE pair.id %% {TRACED} {traces} END, 1.0, %s"
            f" FROM {pair} pair WHERE pair.id > %s ORDER BY pair.id LIMIT %s",
            [run.pk, False, False, timezone.now(), TRACED, pairs],
        )
    return run
