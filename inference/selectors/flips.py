"""Flips a rule: which changes of rules made the pairs of two runs move, worked out anew from what each run read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain as chained
from itertools import combinations

from django.core.cache import cache

from inference.attribution import NONE, Numbers
from inference.comparison import MOVED, ORDER, Change
from inference.flips import Flip, FlipTotals, Moved, flip_of, totals_of
from inference.models import Comparison, Judgment
from inference.pipeline.chain import Chain, named
from inference.pipeline.key import key_of
from inference.pipeline.under_rules import (
    READING,
    Reading,
    changed_rules,
    chosen,
    differing,
    levels_between,
    reading_of,
    settled_level,
)
from inference.selectors.chains import chain_of
from inference.selectors.model_answers import FEW
from inference.selectors.rereading import missed_in, read_again, released_rules
from rules.engine.attributes import Level
from rules.engine.rule import EngineRule

KEPT_AS = "flips-1"
"""What is kept of a comparison. The number is raised when what is kept changes its shape."""
HOUR = 3600
MOST_FLIPS = 1000
"""Pairs that are looked into; of more the first, and the page says so."""
RELATED = ("pair__query", "pair__product", "traced", "run__release", "run__config")


@dataclass(frozen=True, slots=True)
class FlipsByRule:
    """What moved from one run to another, put down to rules: `looked_at` pairs of `moved`."""

    totals: FlipTotals
    moved: int
    looked_at: int


@dataclass(frozen=True, slots=True)
class Row:
    """A pair that moved, with the judgments of both runs."""

    change: Change
    was: Judgment
    now: Judgment

    @property
    def same_question(self) -> bool:
        """Whether nothing that decides it changed, so that only the judge can have moved."""
        return bool(self.was.key) and self.was.key == self.now.key


@dataclass(frozen=True, slots=True)
class Runs:
    """The chains of the two runs, and whether they have the same configuration and read the same texts alike."""

    before: Chain
    after: Chain
    same: bool

    def read_alike(self, row: Row) -> bool:
        """Whether a pair was read alike in both, for certain."""
        return self.same and bool(row.was.case) and row.was.case == row.now.case

    def read_again(self, rows: Sequence[Row]) -> dict[int, Reading]:
        """The readings of judgments, by judgment; one that both share is read once."""
        shared = {row.was.pk: row.now.pk for row in rows if self.read_alike(row)}
        earlier = [row.was for row in rows if row.was.pk not in shared]
        read = self._readings([row.now for row in rows], self.after) | self._readings(earlier, self.before)
        return read | {was: read[now] for was, now in shared.items() if now in read}

    def _readings(self, judgments: Sequence[Judgment], chain: Chain) -> dict[int, Reading]:
        found = read_again(judgments, chain)
        return {pk: reading_of(chain, understood, self.before, self.after) for pk, understood in found.items()}


def flips_by_rule(comparison: Comparison) -> FlipsByRule:
    """What the changes of rules did between the two runs of a comparison that is made. What was found is kept."""
    made = comparison.finished_at.timestamp() if comparison.finished_at else 0
    name = f"{KEPT_AS}-{comparison.pk}-{made}-{comparison.total}"  # a database that was replaced may use an id again
    kept: FlipsByRule | None = cache.get(name)
    if kept is not None:
        return kept
    found = _worked_out(comparison)
    cache.set(name, found, timeout=HOUR if found.totals.unknown else None)
    return found


def _worked_out(comparison: Comparison) -> FlipsByRule:
    moved = comparison.rows.filter(rank__in=[ORDER.index(change) for change in MOVED]).order_by("rank", "pair_id")
    rows = list(moved[:MOST_FLIPS])
    ids = [pk for row in rows for pk in (row.before_id, row.after_id)]
    judged = Judgment.objects.filter(pk__in=ids).select_related(*RELATED)
    found = {one.pk: one for one in judged}
    flips = _moved([Row(row.change, found[row.before_id], found[row.after_id]) for row in rows], comparison)
    return FlipsByRule(totals_of(flips), comparison.tally.moved, len(rows))


def _moved(rows: Sequence[Row], comparison: Comparison) -> list[Moved]:
    if not rows:
        return []
    before, after = comparison.before, comparison.after
    same = bool(before.context) and (before.context, before.config_id) == (after.context, after.config_id)
    runs = Runs(chain_of(before), chain_of(after), same)
    read = runs.read_again([row for row in rows if not row.same_question])
    return [_moved_pair(row, runs, read) for row in rows]


def _moved_pair(row: Row, runs: Runs, read: Mapping[int, Reading]) -> Moved:
    if row.same_question:
        return Moved(row.change, None, judge_moved=True)
    by_model = row.was.trace.get("model") or row.now.trace.get("model")
    return Moved(row.change, _flip_of_model(row, runs, read) if by_model else _flip(row, read))


def _flip(row: Row, read: Mapping[int, Reading]) -> Flip | None:
    """The flip of a pair by the lexical engine; None where reading it again does not come to what was judged."""
    before, after = read.get(row.was.pk), read.get(row.now.pk)
    if before is None or after is None:
        return None
    found = flip_of(changed_rules(before, after), levels_between(before, after))
    return found if found and (found.before, found.after) == (row.was.level, row.now.level) else None


def _flip_of_model(row: Row, runs: Runs, read: Mapping[int, Reading]) -> Flip | None:
    """The flip of a pair by a model: what lies between is known where it was asked, or where hard effects settle it."""
    old, new = ({rule.number: rule for rule in released_rules(one)} for one in (row.was, row.now))
    changes = frozenset(differing(old, new))
    before, after = Level(row.was.level), Level(row.now.level)
    if not runs.read_alike(row):
        return flip_of(changes | {READING}, {NONE: before, changes | {READING}: after}.get)
    known = _stored_between(old, new, row.now, runs.after, read) | {NONE: before, changes: after}
    missed = missed_in(row.now.trace)
    return flip_of(changes, lambda made: known.get(made) or settled_level(chosen(old, new, made), missed))


def _stored_between(
    old: Mapping[int, EngineRule],
    new: Mapping[int, EngineRule],
    now: Judgment,
    chain: Chain,
    read: Mapping[int, Reading],
) -> dict[Numbers, Level]:
    """What was judged before under the keys that some of the changes would give."""
    changes = differing(old, new)
    if now.pk not in read or not 1 < len(changes) <= FEW:
        return {}
    sets = (combinations(sorted(changes), size) for size in range(len(changes) + 1))
    keys = {
        key_of(read[now.pk].base, chain.judged_by, map(named, chosen(old, new, made))): made
        for made in map(frozenset, chained.from_iterable(sets))
    }
    stored = Judgment.objects.filter(key__in=keys, failure="").order_by("pk").values_list("key", "level")
    return {keys[key]: Level(level) for key, level in stored} if now.key in keys else {}
