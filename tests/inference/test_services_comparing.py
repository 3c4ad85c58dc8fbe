"""Comparing two runs: stored is what comparing pair by pair gives, once, whatever is cut off."""

from collections import Counter
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from inference.comparison import Change, Compared, Said, Tally, compare
from inference.enums import ComparisonState, RunState
from inference.measures import Measured, hard_places
from inference.models import Comparison, ComparisonRow, Run
from inference.selectors.comparisons import runs_not_compared
from inference.selectors.counting import moved_pairs
from inference.services import comparing
from inference.services.comparing import compare_runs, compare_with_baseline, make_comparison, row_of, store_rows
from inference.signals import comparison_waiting
from rules.engine.attributes import Level
from rules.models import AuditEvent
from tests.factories import make_release, make_user
from tests.inference.judged_runs import category_of, hold, make_pairs, make_run, trace_of

HIGHLY, MODERATELY, WEAKLY, IRRELEVANT = Level.HIGHLY, Level.MODERATELY, Level.WEAKLY, Level.IRRELEVANT
LABELS = st.sampled_from([HIGHLY, WEAKLY, IRRELEVANT, None])
PAIRS = 12


def made(before: Run, after: Run) -> Comparison:
    """The comparison of two runs as a worker makes it."""
    comparison = compare_runs(by=None, before=before, after=after)
    make_comparison(comparison_id=comparison.pk)
    comparison.refresh_from_db()
    return comparison


def told(comparison: Comparison) -> Compared:
    """What is stored, as the pure comparison has it; its rows that stayed the same are not stored."""
    return Compared(
        rows=tuple(comparison.rows.order_by("rank", "pair_id")),
        only_before=comparison.only_before,
        only_after=comparison.only_after,
        relabelled=comparison.relabelled,
        retold=comparison.retold,
        left_out=comparison.left_out,
    )


def row_told(row: ComparisonRow) -> tuple[object, ...]:
    return row.pair_id, row.was or None, row.now or None, row.expected or None, row.change


@st.composite
def two_runs(draw: st.DrawFn) -> tuple[dict[int, Said], dict[int, Said]]:
    """What two runs said of some of PAIRS pairs, mostly the same."""
    levels = st.sampled_from([*Level, None])
    texts = st.sampled_from(["", "one", "one", "two"])
    before, after = {}, {}
    for pair in range(PAIRS):
        said = Said(draw(levels), draw(LABELS), draw(texts))
        other = draw(st.sampled_from(["same", "level", "label", "texts", "all"]))
        then = Said(
            draw(levels) if other in ("level", "all") else said.level,
            draw(LABELS) if other in ("label", "all") else said.expected,
            draw(texts) if other in ("texts", "all") else said.case,
        )
        missing = draw(st.sampled_from([0, 0, 0, 0, 1, 2]))
        if missing != 1:
            before[pair] = said
        if missing != 2:
            after[pair] = then
    return before, after


class Property(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.pairs = make_pairs(PAIRS)
        cls.release = make_release()
        cls.benchmark = hold(cls.pairs[:3])

    @given(two_runs())
    def test_what_is_stored_is_what_comparing_pair_by_pair_gives(
        self, said: tuple[dict[int, Said], dict[int, Said]]
    ) -> None:
        pairs = self.pairs
        first, second = ({pairs[at].pk: one for at, one in run.items()} for run in said)
        expected = compare(first, second)
        before, after = (make_run(one, release=self.release, benchmark=self.benchmark) for one in (first, second))
        comparison = made(before, after)
        stored = told(comparison)
        assert replace(stored, rows=()) == replace(expected, rows=())
        assert [row_told(row) for row in stored.rows] == [
            (row.pair, row.before, row.after, row.expected, row.change)
            for row in expected.rows
            if row.change is not Change.SAME
        ]
        assert comparison.total == len(expected.rows)
        assert comparison.tally == expected.tally
        assert parts(comparison) == expected_parts(expected, {pair.pk for pair in pairs[:3]})
        assert comparison.hard == tally(expected, hard_pairs(expected, pairs))


def parts(comparison: Comparison) -> tuple[Tally, dict[str, Tally], Counter[str]]:
    """What is stored by must-hold and category, and the categories of the rows."""
    rows = Counter(comparison.rows.filter(must_hold=True).values_list("category", flat=True))
    return comparison.must_hold, comparison.categories, rows


def expected_parts(expected: Compared, held: set[int]) -> tuple[Tally, dict[str, Tally], Counter[str]]:
    by_category: dict[str, set[int]] = {}
    for row in expected.rows:
        name = category_of(row.pair) if row.before or row.after else ""
        by_category.setdefault(name, set()).add(row.pair)
    rows = [row for row in expected.rows if row.pair in held and row.change is not Change.SAME]
    return (
        tally(expected, held),
        {name: tally(expected, pairs) for name, pairs in by_category.items()},
        Counter(category_of(row.pair) if row.before or row.after else "" for row in rows),
    )


def tally(expected: Compared, pairs: set[int]) -> Tally:
    return replace(expected, rows=tuple(row for row in expected.rows if row.pair in pairs)).tally


def hard_pairs(expected: Compared, pairs: list) -> set[int]:
    """The hard pairs as the measures of a run rank them."""
    texts = {pair.pk: (pair.query.text, pair.product.title) for pair in pairs}
    rows = sorted(expected.rows, key=lambda row: row.pair)
    places = hard_places([Measured(*texts[row.pair], row.expected, None) for row in rows])
    return {rows[at].pair for at in places}


@pytest.mark.django_db
def test_a_row_says_what_it_rests_on() -> None:
    one, other = make_pairs(2)
    before = {one.pk: Said(HIGHLY, HIGHLY), other.pk: Said(HIGHLY, HIGHLY)}
    after = {one.pk: Said(WEAKLY, HIGHLY), other.pk: Said(IRRELEVANT, HIGHLY)}
    comparison = made(
        make_run(before, traces={one.pk: trace_of((7, 1)), other.pk: trace_of(line=3)}),
        make_run(after, traces={one.pk: trace_of((7, 2), (9, 1)), other.pk: trace_of(line=5)}),
    )
    assert [(row.causes, row.rules) for row in comparison.rows.order_by("pair")] == [
        ([[7, 1, 2], [9, None, 1]], ",7,9,"),
        ([[None, 3, 5]], ",0,"),
    ]
    assert comparison.rules == {0: 1, 7: 1, 9: 1}


@pytest.mark.django_db
def test_asking_again_gives_the_one_there_is(moved: tuple[Run, Run]) -> None:
    user = make_user()
    first, again = (compare_runs(by=user, before=moved[0], after=moved[1]) for _click in range(2))
    make_comparison(comparison_id=first.pk)
    assert (again, first.state, ComparisonRow.objects.count()) == (first, ComparisonState.READY, 5)
    assert AuditEvent.objects.filter(verb="run.compared", actor=user).count() == 1


@pytest.mark.django_db
def test_what_was_cut_off_is_gone_on_with(moved: tuple[Run, Run]) -> None:
    comparison = compare_runs(by=None, before=moved[0], after=moved[1])
    first = moved_pairs(*moved, upto=0, most=2)
    assert store_rows(comparison, [row_of(comparison, pair, held=(), hard=()) for pair in first])
    make_comparison(comparison_id=comparison.pk)
    comparison.refresh_from_db()
    assert (comparison.state, comparison.stored, comparison.rows.count()) == (ComparisonState.READY, 5, 5)


@pytest.mark.django_db
def test_of_two_workers_one_stores_the_rows(moved: tuple[Run, Run]) -> None:
    comparison = compare_runs(by=None, before=moved[0], after=moved[1])
    late = Comparison.objects.get(pk=comparison.pk)
    make_comparison(comparison_id=comparison.pk)
    rows = [row_of(late, pair, held=(), hard=()) for pair in moved_pairs(*moved, upto=0, most=2)]
    assert not store_rows(late, rows)
    assert ComparisonRow.objects.count() == 5


@pytest.mark.django_db
def test_a_large_one_is_left_to_a_worker(
    moved: tuple[Run, Run], monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    monkeypatch.setattr(comparing, "SMALL", 4)
    asked = []
    note = lambda comparison_id, **kwargs: asked.append(comparison_id)  # noqa: E731
    comparison_waiting.connect(note)
    with django_capture_on_commit_callbacks(execute=True):
        comparison = compare_runs(by=make_user(), before=moved[0], after=moved[1])
    assert (comparison.state, asked) == (ComparisonState.MAKING, [comparison.pk])


@pytest.mark.django_db
def test_a_run_is_not_compared_with_itself_or_before_it_ended(moved: tuple[Run, Run]) -> None:
    running = make_run({}, state=RunState.RUNNING)
    for before, after in ((moved[0], moved[0]), (moved[0], running), (running, moved[0])):
        with pytest.raises(ValidationError):
            compare_runs(by=None, before=before, after=after)
    assert not Comparison.objects.exists()


@pytest.mark.django_db
def test_finished_runs_lack_a_comparison_until_they_are_compared_with_their_baseline(moved: tuple[Run, Run]) -> None:
    later = make_run({}, baseline=moved[1])
    assert runs_not_compared() == [later]
    compare_with_baseline(run=later)
    assert (runs_not_compared(), Comparison.objects.get().before) == ([], moved[1])


@pytest.mark.django_db
def test_comparing_costs_the_same_queries_for_few_pairs_and_many() -> None:
    assert queries(*runs_over(4)) == queries(*runs_over(40))


def queries(before: Run, after: Run) -> int:
    comparison = Comparison.objects.create(before=before, after=after)
    with CaptureQueriesContext(connection) as captured:
        make_comparison(comparison_id=comparison.pk)
    return len(captured)


@pytest.fixture
def moved() -> tuple[Run, Run]:
    return runs_over(10)


def runs_over(count: int) -> tuple[Run, Run]:
    """Two runs over so many pairs, of which half moved."""
    pairs = make_pairs(count)
    before = {pair.pk: Said(HIGHLY, HIGHLY) for pair in pairs}
    after = {pair.pk: Said(WEAKLY if at % 2 else HIGHLY, HIGHLY) for at, pair in enumerate(pairs)}
    return make_run(before), make_run(after)
