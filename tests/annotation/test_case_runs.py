"""Fixed cases are verified by the next run, and come back when a later one breaks them: once a run."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from annotation.enums import CASE_MOVES, CaseState
from annotation.models import BadCase, CaseMove
from annotation.services.case_remedies import Remedy, fix
from annotation.services.case_runs import settle_run
from annotation.services.triage import Sorted, decline, merge, reopen, triage, undo
from rules.models import Notification
from tests.annotation.cases import make_case, make_triager, state_of


def fixed_case(by: object) -> BadCase:
    case = make_case(by=by)
    fix(by=by, cases=[case.pk], remedy=Remedy(entry="medicine/布洛芬/2"))
    return case


def run(number: int, levels: dict[int, str], release: int = 1) -> None:
    settle_run(run=f"run:{number}", release=release, launched_at=timezone.now(), levels=levels)


@pytest.mark.django_db
def test_the_next_run_verifies_and_a_later_one_brings_it_back_to_who_fixed_it() -> None:
    by = make_triager()
    case = fixed_case(by)
    run(1, {case.pair_id: "weakly"})
    verified = state_of(case)
    run(2, {case.pair_id: "highly"})
    broken = state_of(case)
    assert verified["state"] == CaseState.VERIFIED
    assert (broken["state"], broken["assignee_id"], broken["regressions"]) == (CaseState.REGRESSED, by.pk, 1)


@pytest.mark.django_db
def test_a_fix_that_does_not_help_comes_back_too() -> None:
    case = fixed_case(make_triager())
    run(1, {case.pair_id: "highly"})
    assert state_of(case)["state"] == CaseState.REGRESSED


@pytest.mark.django_db
def test_a_run_that_failed_on_the_pair_says_nothing() -> None:
    case = fixed_case(make_triager())
    run(1, {case.pair_id: ""})
    assert state_of(case)["state"] == CaseState.FIXED


@pytest.mark.django_db
def test_a_run_launched_before_the_fix_or_on_an_older_release_says_nothing() -> None:
    case = fixed_case(make_triager())
    BadCase.objects.filter(pk=case.pk).update(release=3)
    run(1, {case.pair_id: "highly"}, release=2)
    before = timezone.now() - timedelta(hours=1)
    settle_run(run="run:2", release=3, launched_at=before, levels={case.pair_id: "highly"})
    assert state_of(case)["state"] == CaseState.FIXED


@pytest.mark.django_db
def test_the_same_run_brings_a_case_back_once_even_where_somebody_undid_it() -> None:
    by = make_triager()
    case = fixed_case(by)
    run(1, {case.pair_id: "highly"})
    undo(by=by, action=CaseMove.objects.get(run="run:1").action)
    run(1, {case.pair_id: "highly"})
    assert (state_of(case)["state"], case.regressions) == (CaseState.FIXED, 0)


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["fix", "run", "replay", "undo"] * 3 + ["triage", "merge", "reopen", "decline"]),
        st.sampled_from(["highly", "weakly", ""]),
    ),
    max_size=16,
)


class TestLives(TestCase):
    """Whatever happens to a case, in whatever order."""

    @example([("fix", ""), ("run", "highly"), ("undo", ""), ("replay", "")])
    @example([("fix", ""), ("run", "highly"), ("fix", ""), ("replay", "")])
    @given(DEEDS)
    def test_states_move_along_the_table_and_regress_once_a_run(self, deeds: list[tuple[str, str]]) -> None:
        by = make_triager()
        case, other = make_case(by=by), make_case("头疼", "[牌]正天丸", by=by)
        number, levels, broken = 0, {case.pair_id: "weakly"}, Counter[int]()
        for deed, level in deeds:
            if deed == "run":
                number, levels = number + 1, {case.pair_id: level}
            if deed in ("run", "replay"):
                regressions = came_back(case)
                run(number, levels)
                broken[number] += came_back(case) - regressions
                before = (state_of(case), CaseMove.objects.count())
                run(number, levels)
                assert (state_of(case), CaseMove.objects.count()) == before
            else:
                act(by, case, other, deed)
        legal(case)
        assert set(broken.values()) <= {0, 1}


def came_back(case: BadCase) -> int:
    """How often a case came back until now."""
    return case.moves.filter(after=CaseState.REGRESSED).count()


def act(by: object, case: BadCase, other: BadCase, deed: str) -> None:
    """Try to do one thing to a case; what is not in the table is refused."""
    last = CaseMove.objects.filter(case=case).order_by("-pk").first()
    with suppress(ValidationError):
        match deed:
            case "fix":
                fix(by=by, cases=[case.pk], remedy=Remedy(entry="medicine/布洛芬/2"))
            case "triage":
                triage(by=by, cases=[case.pk], to=Sorted(cause="brand"))
            case "merge":
                merge(by=by, cases=[case.pk], into=other.pk)
            case "reopen":
                reopen(by=by, cases=[case.pk])
            case "decline":
                decline(by=by, cases=[case.pk], note="x")
            case "undo" if last:
                undo(by=by, action=last.action)


def legal(case: BadCase) -> None:
    """Every move is in the table, or takes one back."""
    state = CaseState.NEW
    for move in case.moves.select_related("action__undoes").order_by("pk"):
        assert move.before == state
        state = CaseState(move.after)
        if move.action.undoes_id:
            taken_back = move.action.undoes.moves.get(case=case)
            assert (move.before, move.after) == (taken_back.after, taken_back.before)
        else:
            assert move.before == move.after or state in CASE_MOVES[CaseState(move.before)]


@pytest.mark.django_db
def test_who_fixed_a_case_is_told_once_that_it_is_wrong_again(django_capture_on_commit_callbacks: object) -> None:
    by = make_triager()
    case = fixed_case(by)
    with django_capture_on_commit_callbacks(execute=True):
        run(1, {case.pair_id: "highly"})
        run(1, {case.pair_id: "highly"})
    told = Notification.objects.get()
    assert (told.recipient, told.kind, told.params["count"], told.proposal) == (by, "regressed", 1, None)
    assert told.title == f"{case.pair.query.text} / {case.pair.product.title}"
