"""Flips a rule: which changes of rules made the pairs of two runs move, worked out anew from what each run read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain as chained
from itertools import combinations

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet

from inference.attribution import NONE, Numbers
from inference.comparison import change_of
from inference.enums import RunState
from inference.flips import Flip, FlipTotals, Moved, flip_of, totals_of
from inference.models import Judgment, Run
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
from inference.selectors.attribution import FEW, missed_in, read_again, released_rules
from inference.selectors.chains import chain_of
from rules.engine.attributes import Level
from rules.engine.rule import EngineRule

KEPT_AS = "flips-1"
"""What is kept of two finished runs. The number is raised when what is kept changes its shape."""
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
class Runs:
    """The chains of the two runs, and whether they have the same configuration and read the same texts alike."""

    before: Chain
    after: Chain
    same: bool

    def read_alike(self, was: Judgment, now: Judgment) -> bool:
        """Whether a pair was read alike in both, for certain."""
        return self.same and bool(was.case) and was.case == now.case

    def read_again(self, rows: Sequence[tuple[Judgment, Judgment]]) -> dict[int, Reading]:
        """The readings of judgments, by judgment; one that both share is read once."""
        later = {now.pk: now for _was, now in rows}
        shared = {was.pk: now.pk for was, now in rows if self.read_alike(was, now)}
        earlier = [was for was, _now in rows if was.pk not in shared]
        read = self._readings(list(later.values()), self.after) | self._readings(earlier, self.before)
        return read | {was: read[now] for was, now in shared.items() if now in read}

    def _readings(self, judgments: Sequence[Judgment], chain: Chain) -> dict[int, Reading]:
        found = read_again(judgments, chain)
        return {pk: reading_of(chain, understood, self.before, self.after) for pk, understood in found.items()}


def flips_by_rule(before: Run, after: Run) -> FlipsByRule:
    """What the changes of rules did between two runs; kept once both are finished."""
    name = f"{KEPT_AS}-{_kept_as(before)}-{_kept_as(after)}"
    kept: FlipsByRule | None = cache.get(name)
    if kept is None:
        kept = _worked_out(before, after)
        if before.state == after.state == RunState.FINISHED:
            cache.set(name, kept, timeout=HOUR if kept.totals.unknown else None)
    return kept


def moved_pairs(before: Run, after: Run) -> QuerySet[Judgment]:
    """The later judgments of the pairs that have another level, under the same label and of the same texts."""
    earlier = Judgment.objects.filter(run=before, pair=OuterRef("pair"), failure="", expected=OuterRef("expected"))
    alike = earlier.filter(Q(case=OuterRef("case")) | Q(case="")).exclude(level=OuterRef("level"))
    return Judgment.objects.filter(run=after, failure="").filter(Exists(alike)).order_by("pair_id")


def _kept_as(run: Run) -> str:
    """A database that was replaced may use an id again."""
    return f"{run.pk}-{run.created_at.timestamp()}-{run.total}"


def _worked_out(before: Run, after: Run) -> FlipsByRule:
    moved = moved_pairs(before, after)
    now = list(moved.select_related(*RELATED)[:MOST_FLIPS])
    pairs = [one.pair_id for one in now]
    was = {one.pair_id: one for one in Judgment.objects.filter(run=before, pair__in=pairs).select_related(*RELATED)}
    total = len(now) if len(now) < MOST_FLIPS else moved.count()
    return FlipsByRule(totals_of(_moved([(was[one.pair_id], one) for one in now], before, after)), total, len(now))


def _moved(rows: Sequence[tuple[Judgment, Judgment]], before: Run, after: Run) -> list[Moved]:
    if not rows:
        return []
    same = bool(before.context) and (before.context, before.config_id) == (after.context, after.config_id)
    runs = Runs(chain_of(before), chain_of(after), same)
    asked = [(was, now) for was, now in rows if not _same_question(was, now)]
    read = runs.read_again(asked)
    return [_moved_pair(was, now, runs, read) for was, now in rows]


def _moved_pair(was: Judgment, now: Judgment, runs: Runs, read: Mapping[int, Reading]) -> Moved:
    change = change_of(Level(was.level), Level(now.level), Level(now.expected) if now.expected else None)
    if _same_question(was, now):
        return Moved(change, None, judge_moved=True)
    by_model = was.trace.get("model") or now.trace.get("model")
    return Moved(change, _flip_of_model(was, now, runs, read) if by_model else _flip(was, now, read))


def _same_question(was: Judgment, now: Judgment) -> bool:
    return bool(was.key) and was.key == now.key


def _flip(was: Judgment, now: Judgment, read: Mapping[int, Reading]) -> Flip | None:
    """The flip of a pair by the lexical engine; None where reading it again does not come to what was judged."""
    before, after = read.get(was.pk), read.get(now.pk)
    if before is None or after is None:
        return None
    found = flip_of(changed_rules(before, after), levels_between(before, after))
    return found if found and (found.before, found.after) == (was.level, now.level) else None


def _flip_of_model(was: Judgment, now: Judgment, runs: Runs, read: Mapping[int, Reading]) -> Flip | None:
    """The flip of a pair by a model: what lies between is known where it was asked, or where hard effects settle it."""
    old, new = ({rule.number: rule for rule in released_rules(one)} for one in (was, now))
    changes = frozenset(differing(old, new))
    before, after = Level(was.level), Level(now.level)
    if not runs.read_alike(was, now):
        return flip_of(changes | {READING}, {NONE: before, changes | {READING}: after}.get)
    known = _stored_between(old, new, now, runs.after, read) | {NONE: before, changes: after}
    missed = missed_in(now.trace)
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
