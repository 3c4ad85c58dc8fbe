"""A vote of several judges: how they stand to each other, what it comes to, and what is told of it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.settling import Rule, Settled, settle
from inference.voting import Ballot, Report, Share, Standing, level_of, report_of, same_class, standing_of
from rules.engine.attributes import Level, LevelClass

H, M, W, I = Level  # noqa: E741
VOTES = st.lists(st.sampled_from([*Level, None]), min_size=1, max_size=9)
BALLOTS = st.integers(2, 5).flatmap(
    lambda judges: st.lists(
        st.builds(
            Ballot,
            pair=st.integers(1, 99),
            levels=st.tuples(*[st.sampled_from([*Level, None])] * judges),
            labelled=st.sampled_from([*Level, None]),
            hard=st.booleans(),
        ),
        max_size=30,
    )
)


@pytest.mark.parametrize(
    ("votes", "standing", "level"),
    [
        ([H, H, H], Standing.UNANIMOUS, H),
        ([M, W, W], Standing.UNANIMOUS, W),
        ([M, W], Standing.UNANIMOUS, W),
        ([H, H, I], Standing.SPLIT, H),
        ([H, M, W], Standing.SPLIT, W),
        ([H, M, I], Standing.SPLIT, None),
        ([H, I], Standing.SPLIT, None),
        ([H, H, None], Standing.INCOMPLETE, H),
        ([H, None], Standing.INCOMPLETE, None),
        ([H, H, I, None], Standing.SPLIT, None),
        ([None, None], Standing.INCOMPLETE, None),
        ([], Standing.INCOMPLETE, None),
    ],
)
def test_a_vote(votes: list[Level | None], standing: Standing, level: Level | None) -> None:
    assert (standing_of(votes), level_of(votes)) == (standing, level)


@given(VOTES, st.randoms())
def test_the_order_of_the_judges_does_not_count(votes: list[Level | None], rng: object) -> None:
    other = list(votes)
    rng.shuffle(other)  # type: ignore[attr-defined]
    assert (standing_of(other), level_of(other)) == (standing_of(votes), level_of(votes))


@given(VOTES)
def test_the_level_has_more_than_half_of_all_judges_behind_its_class(votes: list[Level | None]) -> None:
    classes = Counter(level.level_class for level in votes if level)
    ahead = [name for name, n in classes.items() if 2 * n > len(votes)]
    level = level_of(votes)
    assert [level.level_class] if level else ahead == [] or ahead == [level.level_class if level else None]
    assert level is None or level in votes


@given(st.lists(st.sampled_from(list(Level)), min_size=1, max_size=9))
def test_where_all_judged_a_vote_settles_as_labels_of_people_do(votes: list[Level]) -> None:
    came = settle([level.value for level in votes], rule=Rule.MAJORITY)
    assert level_of(votes) is (came.level if isinstance(came, Settled) else None)


@given(st.lists(st.sampled_from(list(Level)), min_size=1, max_size=9))
def test_the_vote_of_a_unanimous_pair_is_of_the_class_of_every_judge(votes: list[Level]) -> None:
    unanimous = standing_of(votes) is Standing.UNANIMOUS
    assert unanimous == all(same_class(level, votes[0]) for level in votes)
    assert not unanimous or same_class(level_of(votes), votes[0])


@given(BALLOTS)
def test_the_parts_of_a_report_add_up(ballots: list[Ballot]) -> None:
    report = report_of(ballots)
    for part in (report.everyone, *report.classes.values(), report.hard):
        assert part.unanimous.part + part.split.part + part.incomplete.part == part.pairs
        assert part.right.part + part.disagreement.part <= part.right.whole
        assert part.right.part == part.disagreement.whole - part.disagreement.part
    labelled = [one for one in ballots if one.labelled]
    assert sum(part.pairs for part in report.classes.values()) == len(labelled) == report.vote.pairs
    assert report.vote.correct == report.everyone.right.part == sum(part.right.part for part in report.classes.values())
    assert all(scores.pairs == len(labelled) for scores in report.judges)


def test_a_report_is_told_as_in_the_paper() -> None:
    report = report_of(
        [
            Ballot(1, (H, H, H), H, hard=True),
            Ballot(2, (H, H, H), I),
            Ballot(3, (H, H, I), H),
            Ballot(4, (H, M, I), M, hard=True),
            Ballot(5, (M, W, None), W),
            Ballot(6, (I, I, I)),
        ]
    )
    assert told(report, LevelClass.HIGHLY) == [(1, 2), (1, 2), (0, 2), (0, 2), (2, 2), (1, 1), (1, 1), (0, 2)]
    assert told(report) == [(3, 6), (2, 6), (1, 6), (1, 6), (3, 5), (1, 2), (1, 2), (1, 4)]
    assert told(report, hard=True) == [(1, 2), (1, 2), (0, 2), (1, 2), (1, 2), (1, 1), (0, 1), (0, 1)]
    assert [scores.correct for scores in report.judges] == [3, 4, 1]


def test_the_interval_of_a_share_is_wilsons() -> None:
    assert Share(9, 10).interval.low == pytest.approx(0.5958, abs=1e-4)
    assert Share(0, 0).to_json() == {"part": 0, "whole": 0, "share": None, "low": 0.0, "high": 1.0}


def told(report: Report, name: LevelClass | None = None, *, hard: bool = False) -> list[tuple[int, int]]:
    """The shares of a part in the order in which they are told."""
    part = report.hard if hard else report.classes[name] if name else report.everyone
    names = ["unanimous", "split", "incomplete", "undecided", "right", "right_unanimous", "right_split", "disagreement"]
    return [(getattr(part, one).part, getattr(part, one).whole) for one in names]
