"""How steady repeated answers on one judgment are."""

import pytest

from inference.pipeline.model_answer import Answer
from inference.pipeline.stability import Stability, agreed, stability_of
from rules.engine.attributes import Level

HIGHLY, MODERATELY, WEAKLY, IRRELEVANT = Level


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([], Stability(None, {}, 0.0, 0.0, 0, 0)),
        ([None, None], Stability(None, {}, 0.0, 0.0, 0, 2)),
        ([HIGHLY], Stability(HIGHLY, {HIGHLY: 1}, 1.0, 1.0, 0, 0)),
        ([HIGHLY, HIGHLY, None, HIGHLY], Stability(HIGHLY, {HIGHLY: 3}, 1.0, 1.0, 0, 1)),
        (
            [WEAKLY, MODERATELY, IRRELEVANT, MODERATELY],
            Stability(MODERATELY, {MODERATELY: 2, WEAKLY: 1, IRRELEVANT: 1}, 0.5, 0.75, 2, 0),
        ),
        ([HIGHLY, IRRELEVANT], Stability(IRRELEVANT, {HIGHLY: 1, IRRELEVANT: 1}, 0.5, 0.5, 3, 0)),
    ],
)
def test_stability(levels: list[Level | None], expected: Stability) -> None:
    answers = [level and Answer(level) for level in levels]
    assert (stability_of(answers), stability_of(levels)) == (expected, expected)


@pytest.mark.parametrize(
    ("levels", "steady"), [([], False), ([HIGHLY], False), ([HIGHLY] * 3, True), ([HIGHLY, WEAKLY], False)]
)
def test_one_answer_alone_shows_no_steadiness(levels: list[Level], steady: bool) -> None:
    assert stability_of(levels).steady is steady


def test_the_first_answer_with_the_commonest_level_stands_for_all() -> None:
    answers = [Answer(HIGHLY, "a"), Answer(WEAKLY, "b"), Answer(WEAKLY, "c")]
    assert agreed(answers) == Answer(WEAKLY, "b")
