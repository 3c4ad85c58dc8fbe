"""Cases that came in are looked into: what is to blame, and whether they are the same as others."""

import pytest

from annotation.enums import CaseState, CaseVerb
from annotation.models import BadCase, CaseAction
from annotation.services.cases import report_case
from annotation.services.triage import Sorted, triage, undo
from inference.services.examining import examine_cases
from tests.annotation.cases import make_triager, state_of
from tests.factories import make_pair

pytestmark = pytest.mark.django_db


def reported(query: str, title: str, expected: str, **said: object) -> BadCase:
    return report_case(
        by=make_triager(), pair=make_pair(query, title, core_name=["布洛芬"]), expected=expected, **said
    ).case


def test_a_case_is_told_what_is_to_blame_and_its_level_now() -> None:
    case = reported("芬必得布洛芬缓释胶囊", "[仁和]布洛芬缓释胶囊0.3g*20粒", "highly")
    assert examine_cases() is False
    case.refresh_from_db()
    assert (case.given, case.faults, case.cluster, case.cause, case.category) == (
        "moderately", "|brand|", "attribute|brand|芬必得", "brand", "解热镇痛药",
    )  # fmt: skip


def test_what_people_said_stays() -> None:
    case = reported("芬必得布洛芬缓释胶囊", "[仁和]布洛芬缓释胶囊0.3g*20粒", "highly", given="weakly", cause="intent")
    examine_cases()
    case.refresh_from_db()
    assert (case.given, case.cause) == ("weakly", "intent")


def test_a_case_is_looked_into_once_and_newest_first() -> None:
    older = reported("布洛芬", "[感康]复方氨酚烷胺片12片", "irrelevant")
    newer = reported("板蓝根", "[白云山]板蓝根颗粒10g*20袋", "irrelevant")
    assert examine_cases(most=1) is True
    assert (state_of(newer)["examined_at"] is None, state_of(older)["examined_at"] is None) == (False, True)
    assert examine_cases(most=1) is True
    assert examine_cases(most=1) is False


def test_cases_found_to_be_the_same_are_merged_and_that_can_be_undone() -> None:
    first = reported("布洛芬缓释胶囊怎么买", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "weakly", given="moderately")
    second = reported("布洛芬缓释胶囊怎么买呢", "[芬必得]布洛芬缓释胶囊0.3g*24粒", "weakly")
    apart = (second.state, second.master_id)
    examine_cases()
    merged = (state_of(second)["state"], state_of(second)["master_id"], state_of(first)["reports"])
    undo(by=make_triager(), action=CaseAction.objects.get(verb=CaseVerb.MERGE))
    assert apart == (CaseState.NEW, None)
    assert merged == (CaseState.DUPLICATE, first.pk, 2)
    assert (state_of(second)["state"], state_of(first)["reports"]) == (CaseState.NEW, 1)


def test_what_somebody_decided_on_is_not_merged_away() -> None:
    reported("布洛芬缓释胶囊怎么买", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "weakly", given="moderately")
    second = reported("布洛芬缓释胶囊怎么买呢", "[芬必得]布洛芬缓释胶囊0.3g*24粒", "weakly")
    triage(by=make_triager(), cases=[second.pk], to=Sorted(cause="intent"))
    examine_cases()
    assert state_of(second)["state"] == CaseState.TRIAGED
