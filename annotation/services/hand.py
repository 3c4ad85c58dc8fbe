"""Giving a person pairs ahead, so that they label on while the server can't be reached."""

from collections.abc import Collection

from django.contrib.auth.models import User

from annotation.models import Benchmark
from annotation.selectors.hand import Hand, hand_of, held_by
from annotation.selectors.labelling import annotator_of, pairs_left
from annotation.services.assigning import take_next

MOST_AHEAD = 10
"""Pairs held beyond the one that is looked at: a cut of two minutes at a pair in twelve seconds."""
LEFT_FOR_EACH = 20
"""One pair ahead for so many left: towards the end nobody holds what others could label."""


def fill_hand(*, by: User, benchmark: Benchmark, without: Collection[int] = ()) -> Hand:
    """Give a person pairs until as many go ahead as should. Returns those that are not in `without`, which the page has.

    Nothing is given to a person who is paused, or where nothing is given out: `Hand.why` says so.
    """
    hand = hand_of(by, benchmark, without=without, most=0)
    if hand.why:
        return hand
    held = held_by(by, benchmark).count()
    if not held and take_next(by=by, benchmark=benchmark):
        held = 1
    for _place in range(wanted(by, benchmark) - held if held else 0):
        if take_next(by=by, benchmark=benchmark, further=True) is None:
            break
    return hand_of(by, benchmark, without=without, most=MOST_AHEAD + 1)


def wanted(by: User, benchmark: Benchmark) -> int:
    """How many pairs a person should hold."""
    annotator = annotator_of(by, benchmark)
    return 1 + min(MOST_AHEAD, pairs_left(annotator) // LEFT_FOR_EACH) if annotator else 1
