"""Rules drafted from bad cases: they fix their case, and its siblings, and leave alone what was right."""

import re
from dataclasses import dataclass, replace

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from annotation.enums import CaseState
from annotation.models import BadCase
from annotation.services.cases import report_case
from annotation.services.triage import decline
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.selectors.case_drafts import draft_for
from inference.selectors.case_readings import case_effects
from inference.selectors.chains import chain_in_force
from inference.services.case_drafting import draft_rule_for
from inference.services.examining import examine_cases
from rules.engine.attributes import Level
from rules.engine.content import RuleContent
from rules.engine.recall import RuleIndex
from rules.engine.wording import sentence
from rules.enums import ProposalState
from rules.models import Change
from tests.annotation.cases import TRIAGER, make_triager, state_of
from tests.factories import make_benchmark, make_pair, make_release, make_user
from tests.inference.planted import Pair, Planted
from tests.inference.planted_causes import CAUSES

pytestmark = pytest.mark.django_db

CHILD = next(one for one in CAUSES if one.name == "an aminophenol cold remedy is not for children")


@dataclass(frozen=True)
class Result:
    """What a draft does to its case, to the siblings, and to the controls."""

    name: str
    fixes: bool
    fixes_siblings: bool
    touches_controls: bool


def report(planted: Planted) -> BadCase:
    """Report a case and its siblings, and have them looked into."""
    by = make_triager()
    cases = [
        report_case(by=by, pair=make_pair(*pair), expected=planted.expected, severity=3 if planted.harmful else 2).case
        for pair in (planted.case, *planted.siblings)
    ]
    examine_cases()
    return BadCase.objects.select_related("pair__query", "pair__product").get(pk=cases[0].pk)


def tried(planted: Planted) -> Result:
    """Plant a cause, draft a rule for its case, and see what it does. The controls are nowhere in the database."""
    if planted.rule:
        make_release(planted.rule)
    draft, before = draft_for(report(planted)), chain_in_force()
    if draft is None:
        return Result(planted.name, False, False, False)
    new = draft.content.engine_rule(number=10**6, version=1, age_order=10**6)
    after = Chain(before.lexicon, RuleIndex((*before.index.rules, new)), before.parameters, before.search)
    return Result(
        planted.name,
        level(after, planted.case) == planted.expected,
        all(level(after, pair) == planted.expected for pair in planted.siblings),
        any(level(after, pair) != level(before, pair) for pair in planted.controls),
    )


def level(chain: Chain, pair: Pair) -> Level | None:
    judged = chain.judge(Case(*pair))
    return judged.trace.level if judged.trace else None


@pytest.mark.slow
def test_drafts_for_planted_causes_fix_them_and_their_siblings_and_little_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    results = []
    for planted in CAUSES:
        with transaction.atomic():
            results.append(tried(planted))
            transaction.set_rollback(True)
    fixing = [one for one in results if one.fixes]
    clean = [one for one in fixing if one.fixes_siblings and not one.touches_controls]
    touching = sum(one.touches_controls for one in results)
    with capsys.disabled():
        print(  # noqa: T201 - the figures
            f"\nof {len(results)} planted causes a drafted rule fixes the case of {len(fixing)}, "
            f"its siblings too without touching a control of {len(clean)}; it touches controls of {touching}"
        )
    assert len(results) == 40
    assert (len(fixing) >= 36, len(clean) >= 30) == (True, True), [one for one in results if one not in clean]


def test_a_draft_is_a_proposal_with_everything_filled_in() -> None:
    by, case = make_user("rules.change_proposal", *TRIAGER), report(CHILD)
    change = draft_rule_for(by=by, case=case)
    content = RuleContent.from_json(change.content)
    pinned = {(one.query, one.title, one.level) for one in content.examples}
    assert (change.proposal.state, change.proposal.created_by) == (ProposalState.DRAFT, by)
    assert content.instruction.startswith("When the query names population 儿童")
    assert (content.effect.kind, content.safety) == ("forbid", True)
    assert pinned == {(*pair, Level.IRRELEVANT) for pair in (CHILD.case, *CHILD.siblings)}
    assert set(BadCase.objects.values_list("state", flat=True)) == {CaseState.IN_PROPOSAL}


def test_a_draft_says_both_languages_that_of_who_asked_first() -> None:
    by, case = make_user("rules.change_proposal", *TRIAGER), report(CHILD)
    with override("zh-hans"):
        content = RuleContent.from_json(draft_rule_for(by=by, case=case).content)
    said = [sentence(replace(content, instruction=""), language) for language in ("zh", "en")]
    assert content.instruction.split("\n") == said
    first, second = content.rationale.split("\n")[:2]
    assert (second.startswith(f"“{CHILD.case[0]}” showed"), first == second) == (True, False)
    assert content.source.endswith(f" / bad case #{case.pk}")


def test_what_stands_above_is_not_listed_again(client: Client) -> None:
    by, case = make_user("rules.change_proposal", *TRIAGER), report(CHILD)
    change = draft_rule_for(by=by, case=case)
    client.force_login(by)
    path = reverse("inference:case_effects", args=[change.proposal_id])
    alone, below = (client.get(path, headers=headers).content.decode() for headers in ({}, {"HX-Request": "true"}))
    assert ("stand above" in alone, alone.count("<tr>")) == (False, 4)
    assert ("3 of them stand above" in below, below.count("<tr>")) == (True, 0)


def test_a_case_that_came_in_a_moment_ago_is_looked_into_first_and_finds_its_siblings() -> None:
    by = make_user("rules.change_proposal", *TRIAGER)
    for pair in CHILD.siblings:
        report_case(by=by, pair=make_pair(*pair), expected=CHILD.expected)
    examine_cases()
    case = report_case(by=by, pair=make_pair(*CHILD.case), expected=CHILD.expected).case
    content = RuleContent.from_json(draft_rule_for(by=by, case=case).content)
    assert {(one.query, one.title) for one in content.examples} == {CHILD.case, *CHILD.siblings}


def test_the_proposal_shows_which_open_cases_it_would_fix() -> None:
    by, case = make_user("rules.change_proposal", *TRIAGER), report(CHILD)
    other = report_case(by=by, pair=make_pair("布洛芬", "[仁和]布洛芬片0.2g*20片"), expected="irrelevant").case
    change = draft_rule_for(by=by, case=case)
    seen = case_effects(change.proposal)
    assert {one.case.pk for one in seen.fixed} == set(BadCase.objects.exclude(pk=other.pk).values_list("pk", flat=True))
    assert (len(seen.moved), seen.tried) == (0, 4)


def test_labelled_pairs_that_are_right_keep_a_draft_narrow() -> None:
    planted = next(one for one in CAUSES if one.name == "adults' capsules are not for children with fever")
    make_benchmark((*planted.controls[1], "highly"), (*planted.controls[0], "highly"))
    draft = draft_for(report(planted))
    assert draft is not None
    assert (len(draft.fixes), draft.broken) == (3, 0)


def test_who_may_not_propose_drafts_nothing() -> None:
    with pytest.raises(PermissionDenied):
        draft_rule_for(by=make_triager(), case=report(CHILD))


@pytest.mark.parametrize(("expected", "words"), [("", "which level"), ("moderately", "No rule beside")])
def test_what_no_rule_can_fix_is_refused(expected: str, words: str) -> None:
    by = make_user("rules.change_proposal", *TRIAGER)
    case = report_case(by=by, pair=make_pair(*CHILD.case), expected=expected).case
    with pytest.raises(ValidationError, match=words):
        draft_rule_for(by=by, case=case)


def test_only_open_cases_are_drafted() -> None:
    by, case = make_user("rules.change_proposal", *TRIAGER), report(CHILD)
    decline(by=by, cases=[case.pk], note="x")
    state_of(case)
    with pytest.raises(ValidationError, match="open case"):
        draft_rule_for(by=by, case=case)


def test_the_button_opens_the_draft_in_the_editor_and_its_page_tells_what_it_fixes(client: Client) -> None:
    by, case = make_user("rules.change_proposal", *TRIAGER), report(CHILD)
    client.force_login(by)
    answer = client.post(f"/bad-cases/{case.pk}/draft-rule/")
    change = Change.objects.get()
    page = client.get(f"/proposals/{change.proposal_id}/case-effects/").content.decode()
    assert answer.headers["Location"] == f"/proposals/{change.proposal_id}/changes/{change.pk}/"
    assert "This edit would fix 3 open bad cases" in page
    assert page.count("<tr>") == 4


EDITS = (("forbid", ""), ("force", "weakly"), ("", ""))


def edit_told(client: Client, form: dict[str, object]) -> str:
    """What the editor says of open bad cases."""
    said = client.post("/preview/cases/", form, headers={"HX-Request": "true"}).content.decode()
    found = re.search(r"This edit would (.*?)( that is not|\.)", said)
    return found[1] if found else ""


def test_the_editor_tells_which_open_cases_the_edit_alone_would_fix(client: Client) -> None:
    by, case = make_user("rules.change_proposal", *TRIAGER), report(CHILD)
    change = draft_rule_for(by=by, case=case)
    client.force_login(by)
    form = {
        "proposal": change.proposal_id,
        "change": change.pk,
        "edition": change.edition,
        "title": "A rule",
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        "conditions-0-side": "product",
        "conditions-0-operator": "text_contains",
        "conditions-0-values": "氨酚烷胺片",
        "examples-TOTAL_FORMS": "0",
        "examples-INITIAL_FORMS": "0",
    }
    told = [edit_told(client, form | {"effect": effect, "level": level}) for effect, level in EDITS]
    assert told == ["fix 2 open bad cases", "fix 0 open bad cases, and move 2 to another level", ""]


def test_what_can_not_be_drafted_goes_back_and_says_why(client: Client) -> None:
    by = make_user("rules.change_proposal", *TRIAGER)
    case = report_case(by=by, pair=make_pair(*CHILD.case)).case
    client.force_login(by)
    answer = client.post(f"/bad-cases/{case.pk}/draft-rule/", {"next": f"/bad-cases/{case.pk}/"})
    assert answer.headers["Location"] == f"/bad-cases/{case.pk}/"
    assert [str(one) for one in get_messages(answer.wsgi_request)] == ["Say first which level it should have."]
