"""Metrics before and after with their intervals."""

from hypothesis import given
from hypothesis import strategies as st

from inference.comparison import Classes, Tally
from inference.intervals import Metric, accuracy_of, metrics_of
from inference.metrics import Interval, Scores
from inference.significance import differences
from rules.engine.attributes import Level, LevelClass

HIGHLY, LESS, IRRELEVANT = LevelClass
LEVELS = st.sampled_from([*Level, None])
TALLIES = st.builds(Tally, st.dictionaries(st.tuples(LEVELS, LEVELS, LEVELS), st.integers(1, 40), max_size=12))
NOTHING = Interval(0.0, 1.0)


def told(metrics: tuple[Metric, ...], side: str) -> dict[tuple[str, LevelClass | None], float]:
    return {(one.name, one.about): round(getattr(one, side), 9) for one in metrics}


def expected(scores: Scores) -> dict[tuple[str, LevelClass | None], float]:
    found = {
        ("accuracy", None): scores.accuracy,
        ("macro_f1", None): scores.macro_f1,
        ("loss_rate", None): scores.loss_rate,
    }
    for name, one in scores.classes.items():
        found |= {("precision", name): one.precision, ("recall", name): one.recall, ("f1", name): one.f1}
    return {key: round(value, 9) for key, value in found.items()}


def rounded(interval: Interval | None) -> tuple[float, float] | None:
    return (round(interval.low, 9), round(interval.high, 9)) if interval else None


@given(TALLIES)
def test_the_values_are_those_of_the_scores(tally: Tally) -> None:
    metrics = metrics_of(tally.classes)
    assert (told(metrics, "before"), told(metrics, "after")) == (expected(tally.before), expected(tally.after))


@given(TALLIES)
def test_swapping_the_runs_turns_the_differences_round(tally: Tally) -> None:
    swapped = Tally({(labelled, now, was): n for (labelled, was, now), n in tally.cells.items()})
    one, other = metrics_of(tally.classes), metrics_of(swapped.classes)
    assert [round(metric.change, 9) for metric in one] == [-round(metric.change, 9) for metric in other]


def test_the_interval_of_the_difference_is_the_one_beside_the_answer() -> None:
    cells: dict[Classes, int] = {
        (HIGHLY, HIGHLY, HIGHLY): 60,
        (HIGHLY, LESS, HIGHLY): 9,
        (LESS, LESS, HIGHLY): 2,
        (LESS, LESS, LESS): 40,
        (IRRELEVANT, IRRELEVANT, IRRELEVANT): 30,
    }
    accuracy, macro_f1 = metrics_of(cells)[:2]
    beside = differences(cells)  # type: ignore[arg-type]
    assert rounded(accuracy.difference) == rounded(beside.accuracy.interval) == rounded(accuracy_of(cells).difference)
    assert rounded(macro_f1.difference) == rounded(beside.macro_f1.interval)


def test_without_a_difference_there_is_no_interval_of_it() -> None:
    metrics = metrics_of({(HIGHLY, LESS, LESS): 5, (LESS, LESS, LESS): 5})
    assert {metric.difference for metric in metrics} == {None}


def test_a_higher_loss_rate_is_worse() -> None:
    loss = metrics_of({(HIGHLY, HIGHLY, None): 5, (LESS, LESS, LESS): 5})[2]
    assert (loss.name, loss.change, loss.look) == ("loss_rate", 0.5, "broken")


def test_nothing_has_any_accuracy() -> None:
    found = accuracy_of({(None, HIGHLY, LESS): 3})
    assert (found.before, found.around_before, found.difference) == (0.0, NOTHING, None)
