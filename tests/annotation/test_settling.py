"""Tests of annotation/settling.py: what labels amount to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.settling import Conflict, ConflictKind, Rule, Settled, is_hard, majority, settle
from rules.engine.attributes import Level

H, M, W, N = Level
LABELS = st.lists(st.sampled_from(Level), min_size=1, max_size=7)


@pytest.mark.parametrize(
    ("labels", "rule", "wanted"),
    [
        ([H], Rule.LEVELS, Settled(H, 1, 1)),
        ([H, H], Rule.LEVELS, Settled(H, 2, 2)),
        ([M, W], Rule.LEVELS, Conflict(ConflictKind.LEVELS, {M: 1, W: 1})),
        ([H, W], Rule.LEVELS, Conflict(ConflictKind.CLASSES, {H: 1, W: 1})),
        ([M, W], Rule.CLASSES, Settled(W, 1, 2)),
        ([M, M, W], Rule.CLASSES, Settled(M, 2, 3)),
        ([H, H, N], Rule.CLASSES, Conflict(ConflictKind.CLASSES, {H: 2, N: 1})),
        ([H, H, N], Rule.MAJORITY, Settled(H, 2, 3)),
        ([H, N], Rule.MAJORITY, Conflict(ConflictKind.TIE, {H: 1, N: 1})),
        ([H, M, N], Rule.MAJORITY, Conflict(ConflictKind.TIE, {H: 1, M: 1, N: 1})),
        ([M, W, N], Rule.MAJORITY, Settled(W, 1, 3)),
        ([M, W, W, H, H], Rule.MAJORITY, Settled(W, 2, 5)),
    ],
)
def test_labels_settle_the_class_and_then_the_level(labels, rule, wanted):
    assert settle(labels, rule=rule) == wanted


def test_no_labels_settle_nothing():
    assert settle([]) is None


def test_a_label_that_is_no_level_is_an_error():
    with pytest.raises(ValueError, match="less"):
        settle(["less"])


@given(LABELS, st.sampled_from(Rule), st.randoms())
def test_the_order_of_labels_tells_nothing(labels, rule, chance):
    shuffled = chance.sample(labels, len(labels))
    assert settle(shuffled, rule=rule) == settle(labels, rule=rule)


@given(LABELS)
def test_a_stricter_rule_settles_no_more(labels):
    settled = [isinstance(settle(labels, rule=rule), Settled) for rule in (Rule.LEVELS, Rule.CLASSES, Rule.MAJORITY)]
    assert settled == sorted(settled)


@given(LABELS, st.sampled_from(Rule))
def test_what_is_settled_was_given(labels, rule):
    found = settle(labels, rule=rule)
    assert isinstance(found, Conflict) or labels.count(found.level) == found.agreeing


@pytest.mark.parametrize(("votes", "wanted"), [([], None), ([H], H), ([H, M], None), ([H, H, N], H), ([H, M, N], None)])
def test_models_say_what_more_than_half_of_them_say(votes, wanted):
    assert majority(votes) == wanted


@pytest.mark.parametrize(
    ("votes", "rule", "wanted"),
    [
        ([], Rule.CLASSES, False),
        ([M, W], Rule.CLASSES, False),
        ([M, W], Rule.LEVELS, True),
        ([H, H, N], Rule.CLASSES, True),
        ([H, H, N], Rule.MAJORITY, False),
    ],
)
def test_split_votes_are_hard(votes, rule, wanted):
    assert is_hard(votes, rule=rule) is wanted
