"""A finished run opens cases for what is wrong, sampled and capped, and settles those that were fixed."""

import pytest

from annotation.enums import CaseState, Occasion, Severity
from annotation.models import BadCase, Benchmark, BenchmarkPair
from annotation.services.case_remedies import Remedy, fix
from annotation.services.cases import report_case
from inference.models import Run
from inference.services.case_opening import take_up_run
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.engine.attributes import Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from tests.annotation.cases import make_triager, state_of, stored
from tests.factories import make_benchmark, make_release

pytestmark = pytest.mark.django_db

WRONG = ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "irrelevant")
RIGHT = ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly")
FAILING = ("布洛芬", " ", "highly")


@pytest.fixture(autouse=True)
def everything(settings: object) -> None:
    settings.CASE_SAMPLE_PERCENT = 100


def judged(benchmark: Benchmark, *rules: RuleContent) -> Run:
    return judge_all(run=launch_run(by=None, release=make_release(*rules), benchmark=benchmark))


def opened() -> list[tuple[str, str, str, str]]:
    rows = BadCase.objects.order_by("pk").values_list("pair__query__text", "occasion", "given", "expected")
    return [tuple(row) for row in rows]


def forbid(word: str) -> RuleContent:
    condition = Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=(word,))
    return RuleContent(title="x", conditions=(condition,), effect=Effect(EffectKind.FORBID))


def test_what_is_wrong_and_what_failed_is_opened_with_what_is_to_blame() -> None:
    run = judged(make_benchmark(WRONG, RIGHT, FAILING))
    assert take_up_run(run_id=run.pk) == 2
    assert opened() == [
        ("布洛芬", Occasion.BENCHMARK, "highly", "irrelevant"),
        ("布洛芬", Occasion.FAILED, "", "highly"),
    ]
    wrong, failed = BadCase.objects.order_by("pk")
    assert (wrong.severity, wrong.cluster, wrong.examined_at is not None) == (
        Severity.MISLEADING,
        "use|布洛芬|布洛芬",
        True,
    )
    assert failed.cluster == "failure|The product has no title."


def test_taking_up_a_run_again_or_another_one_like_it_changes_nothing() -> None:
    benchmark = make_benchmark(WRONG, FAILING)
    run = judged(benchmark)
    take_up_run(run_id=run.pk)
    before = stored()
    take_up_run(run_id=run.pk)
    take_up_run(run_id=judged(benchmark).pk)
    assert stored() == before


def test_a_pair_that_must_hold_comes_first_and_could_harm() -> None:
    benchmark = make_benchmark(WRONG, ("感冒", "[999]感冒灵颗粒10g*9袋", "irrelevant"))
    member = BenchmarkPair.objects.get(pair__query__text="感冒")
    BenchmarkPair.objects.filter(pk=member.pk).update(must_hold=True)
    run = judged(benchmark)
    take_up_run(run_id=run.pk)
    first = BadCase.objects.order_by("-severity").first()
    assert (first.pair_id, first.occasion, first.severity) == (member.pair_id, Occasion.MUST_HOLD, Severity.HARMFUL)


def test_no_run_opens_more_than_the_cap(settings: object) -> None:
    settings.CASES_A_RUN = 1
    run = judged(make_benchmark(WRONG, FAILING))
    assert (take_up_run(run_id=run.pk), BadCase.objects.count()) == (1, 1)


def test_outside_the_sample_nothing_is_opened_but_what_must_hold(settings: object) -> None:
    settings.CASE_SAMPLE_PERCENT = 0
    benchmark = make_benchmark(WRONG, FAILING)
    run = judged(benchmark)
    assert take_up_run(run_id=run.pk) == 0
    BenchmarkPair.objects.update(must_hold=True)
    assert take_up_run(run_id=run.pk) == 1


def test_a_rule_that_moved_a_pair_away_is_to_blame() -> None:
    run = judged(make_benchmark(RIGHT), forbid("创可贴"))
    take_up_run(run_id=run.pk)
    rule = run.release.entries.get().rule
    case = BadCase.objects.get()
    assert (case.cluster, case.cause) == (f"rule|{rule.number}", "rule_wrong")


def test_a_release_verifies_a_fixed_case_and_a_later_run_that_breaks_it_brings_it_back() -> None:
    by, benchmark = make_triager(), make_benchmark(RIGHT)
    pair = benchmark.members.get().pair
    case = report_case(by=by, pair=pair, given="irrelevant", expected="highly").case
    fix(by=by, cases=[case.pk], remedy=Remedy(entry="medicine/苯扎氯铵/2"))
    fixed = Benchmark.objects.get(slug="bad-cases")
    take_up_run(run_id=judged(fixed).pk)
    verified = state_of(case)["state"]
    run = judged(fixed, forbid("创可贴"))
    for _twice in range(2):
        take_up_run(run_id=run.pk)
    told = state_of(case)
    assert verified == CaseState.VERIFIED
    assert (told["state"], told["assignee_id"], told["regressions"], BadCase.objects.count()) == (
        CaseState.REGRESSED, by.pk, 1, 1,
    )  # fmt: skip
