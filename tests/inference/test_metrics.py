"""Scores over labelled and judged pairs."""

import pytest

from inference.metrics import ClassScores, score, scores_of
from rules.engine.attributes import Level, LevelClass

H, M, W, N = Level.HIGHLY, Level.MODERATELY, Level.WEAKLY, Level.IRRELEVANT


def test_moderately_and_weakly_are_one_class() -> None:
    assert score([(M, W), (W, M), (H, M)]).accuracy == pytest.approx(2 / 3)


def test_the_scores_of_a_few_pairs() -> None:
    scores = score([(H, H), (H, M), (M, M), (W, N), (N, N), (N, N), (H, None), (N, H)])
    assert scores.to_json() == {
        "pairs": 8,
        "failed": 1,
        "loss_rate": 0.125,
        "accuracy": 0.5,
        "accuracy_without_failed": pytest.approx(4 / 7),
        "macro_f1": pytest.approx((0.4 + 0.5 + 2 / 3) / 3),
        "classes": {
            "highly": {"precision": 0.5, "recall": pytest.approx(1 / 3), "f1": pytest.approx(0.4), "support": 3},
            "less": {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2},
            "irrelevant": {
                "precision": pytest.approx(2 / 3),
                "recall": pytest.approx(2 / 3),
                "f1": pytest.approx(2 / 3),
                "support": 3,
            },
        },
    }
    assert scores.confusion[LevelClass.HIGHLY, None] == 1


def test_nothing_judged_scores_nothing() -> None:
    assert score([]).to_json()["accuracy"] == 0.0
    assert score([(H, None)]).classes[LevelClass.HIGHLY] == ClassScores(0.0, 0.0, 0.0, 1)


def test_a_row_without_a_readable_label_counts_as_failed_and_in_no_class() -> None:
    scores = scores_of({(None, None): 1, (LevelClass.LESS, LevelClass.LESS): 1})
    assert (scores.pairs, scores.failed, scores.accuracy, scores.accuracy_without_failed) == (2, 1, 0.5, 1.0)
    assert sum(one.support for one in scores.classes.values()) == 1
