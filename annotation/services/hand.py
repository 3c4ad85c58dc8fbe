"""Giving a person pairs ahead, so that they label on while the server can't be reached."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from django.contrib.auth.models import User
from django.core.cache import cache

from annotation.models import Assignment, Benchmark
from annotation.selectors.hand import Hand, hand_of, held_by, why_nothing
from annotation.selectors.labelling import Offer, annotator_of, free_pairs, offer_of
from annotation.services.assigning import take_next

MOST_AHEAD = 10
"""Pairs held beyond the one that is looked at: a cut of two minutes at a pair in twelve seconds."""
REMEMBERED_SECONDS = 20
LEFT_FOR_EACH = 20
"""One pair ahead for so many left: towards the end nobody holds what others could label."""


def fill_hand(*, by: User, benchmark: Benchmark, without: Collection[int] = ()) -> Hand:
    """Give a person pairs until as many go ahead as should. Returns those that are not in `without`, which the page has.

    Nothing is given to a person who is paused, or where nothing is given out: `Hand.why` says so.
    """
    annotator = annotator_of(by, benchmark)
    if why_nothing(benchmark, annotator):
        return hand_of(by, benchmark, most=0)
    held = list(held_by(by, benchmark))
    taken = more(by, benchmark, held)
    if annotator:
        annotator.person, annotator.benchmark = by, benchmark
    known = [offer_of(one, annotator) for one in held if one.pk not in without] if annotator else []
    offers = (*known, *taken)
    if not offers:
        hand = hand_of(by, benchmark, most=0)
        return hand if held else replace(hand, left=0)  # gold that chance did not give is not left
    return Hand(offers, done=offers[-1].done_today, left=offers[-1].left + len(held) + len(taken))


def more(by: User, benchmark: Benchmark, held: Sequence[Assignment]) -> list[Offer]:
    """Take as many further pairs as should go ahead, at least one where none is held."""
    taken: list[Offer] = []
    for _place in range(wanted(benchmark) - len(held)):
        offer = take_next(by=by, benchmark=benchmark, further=bool(held or taken))
        if offer is None:
            break
        taken.append(offer)
    return taken


def wanted(benchmark: Benchmark) -> int:
    """How many pairs a person should hold. Counts no further than it has to; that there are many is remembered."""
    key = f"free-pairs-are-many:{benchmark.pk}:{benchmark.created_at.timestamp()}"
    most = MOST_AHEAD * LEFT_FOR_EACH
    if cache.get(key):
        return 1 + MOST_AHEAD
    free = free_pairs(benchmark.pk)[: 2 * most].count()
    if free == 2 * most:
        cache.set(key, True, REMEMBERED_SECONDS)
    return 1 + min(free, most) // LEFT_FOR_EACH
