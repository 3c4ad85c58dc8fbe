"""From a case to what fixes it: a proposal, a rule version in force, a knowledge correction, a label."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from annotation.enums import CaseState, LinkKind
from annotation.models import BadCase, BenchmarkPair, CaseLink, Label
from annotation.models.benchmark import FIXED_CASES
from annotation.selectors.cases import cases_in
from annotation.services.case_remedies import Remedy, fix, fix_published, link_proposal, unlink_proposal
from annotation.services.triage import Sorted, reopen, triage, undo
from rules.engine.attributes import Level, Side
from rules.engine.content import Example, RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import Proposal, RuleVersion
from rules.services.proposals import add_rule, open_proposal, withdraw_proposal
from tests.annotation.cases import make_case, make_triager, state_of
from tests.factories import make_benchmark, make_release, make_user
from tests.rules.publishing import publish

pytestmark = pytest.mark.django_db


def rule_for(case: BadCase, level: Level = Level.WEAKLY) -> RuleContent:
    """A rule that pins a case."""
    query, title = case.pair.query.text, case.pair.product.title
    return RuleContent(
        title=f"Cap {query}",
        conditions=(Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=(query,)),),
        effect=Effect(EffectKind.CAP, level),
        rationale="x",
        source="x",
        examples=(Example(query, title, level),),
    )


def pinned() -> list[tuple[int, str, bool]]:
    """What is held to which level."""
    rows = BenchmarkPair.objects.filter(benchmark__slug=FIXED_CASES)
    return list(rows.values_list("pair_id", "label__level", "must_hold"))


def proposal_of(*perms: str) -> Proposal:
    author = make_user("rules.change_proposal", "rules.add_proposal", "rules.publish_release", *perms)
    return open_proposal(by=author, title="Draft")


def test_a_case_goes_into_a_proposal_and_out_again() -> None:
    by, proposal = make_triager(), proposal_of()
    case = make_case(by=by)
    link_proposal(by=by, cases=[case.pk], proposal=proposal)
    linked = (state_of(case)["state"], list(cases_in(proposal.pk)))
    again = link_proposal(by=by, cases=[case.pk], proposal=proposal)
    unlink_proposal(by=by, cases=[case.pk], proposal=proposal)
    assert linked == (CaseState.IN_PROPOSAL, [case])
    assert again is None
    assert (state_of(case)["state"], list(cases_in(proposal.pk))) == (CaseState.TRIAGED, [])


def test_undoing_a_link_takes_it_away_and_undoing_that_gives_it_back() -> None:
    by, proposal = make_triager(), proposal_of()
    case = make_case(by=by)
    before = state_of(case)
    undone = undo(by=by, action=link_proposal(by=by, cases=[case.pk], proposal=proposal))
    assert (state_of(case), list(cases_in(proposal.pk))) == (before, [])
    undo(by=by, action=undone)
    assert (state_of(case)["state"], list(cases_in(proposal.pk))) == (CaseState.IN_PROPOSAL, [case])


def test_publishing_fixes_the_cases_that_its_rules_pin(django_capture_on_commit_callbacks: object) -> None:
    by, proposal = make_triager(), proposal_of()
    mine, other = make_case(by=by), make_case("感冒", "感冒灵颗粒", by=by)
    add_rule(by=proposal.created_by, proposal=proposal, content=rule_for(mine))
    link_proposal(by=by, cases=[mine.pk, other.pk], proposal=proposal)
    with django_capture_on_commit_callbacks(execute=True):
        release = publish(by=proposal.created_by, proposal=proposal)
    told = state_of(mine)
    link = CaseLink.objects.get(case=mine, kind=LinkKind.VERSION)
    assert (told["state"], told["fixed_by_id"], told["release"], told["fixed_at"]) == (
        CaseState.FIXED, proposal.created_by_id, release.number, release.created_at,
    )  # fmt: skip
    assert link.version == RuleVersion.objects.latest("pk")
    assert state_of(other)["state"] == CaseState.IN_PROPOSAL
    assert pinned() == [(mine.pair_id, "weakly", True)]
    assert fix_published(proposal=Proposal.objects.get(pk=proposal.pk)) == 0


def test_withdrawing_a_proposal_gives_its_cases_back(django_capture_on_commit_callbacks: object) -> None:
    by, proposal = make_triager(), proposal_of()
    case = make_case(by=by)
    link_proposal(by=by, cases=[case.pk], proposal=proposal)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_proposal(by=proposal.created_by, proposal=proposal)
    assert state_of(case)["state"] == CaseState.TRIAGED


def test_a_closed_proposal_takes_no_cases() -> None:
    by, proposal = make_triager(), proposal_of()
    withdraw_proposal(by=proposal.created_by, proposal=proposal)
    with pytest.raises(ValidationError, match="no longer open"):
        link_proposal(by=by, cases=[make_case(by=by).pk], proposal=proposal)


def test_a_rule_version_fixes_only_what_it_pins_and_only_in_force() -> None:
    by = make_triager()
    case, other = make_case(by=by), make_case("感冒", "感冒灵颗粒", by=by)
    make_release(rule_for(case))
    version = RuleVersion.objects.get()
    with pytest.raises(ValidationError, match=f"does not pin #{other.pk}"):
        fix(by=by, cases=[case.pk, other.pk], remedy=Remedy(version=version))
    fix(by=by, cases=[case.pk], remedy=Remedy(version=version))
    assert state_of(case)["state"] == CaseState.FIXED
    make_release()
    with pytest.raises(ValidationError, match="not in force"):
        fix(by=by, cases=[other.pk], remedy=Remedy(version=version))


@pytest.mark.parametrize("remedy", [Remedy(), Remedy(entry="medicine/布洛芬/2", label=Label(pk=1))])
def test_a_fix_names_exactly_what_did_it(remedy: Remedy) -> None:
    by = make_triager()
    with pytest.raises(ValidationError, match="Name the rule version"):
        fix(by=by, cases=[make_case(by=by).pk], remedy=remedy)


def test_a_fix_needs_an_expected_level() -> None:
    by = make_triager()
    with pytest.raises(ValidationError, match="which level"):
        fix(by=by, cases=[make_case(by=by, expected="").pk], remedy=Remedy(entry="medicine/布洛芬/2"))


def test_a_label_fixes_the_pair_that_it_counts_for() -> None:
    by = make_triager()
    make_benchmark(("布洛芬", "布洛芬片", "weakly"))
    label = Label.objects.get()
    case, other = make_case(by=by), make_case("感冒", "感冒灵颗粒", by=by)
    BadCase.objects.filter(pk=case.pk).update(pair=label.pair)
    with pytest.raises(ValidationError, match=f"#{other.pk}"):
        fix(by=by, cases=[other.pk], remedy=Remedy(label=label))
    fix(by=by, cases=[case.pk], remedy=Remedy(label=label))
    assert state_of(case)["state"] == CaseState.FIXED


def test_undoing_a_fix_takes_the_pin_and_the_link_away() -> None:
    by = make_triager()
    case = make_case(by=by)
    before = state_of(case)
    action = fix(by=by, cases=[case.pk], remedy=Remedy(entry="medicine/布洛芬/2"))
    fixed = state_of(case)
    undone = undo(by=by, action=action)
    assert (state_of(case), pinned(), case.links.filter(removed=None).count()) == (before, [], 0)
    undo(by=by, action=undone)
    assert (state_of(case), pinned()) == (fixed, [(case.pair_id, "weakly", True)])


def test_a_case_taken_up_again_is_held_to_nothing() -> None:
    by = make_triager()
    case = make_case(by=by)
    fix(by=by, cases=[case.pk], remedy=Remedy(entry="medicine/布洛芬/2"))
    with pytest.raises(ValidationError, match="Reopen"):
        triage(by=by, cases=[case.pk], to=Sorted(expected="irrelevant"))
    reopen(by=by, cases=[case.pk])
    assert (state_of(case)["state"], pinned()) == (CaseState.TRIAGED, [])


def test_the_proposals_cases_are_a_fragment_of_its_page(client: Client) -> None:
    by, proposal = make_triager(), proposal_of("annotation.view_badcase")
    case = make_case(by=by)
    link_proposal(by=by, cases=[case.pk], proposal=proposal)
    client.force_login(proposal.created_by)
    page = client.get(f"/proposals/{proposal.pk}/cases/", headers={"HX-Request": "true"}).content.decode()
    assert case.pair.product.title in page
    assert "<html" not in page
