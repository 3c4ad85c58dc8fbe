"""What the checks of a proposal answer, and what they are about."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from annotation.models import BenchmarkPair, Label
from inference.enums import RunState
from inference.models import GatePolicy, PipelineConfig, Run
from inference.models.pipeline import DEFAULT_CONFIG
from inference.selectors.proposal_checks import due_checks, proposals_due
from inference.services import proposal_checks
from inference.services.proposal_checks import run_checks
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import Example, RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.enums import CheckName, CheckState
from rules.models import AuditEvent, Check, Proposal, Rule
from rules.selectors.reviews import standing_of
from rules.services import proposals, reviews
from rules.services.exchange import propose_rules
from tests.factories import make_benchmark
from tests.rules.publishing import published_rules, reviewer
from tests.rules.rows import person

pytestmark = pytest.mark.django_db

IBUPROFEN = ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly")
ISATIS = ("板蓝根", "[白云山]板蓝根颗粒10g*20袋", "irrelevant")
FORBID = Effect(EffectKind.FORBID)
HIGHEST_WEAKLY = Effect(EffectKind.CAP, Level.WEAKLY)
HIGHEST_MODERATELY = Effect(EffectKind.CAP, Level.MODERATELY)


def on_query(word: str, effect: Effect, *examples: Example, title: str = "A rule") -> RuleContent:
    condition = Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=(word,))
    return RuleContent(title, (condition,), effect, examples=examples)


@pytest.fixture
def expert() -> User:
    return person("expert")


def proposed(by: User, *contents: tuple[int, RuleContent]) -> Proposal:
    return propose_rules(by=by, contents=contents, title="Checked")


def answer(proposal: Proposal, name: CheckName) -> tuple[str, dict[str, Any]]:
    run_checks(proposal_id=proposal.pk)
    check = Check.objects.get(proposal=proposal, name=name)
    return check.state, check.params


def mark_must_hold() -> None:
    BenchmarkPair.objects.update(must_hold=True)


def test_examples_that_hold_pass(expert: User) -> None:
    example = Example("布洛芬", IBUPROFEN[1], Level.IRRELEVANT)
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID, example)))
    assert answer(proposal, CheckName.EXAMPLES) == (CheckState.PASSED, {"failed": 0, "holding": 1, "count": 1})


def test_an_example_of_a_changed_rule_that_does_not_hold_fails(expert: User) -> None:
    example = Example("布洛芬", IBUPROFEN[1], Level.HIGHLY)
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID, example)))
    assert answer(proposal, CheckName.EXAMPLES) == (CheckState.FAILED, {"failed": 1, "holding": 0, "count": 1})


def test_an_example_of_a_rule_that_stays_fails_where_it_held_before(expert: User) -> None:
    example = Example("布洛芬", IBUPROFEN[1], Level.HIGHLY)
    published_rules(by=expert, contents=[(1, on_query("口罩", FORBID, example))])
    proposal = proposed(expert, (2, on_query("布洛芬", FORBID)))
    assert answer(proposal, CheckName.EXAMPLES)[0] == CheckState.FAILED


def test_an_example_of_a_rule_that_stays_and_never_held_fails_nothing(expert: User) -> None:
    example = Example("布洛芬", IBUPROFEN[1], Level.IRRELEVANT)
    published_rules(by=expert, contents=[(1, on_query("口罩", FORBID, example))])
    proposal = proposed(expert, (2, on_query("感冒", FORBID)))
    assert answer(proposal, CheckName.EXAMPLES) == (CheckState.PASSED, {"failed": 0, "holding": 0, "count": 1})


def test_rules_that_do_not_meet_have_no_conflict(expert: User) -> None:
    brand = RuleContent("999", (Condition(Side.QUERY, Operator.IS, Attribute.BRAND, ("999",)),), HIGHEST_WEAKLY)
    assert answer(proposed(expert, (1, brand)), CheckName.CONFLICTS)[0] == CheckState.PASSED


def test_a_new_conflict_that_age_settles_fails(expert: User) -> None:
    published_rules(by=expert, contents=[(1, on_query("感冒", Effect(EffectKind.FORCE, Level.HIGHLY)))])
    proposal = proposed(expert, (2, on_query("发烧", Effect(EffectKind.FORCE, Level.WEAKLY))))
    state, params = answer(proposal, CheckName.CONFLICTS)
    assert (state, params["age"], params["old"]) == (CheckState.FAILED, 1, 0)


def test_a_conflict_that_was_there_before_passes(expert: User) -> None:
    first, second = (Effect(EffectKind.FORCE, level) for level in (Level.HIGHLY, Level.WEAKLY))
    published_rules(by=expert, contents=[(1, on_query("感冒", first)), (2, on_query("发烧", second))])
    proposal = proposed(expert, (2, on_query("发烧", second, title="Renamed")))
    state, params = answer(proposal, CheckName.CONFLICTS)
    assert (state, params["age"], params["old"]) == (CheckState.PASSED, 0, 1)


def test_a_rule_that_others_overrule_everywhere_fails(expert: User) -> None:
    published_rules(by=expert, contents=[(1, on_query("感冒", FORBID))])
    proposal = proposed(expert, (2, on_query("感冒灵", HIGHEST_WEAKLY)))
    state, params = answer(proposal, CheckName.CONFLICTS)
    assert (state, params["shadowed"]) == (CheckState.FAILED, 1)


def test_a_rule_that_never_fires_fails(expert: User) -> None:
    expired = replace(on_query("感冒", FORBID), valid_until=date(2020, 1, 1))
    state, params = answer(proposed(expert, (1, expired)), CheckName.CONFLICTS)
    assert (state, params["never"]) == (CheckState.FAILED, 1)


def test_a_rule_that_fires_on_nothing_fails(expert: User) -> None:
    make_benchmark(IBUPROFEN)
    state, params = answer(proposed(expert, (1, on_query("口罩", FORBID))), CheckName.COVERAGE)
    assert (state, params["pairs"], params["rules"]) == (CheckState.FAILED, 1, "R1")


def test_a_rule_that_fires_on_a_pair_passes(expert: User) -> None:
    make_benchmark(IBUPROFEN)
    state, params = answer(proposed(expert, (1, on_query("布洛芬", FORBID))), CheckName.COVERAGE)
    assert (state, params["most"]) == (CheckState.PASSED, 1)


def test_a_rule_that_fires_on_most_pairs_fails(expert: User) -> None:
    make_benchmark(*(("布洛芬", f"[芬必得]布洛芬缓释胶囊0.3g*{count}粒", "highly") for count in range(10, 30)))
    state, params = answer(proposed(expert, (1, on_query("布洛芬", FORBID))), CheckName.COVERAGE)
    assert (state, params["often"]) == (CheckState.FAILED, "R1")


def test_breaking_more_than_fixing_beyond_chance_fails(expert: User) -> None:
    make_benchmark(*(("布洛芬", f"[芬必得]布洛芬缓释胶囊0.3g*{count}粒", "highly") for count in range(6)))
    state, params = answer(proposed(expert, (1, on_query("布洛芬", FORBID))), CheckName.BENCHMARK)
    assert (state, params["broken"], params["fixed"], params["p"]) == (CheckState.FAILED, 6, 0, "p = .031")


def test_breaking_one_pair_of_one_says_nothing(expert: User) -> None:
    make_benchmark(IBUPROFEN)
    state, params = answer(proposed(expert, (1, on_query("布洛芬", FORBID))), CheckName.BENCHMARK)
    assert (state, params["broken"], params["fixed"]) == (CheckState.UNDERPOWERED, 1, 0)


def test_breaking_a_pair_that_must_hold_fails(expert: User) -> None:
    make_benchmark(IBUPROFEN)
    mark_must_hold()
    state, params = answer(proposed(expert, (1, on_query("布洛芬", FORBID))), CheckName.BENCHMARK)
    assert (state, params["critical"]) == (CheckState.FAILED, 1)


def test_touching_few_pairs_says_nothing(expert: User) -> None:
    make_benchmark(ISATIS)
    state, params = answer(proposed(expert, (1, on_query("板蓝根", FORBID))), CheckName.BENCHMARK)
    assert (state, params["affected"], params["fixed"], params["more"]) == (CheckState.UNDERPOWERED, 1, 1, 57)


def test_fixing_enough_pairs_of_enough_passes(expert: User) -> None:
    GatePolicy.objects.create(class_fall=50, by=expert)
    wrong = [("板蓝根", f"[白云山]板蓝根颗粒10g*{count}袋", "irrelevant") for count in range(6)]
    make_benchmark(
        *wrong, *(("口罩", f"[稳健]医用外科口罩{n}只", level) for n in range(6) for level in ("highly", "weakly"))
    )
    state, params = answer(proposed(expert, (1, on_query("板蓝根", FORBID))), CheckName.BENCHMARK)
    assert (state, params["fixed"], params["pairs"]) == (CheckState.PASSED, 6, 18)


def test_fixing_all_of_a_benchmark_without_some_class_says_nothing_of_that(expert: User) -> None:
    make_benchmark(*(("板蓝根", f"[白云山]板蓝根颗粒10g*{count}袋", "irrelevant") for count in range(9)))
    state, params = answer(proposed(expert, (1, on_query("板蓝根", FORBID))), CheckName.BENCHMARK)
    assert (state, params["class"], params["count"]) == (CheckState.UNDERPOWERED, "highly relevant", 0)


def test_without_a_benchmark_nothing_can_be_told(expert: User) -> None:
    assert answer(proposed(expert, (1, on_query("板蓝根", FORBID))), CheckName.BENCHMARK)[0] == CheckState.UNDERPOWERED


def test_the_benchmark_check_names_labels_and_run(expert: User) -> None:
    benchmark = make_benchmark(ISATIS, slug="demo")
    proposal = proposed(expert, (1, on_query("板蓝根", FORBID)))
    run = Run.objects.create(
        release=proposal.base,
        benchmark=benchmark,
        config=PipelineConfig.objects.get_or_create(name=DEFAULT_CONFIG)[0],
        state=RunState.FINISHED,
    )
    run_checks(proposal_id=proposal.pk)
    behind = Check.objects.get(proposal=proposal, name=CheckName.BENCHMARK).behind
    assert (behind.split()[0], behind.split()[2:]) == ("demo", ["gate", "0", "run", str(run.pk)])


def test_no_must_hold_pair_passes(expert: User) -> None:
    make_benchmark(IBUPROFEN)
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    assert answer(proposal, CheckName.MUST_HOLD) == (CheckState.PASSED, {})


def test_moving_a_must_hold_pair_from_its_label_fails(expert: User) -> None:
    make_benchmark(IBUPROFEN)
    mark_must_hold()
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    assert answer(proposal, CheckName.MUST_HOLD) == (CheckState.FAILED, {"failed": 1, "wrong": 1, "count": 1})


def test_a_must_hold_pair_that_is_wrong_already_fails_nothing(expert: User) -> None:
    make_benchmark(ISATIS)
    mark_must_hold()
    proposal = proposed(expert, (1, on_query("口罩", FORBID)))
    assert answer(proposal, CheckName.MUST_HOLD) == (CheckState.PASSED, {"failed": 0, "wrong": 1, "count": 1})


def test_checks_of_what_a_proposal_no_longer_says_are_not_kept(expert: User, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    check_conflicts = proposal_checks.CHECKS[CheckName.CONFLICTS]

    def edited_meanwhile(drafted: Any) -> Any:
        change = proposal.changes.get()
        change.content = on_query("布洛芬", HIGHEST_WEAKLY).to_json()
        change.save()
        return check_conflicts(drafted)

    monkeypatch.setitem(proposal_checks.CHECKS, CheckName.CONFLICTS, edited_meanwhile)
    assert run_checks(proposal_id=proposal.pk) == (CheckName.EXAMPLES, CheckName.MUST_HOLD)
    assert {one.state for one in standing_of(proposal).checks} == {CheckState.PENDING}


def test_running_twice_says_the_same_once(expert: User) -> None:
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    run_checks(proposal_id=proposal.pk)
    told = AuditEvent.objects.count()
    assert run_checks(proposal_id=proposal.pk) == ()
    assert len(run_checks(proposal_id=proposal.pk, again=True)) == len(CheckName)
    assert AuditEvent.objects.count() == told


def test_a_check_that_breaks_off_is_pending_and_due(expert: User, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))

    def broken(drafted: Any) -> Any:
        raise RuntimeError

    monkeypatch.setitem(proposal_checks.CHECKS, CheckName.COVERAGE, broken)
    run_checks(proposal_id=proposal.pk)
    assert Check.objects.get(proposal=proposal, name=CheckName.COVERAGE).state == CheckState.PENDING
    assert due_checks(proposal) == (CheckName.COVERAGE,)


def test_a_check_that_a_dead_worker_left_running_is_due_for_the_next(expert: User) -> None:
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    run_checks(proposal_id=proposal.pk)
    Check.objects.filter(proposal=proposal, name=CheckName.EXAMPLES).update(state=CheckState.RUNNING)
    assert (due_checks(proposal), due_checks(proposal, alone=True)) == ((), (CheckName.EXAMPLES,))


def test_only_proposals_under_review_are_checked_unasked(expert: User) -> None:
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    assert proposals_due() == ()
    reviews.ask_for_review(by=expert, proposal=proposal)
    assert proposals_due() == (proposal.pk,)


def test_another_label_makes_the_benchmark_due(expert: User) -> None:
    member = make_benchmark(IBUPROFEN).members.get()
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    run_checks(proposal_id=proposal.pk)
    member.label = Label.objects.create(benchmark=member.benchmark, pair=member.pair, level="irrelevant")
    member.save()
    assert due_checks(proposal) == (CheckName.BENCHMARK,)
    assert run_checks(proposal_id=proposal.pk) == (CheckName.BENCHMARK,)


def test_other_pairs_that_must_hold_make_that_check_due(expert: User) -> None:
    make_benchmark(IBUPROFEN)
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    run_checks(proposal_id=proposal.pk)
    mark_must_hold()
    assert due_checks(proposal) == (CheckName.MUST_HOLD,)


def test_the_result_of_the_benchmark_voids_what_was_approved_without_it(expert: User) -> None:
    make_benchmark(ISATIS)
    proposal = proposed(expert, (1, on_query("板蓝根", FORBID)))
    reviews.ask_for_review(by=expert, proposal=proposal)
    reviews.approve(by=reviewer(), proposal=proposal, seen=standing_of(proposal).signed.digest)
    assert len(standing_of(proposal).approvals) == 1
    run_checks(proposal_id=proposal.pk)
    assert standing_of(proposal).approvals == ()


def test_a_decided_proposal_is_not_checked(expert: User) -> None:
    proposal = proposed(expert, (1, on_query("布洛芬", FORBID)))
    proposals.withdraw_proposal(by=expert, proposal=proposal)
    assert run_checks(proposal_id=proposal.pk) == ()
    assert not Check.objects.exists() and Rule.objects.count() == 1
