"""What is wrong with the rules of a release or of a proposal: found once a rule set and a day, and kept.

Values are limited to those that queries and products can have, as far as somebody knows; a finding shows on some facts,
not always on a pair that somebody sells.
"""

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from threading import RLock

from django.utils import timezone

from rules.engine.analysis import Analysis
from rules.engine.attributes import Attribute
from rules.engine.disagreement import SETTLING, places_in
from rules.engine.findings import Conflict, Finding, NeverFires, Settled, Shadowed
from rules.engine.rule import EngineRule
from rules.engine.situation import Domain
from rules.models import Proposal, Release
from rules.selectors.known_values import known_values
from rules.selectors.proposals import all_drafted_rules
from rules.selectors.releases import rules_in

KEPT = 2000
"""Conflicts of each sort that are listed; all are counted."""
WORKING = RLock()
"""An analysis keeps what it found: one thread at a time asks it."""
MOST_RELEVANT = (Settled.AGE, Settled.SPECIFICITY, Settled.KIND)
"""Conflicts that only the age of a rule settles come first: nobody may have decided them."""
Alike = tuple[Mapping[str, int], Mapping[tuple[int, int], int]]


@dataclass(frozen=True, slots=True)
class Overview:
    """The findings about a whole rule set. `pairs` are the numbers of rules that disagree, as many as are listed."""

    rules: int
    day: date
    never: tuple[NeverFires, ...]
    shadowed: tuple[Shadowed, ...]
    counts: Mapping[Settled, int]
    pairs: Mapping[Settled, tuple[tuple[int, int], ...]]
    seconds: float

    @property
    def conflicts(self) -> int:
        """All conflicts."""
        return sum(self.counts.values())


def release_analysis(release: Release, *, since: date | None = None) -> Analysis:
    """The rules of a release laid out for questions, from a day on (today unless told)."""
    domain = known_values(one for rule in rules_in(release) for one in rule.content.conditions).domain
    return _release_analysis(release.pk, release.digest, release.created_at, since or timezone.localdate(), domain)


def proposal_analysis(proposal: Proposal, *, since: date | None = None) -> Analysis:
    """The rules as a proposal would leave them."""
    base = release_analysis(proposal.base, since=since)
    return drafted_analysis(base, all_drafted_rules(proposal))


def drafted_analysis(base: Analysis, rules: tuple[EngineRule, ...]) -> Analysis:
    """The analysis of other rules, which takes over what is known of those that stay."""
    return _drafted_analysis(base, rules, known_values(one for rule in rules for one in rule.conditions).domain)


def absent_words(analysis: Analysis) -> Mapping[tuple[Attribute, str], tuple[str, ...]]:
    """How values are called that nothing has under the name that rules give them."""
    return known_values(one for rule in analysis.rules for one in rule.conditions).instead


def overview_of(analysis: Analysis, *, wait: float) -> Overview | None:
    """The findings about a rule set, worked out in the background; None if that takes longer than `wait` seconds."""
    future = _overview(analysis)
    try:
        return future.result(timeout=wait)
    except TimeoutError:
        if not future.done():
            return None
        raise
    finally:
        if future.done() and future.exception():
            _overview.cache_clear()


def findings_about(analysis: Analysis, number: int, most: int) -> tuple[Finding, ...]:
    """What one rule of a set has a part in, its most relevant conflicts first and at most so many of them."""
    rule = next((one for one in analysis.rules if one.number == number), None)
    if rule is None:
        return ()
    with WORKING:
        return tuple(sorted(analysis.about(rule, most), key=relevance))


def conflicts_of(analysis: Analysis, pairs: tuple[tuple[int, int], ...]) -> tuple[Conflict, ...]:
    """The conflicts of some pairs of rules, with their witnesses."""
    rules = {rule.number: rule for rule in analysis.rules}
    with WORKING:
        found = [analysis.conflict(rules[one], rules[other]) for one, other in pairs]
    return tuple(one for one in found if one is not None)


def relevance(finding: Finding) -> int:
    """A key to sort findings by: what never fires, what is shadowed, then conflicts."""
    if isinstance(finding, Conflict):
        return 2 + MOST_RELEVANT.index(finding.settled)
    return 0 if isinstance(finding, NeverFires) else 1


@lru_cache(maxsize=4)
def _release_analysis(release_id: int, digest: str, created_at: datetime, since: date, domain: Domain) -> Analysis:
    """Digest and moment are part of the key: a database that was replaced may use an id again."""
    rules = rules_in(Release.objects.get(pk=release_id))
    return Analysis((rule.engine_rule for rule in rules), since=since, domain=domain)


@lru_cache(maxsize=4)
def _drafted_analysis(base: Analysis, rules: tuple[EngineRule, ...], domain: Domain) -> Analysis:
    with WORKING:
        return base.with_rules(rules, domain)


@lru_cache(maxsize=1)
def _background() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="analysis")


@lru_cache(maxsize=8)
def _overview(analysis: Analysis) -> "Future[Overview]":
    return _background().submit(_worked_out, analysis)


def _worked_out(analysis: Analysis) -> Overview:
    """Every finding but the witnesses of conflicts, which are looked for once a page shows them."""
    started = time.perf_counter()
    never, shadowed = [], []
    for rule in analysis.rules:
        with WORKING:  # let go between rules, so that a page about one of them need not wait for all
            if dead := analysis.never_firing(rule):
                never.append(dead)
            elif shadow := analysis.shadowed(rule):
                shadowed.append(shadow)
    counts = dict.fromkeys(MOST_RELEVANT, 0)
    pairs: dict[Settled, list[tuple[int, int]]] = {settled: [] for settled in MOST_RELEVANT}
    alike = _alike(analysis.firing)
    for place, one in enumerate(analysis.firing):
        for settled, others in _disagreeing(analysis, place, alike).items():
            counts[settled] += others.bit_count()
            most = KEPT - len(pairs[settled])
            pairs[settled] += [(one.number, analysis.firing[other].number) for other in islice(places_in(others), most)]
    listed = {settled: tuple(found) for settled, found in pairs.items()}
    seconds = time.perf_counter() - started
    return Overview(len(analysis.rules), analysis.since, tuple(never), tuple(shadowed), counts, listed, seconds)


def _disagreeing(analysis: Analysis, place: int, alike: Alike) -> dict[Settled, int]:
    """The later rules that the one at a place disagrees with, by what settles it, as bits."""
    with WORKING:
        found = analysis.disagreements.of(place) >> (place + 1) << (place + 1)
    kinds, specific = alike
    rule = analysis.firing[place]
    same_kind, same_specificity = kinds[_kind(rule)], specific[rule.specificity]
    return {
        Settled.AGE: found & same_kind & same_specificity,
        Settled.SPECIFICITY: found & same_kind & ~same_specificity,
        Settled.KIND: found & ~same_kind,
    }


def _alike(rules: Iterable[EngineRule]) -> Alike:
    """The rules whose effects compete with each other, and those that are as specific as each other, as bits."""
    kinds: dict[str, int] = {}
    specific: dict[tuple[int, int], int] = {}
    for place, rule in enumerate(rules):
        kinds[_kind(rule)] = kinds.get(_kind(rule), 0) | 1 << place
        specific[rule.specificity] = specific.get(rule.specificity, 0) | 1 << place
    return kinds, specific


def _kind(rule: EngineRule) -> str:
    """What a rule's effect competes with: its like, or for those that settle attributes both sorts."""
    return "settling" if rule.effect.kind in SETTLING else rule.effect.kind.value
