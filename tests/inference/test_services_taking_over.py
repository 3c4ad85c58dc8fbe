"""A rerun takes over what is known by its key, and asks only for what is new."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from annotation.models import Benchmark, Product
from inference.enums import ItemState
from inference.models import Judgment, JudgmentTrace, PairReading, Run
from inference.selectors.chains import chain_of
from inference.selectors.readings import case_digests, context_of, kept_readings
from inference.services.judging import judge_all, judge_batch
from inference.services.readings import CONTEXTS_KEPT, forget_old_readings
from inference.services.runs import launch_run
from inference.services.taking_over import take_over
from rules.engine.attributes import Attribute, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import Release
from tests.factories import make_benchmark, make_release

pytestmark = pytest.mark.django_db

ROWS = [
    ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"),
    ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly"),
    ("板蓝根", "[白云山]板蓝根颗粒10g*20袋", "highly"),
]
OUTCOME = ("pair", "level", "failure", "line", "key", "expected", "case")


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS)


def on(name: str) -> RuleContent:
    condition = Condition(Side.QUERY, Operator.IS, Attribute.CORE_NAME, (name,))
    return RuleContent(f"No {name}", (condition,), Effect(EffectKind.FORBID))


def judged(benchmark: Benchmark, release: Release, *, full: bool = False) -> Run:
    return judge_all(run=launch_run(by=None, release=release, benchmark=benchmark, full=full))


def outcomes(run: Run) -> list[tuple[object, ...]]:
    return list(Judgment.objects.filter(run=run).order_by("pair").values_list(*OUTCOME))


def anew(run: Run) -> list[str]:
    return list(
        Judgment.objects.filter(run=run, reused=False).order_by("pair").values_list("pair__query__text", flat=True)
    )


def test_only_the_pairs_of_the_rule_are_judged(benchmark: Benchmark) -> None:
    judged(benchmark, make_release())
    edited = make_release(on("布洛芬"))
    run = judged(benchmark, edited)
    assert anew(run) == ["布洛芬"]
    assert outcomes(run) == outcomes(judged(benchmark, edited, full=True))


def test_what_another_run_judged_is_found_by_its_key(benchmark: Benchmark) -> None:
    first = make_release()
    judged(benchmark, first)
    judged(benchmark, make_release(on("布洛芬")))
    assert anew(judged(benchmark, first)) == []


def test_one_taken_over_shares_the_trace_of_the_first(benchmark: Benchmark) -> None:
    release = make_release()
    first, again = judged(benchmark, release), judged(benchmark, release)
    traces = [list(run.judgments.order_by("pair").values_list("traced", flat=True)) for run in (first, again)]
    assert (traces[0], JudgmentTrace.objects.count()) == (traces[1], len(ROWS))


def test_a_full_run_takes_nothing_over(benchmark: Benchmark) -> None:
    release = make_release()
    judged(benchmark, release)
    assert len(anew(judged(benchmark, release, full=True))) == len(ROWS)


def test_a_product_with_another_title_is_read_again(benchmark: Benchmark) -> None:
    release = make_release()
    before = judged(benchmark, release)
    Product.objects.filter(title=ROWS[1][1]).update(title="[邦迪]防水创可贴 20片")  # its time stamp stays
    after = judged(benchmark, release)
    assert anew(after) == ["创可贴"]
    assert outcomes(after) == outcomes(judged(benchmark, release, full=True))
    assert [was[-1] == now[-1] for was, now in zip(outcomes(before), outcomes(after), strict=True)] == [
        True,
        False,
        True,
    ]


def test_a_failed_judgment_is_asked_again() -> None:
    benchmark = make_benchmark(*ROWS, ("布洛芬", " ", "highly"))
    release = make_release()
    judged(benchmark, release)
    assert anew(judged(benchmark, release)) == ["布洛芬"]


def test_without_readings_everything_is_left_to_be_judged(benchmark: Benchmark) -> None:
    release = make_release()
    judged(benchmark, release)
    PairReading.objects.all().delete()
    run = launch_run(by=None, release=release, benchmark=benchmark)
    taken = take_over(run=run, chain=chain_of(run))
    assert (taken.stored, taken.left, set(run.items.values_list("state", flat=True))) == (0, 3, {ItemState.NEW})
    assert judge_batch(run_id=run.pk).stored == 3
    assert anew(run) == []


def test_taking_over_twice_stores_nothing_twice(benchmark: Benchmark) -> None:
    release = make_release()
    judged(benchmark, release)
    run = launch_run(by=None, release=release, benchmark=benchmark)
    assert [take_over(run=run, chain=chain_of(run)).stored for _time in range(2)] == [3, 0]


def test_in_parts_it_comes_to_the_same(benchmark: Benchmark, settings) -> None:
    release = make_release()
    whole = judged(benchmark, release)
    settings.TAKE_OVER = 2
    assert outcomes(judged(benchmark, release)) == outcomes(whole)


def test_a_kept_reading_holds_for_one_text_and_one_context(benchmark: Benchmark) -> None:
    run = judged(benchmark, make_release())
    chain, pairs = chain_of(run), list(benchmark.members.values_list("pair", flat=True))
    assert set(kept_readings(pairs, context_of(chain))) == set(pairs)
    assert kept_readings(pairs, "another") == {}
    digests = case_digests(pairs)
    Product.objects.filter(title=ROWS[0][1]).update(indication="解热镇痛")
    changed = [pair for pair, digest in case_digests(pairs).items() if digest != digests[pair]]
    assert changed == [pairs[0]]
    assert set(kept_readings(pairs, context_of(chain))) == set(pairs[1:])


def contexts() -> Iterator[str]:
    return (f"context {number}" for number in range(CONTEXTS_KEPT + 1))


def test_readings_of_contexts_long_gone_are_let_go(benchmark: Benchmark) -> None:
    run = judged(benchmark, make_release())
    member = benchmark.members.first()
    assert member is not None
    for context in contexts():
        launched = launch_run(by=None, release=make_release(), benchmark=benchmark)
        Run.objects.filter(pk=launched.pk).update(context=context)
        PairReading.objects.create(pair=member.pair, context=context, case="", base="", query_side="", product_side="")
    forget_old_readings()
    kept = set(PairReading.objects.values_list("context", flat=True))
    assert kept == set(list(contexts())[1:])
    assert run.context not in kept


def test_a_product_edited_while_keys_are_rendered_keeps_the_digest_of_what_was_judged(benchmark: Benchmark) -> None:
    release = make_release()
    before = judged(benchmark, release)
    run = launch_run(by=None, release=release, benchmark=benchmark)
    edited: list[int] = []

    def edit_meanwhile(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        if PairReading._meta.db_table in sql and not edited:
            edited.append(Product.objects.filter(title=ROWS[1][1]).update(title="[邦迪]防水创可贴 20片"))
        return found

    with connection.execute_wrapper(edit_meanwhile):
        judge_all(run=run)
    assert (edited, outcomes(run)) == ([1], outcomes(before))
