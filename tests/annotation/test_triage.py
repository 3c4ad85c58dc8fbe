"""Decisions on bad cases, many at once, and taking them back."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from annotation.enums import CASE_MOVES, CaseState
from annotation.models import BadCase, CaseAction, CaseMove
from annotation.services.triage import Sorted, decline, merge, reopen, triage, undo
from rules.models import AuditEvent
from tests.annotation.cases import case_of, make_case, make_triager, state_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db

QUERIES = ("布洛芬", "999感冒灵颗粒", "儿童退烧药", "阿莫西林胶囊")


def some(count: int = 3) -> list[BadCase]:
    by = make_triager()
    return [make_case(query, f"[牌]{query}说明", by=by) for query in QUERIES[:count]]


def ids(cases: list[BadCase]) -> list[int]:
    return [case.pk for case in cases]


def test_many_are_sorted_at_once() -> None:
    by, cases = make_triager(), some()
    action = triage(by=by, cases=ids(cases), to=Sorted(cause="brand", severity=3, assignee=by, note="看过"))
    rows = BadCase.objects.values_list("state", "cause", "severity", "assignee", "note")
    assert set(rows) == {("triaged", "brand", 3, by.pk, "看过")}
    assert sorted(action.moves.values_list("case_id", "before", "after")) == [
        (pk, "new", "triaged") for pk in ids(cases)
    ]


def test_an_action_leaves_one_event_for_all_its_cases() -> None:
    by, cases = make_triager(), some()
    before = AuditEvent.objects.count()
    action = triage(by=by, cases=ids(cases), to=Sorted(severity=1))
    event = AuditEvent.objects.first()
    assert AuditEvent.objects.count() == before + 1
    assert (event.verb, event.actor_id, event.data["cases"]) == ("case.triage", by.pk, ids(cases))
    assert event.subject == f"cases:{action.pk}"


def test_saying_what_is_so_already_is_no_action() -> None:
    by, cases = make_triager(), some()
    assert triage(by=by, cases=ids(cases), to=Sorted(severity=2)) is None
    assert CaseAction.objects.count() == 0


def test_only_who_may_triages() -> None:
    with pytest.raises(PermissionDenied):
        triage(by=make_user(), cases=ids(some(1)), to=Sorted(severity=1))


def test_a_case_that_somebody_changed_since_it_was_seen_is_refused_and_nothing_is_written() -> None:
    by, cases = make_triager(), some()
    seen = {case.pk: case.edition for case in cases}
    triage(by=by, cases=[cases[1].pk], to=Sorted(severity=1))
    with pytest.raises(ValidationError, match=f"#{cases[1].pk}"):
        triage(by=by, cases=ids(cases), to=Sorted(cause="brand"), seen=seen)
    assert set(BadCase.objects.values_list("cause", flat=True)) == {""}


def test_a_move_that_is_not_in_the_table_is_refused_for_all() -> None:
    by, cases = make_triager(), some()
    decline(by=by, cases=[cases[0].pk], note="没有错")
    with pytest.raises(ValidationError, match=f"#{cases[0].pk} can't go from “declined” to “duplicate”"):
        merge(by=by, cases=ids(cases[:2]), into=cases[2].pk)
    assert list(BadCase.objects.order_by("pk").values_list("state", flat=True)) == ["declined", "new", "new"]


def test_declining_takes_a_reason() -> None:
    with pytest.raises(ValidationError, match="why"):
        decline(by=make_triager(), cases=ids(some(1)), note=" ")


def test_merging_adds_the_reports_and_takes_the_worst_severity() -> None:
    by, (one, two, three) = make_triager(), some()
    triage(by=by, cases=[two.pk], to=Sorted(severity=3))
    merge(by=by, cases=[two.pk], into=one.pk)
    merge(by=by, cases=[one.pk], into=three.pk)
    rows = BadCase.objects.order_by("pk").values_list("state", "master", "reports", "severity")
    assert list(rows) == [
        ("duplicate", three.pk, 2, 3),
        ("duplicate", three.pk, 1, 3),
        ("new", None, 3, 3),
    ]


def test_a_duplicate_taken_up_again_takes_its_reports_along() -> None:
    by, (one, two, _three) = make_triager(), some()
    merge(by=by, cases=[two.pk], into=one.pk)
    reopen(by=by, cases=[two.pk])
    rows = BadCase.objects.order_by("pk").values_list("state", "master", "reports")[:2]
    assert list(rows) == [("new", None, 1), ("triaged", None, 1)]


@pytest.mark.parametrize("deed", ["triage", "merge", "decline"])
def test_undoing_restores_exactly_what_an_action_changed(deed: str) -> None:
    by, cases = make_triager(), some()
    before = [state_of(case) for case in cases]
    if deed == "triage":
        action = triage(
            by=by, cases=ids(cases), to=Sorted(cause="brand", severity=3, assignee=by, expected="irrelevant")
        )
    elif deed == "merge":
        action = merge(by=by, cases=ids(cases[1:]), into=cases[0].pk)
    else:
        action = decline(by=by, cases=ids(cases), note="没有错")
    after = [state_of(case) for case in cases]
    undone = undo(by=by, action=action)
    assert [state_of(case) for case in cases] == before
    undo(by=by, action=undone)
    assert [state_of(case) for case in cases] == after


def test_undoing_keeps_reports_that_came_since() -> None:
    by, (one, two, _three) = make_triager(), some()
    action = merge(by=by, cases=[two.pk], into=one.pk)
    case_of(one.pair, by=by)
    undo(by=by, action=action)
    assert list(BadCase.objects.order_by("pk").values_list("reports", flat=True)) == [2, 1, 1]


def test_what_was_changed_since_is_not_undone() -> None:
    by, cases = make_triager(), some()
    action = triage(by=by, cases=ids(cases), to=Sorted(cause="brand"))
    triage(by=by, cases=[cases[0].pk], to=Sorted(cause="efficacy"))
    with pytest.raises(ValidationError, match=f"#{cases[0].pk} changed since"):
        undo(by=by, action=action)


def test_an_action_is_undone_once() -> None:
    by, cases = make_triager(), some()
    action = triage(by=by, cases=ids(cases), to=Sorted(cause="brand"))
    undo(by=by, action=action)
    with pytest.raises(ValidationError, match="already"):
        undo(by=by, action=action)


def test_no_two_cases_of_a_pair_expect_the_same() -> None:
    by = make_triager()
    one = make_case(by=by)
    make_case(by=by)
    other = make_case("甲", by=by, expected="irrelevant")
    BadCase.objects.filter(pk=other.pk).update(pair=one.pair)
    with pytest.raises(ValidationError, match="Merge"):
        triage(by=by, cases=[other.pk], to=Sorted(expected="weakly"))


def test_every_state_has_its_moves() -> None:
    assert CASE_MOVES.keys() == set(CaseState)


def test_moves_name_the_edition_they_led_to() -> None:
    by, (case,) = make_triager(), some(1)
    triage(by=by, cases=[case.pk], to=Sorted(severity=1))
    triage(by=by, cases=[case.pk], to=Sorted(severity=3))
    assert list(CaseMove.objects.values_list("edition", flat=True)) == [2, 3]
