"""Bad cases as the pipeline reads their pairs now: the level under the rules in force, and under drafted ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotation.models import BadCase
from annotation.selectors.cases import cases_in, open_like
from inference.drafting import Known
from inference.pipeline.affected import Affected
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.trace import Failure
from inference.selectors.chains import chain_with
from inference.selectors.readings import case_digests
from inference.selectors.understood import read_pairs
from rules.engine.attributes import Level
from rules.engine.content import RuleContent
from rules.engine.recall import RuleIndex
from rules.engine.rule import EngineRule
from rules.models import Change, Proposal
from rules.selectors import drafted_number, drafted_rules, engine_rules

MOST_CASES = 300
"""Open cases that a draft is tried on: those most like the linked ones."""


@dataclass(frozen=True, slots=True)
class CaseEffect:
    """An open case whose level a draft moves."""

    case: BadCase
    before: Level
    after: Level


@dataclass(frozen=True, slots=True)
class CaseEffects:
    """What a draft does to open cases. `tried`: how many it was tried on; a failed pair is in no count."""

    fixed: tuple[CaseEffect, ...]
    moved: tuple[CaseEffect, ...]
    tried: int


def known_pairs(expected: Mapping[int, Level | None], chain: Chain) -> dict[int, Known]:
    """Pairs as a draft is tried on them; those that can't be judged are left out."""
    pairs = sorted(expected)
    read = read_pairs(pairs, case_digests(pairs), chain)
    found = {}
    for pair in pairs:
        understood = read[pair].understood
        if not isinstance(understood, Failure):
            trace = chain.judge_understood(understood)
            found[pair] = Known(understood, chain.recall(understood), trace, expected[pair])
    return found


def known_text(query: str, title: str, expected: Level, chain: Chain) -> Known | None:
    """A pair of which only the texts are known, as a pinned example is."""
    understood = chain.understand(Case(query, title))
    if isinstance(understood, Failure):
        return None
    return Known(understood, chain.recall(understood), chain.judge_understood(understood), expected)


def case_effects(proposal: Proposal) -> CaseEffects:
    """Which open cases a proposal would fix."""
    return effects_on(cases_for(proposal), before=engine_rules(proposal.base), after=drafted_rules(proposal))


def edit_effects(change: Change, content: RuleContent) -> CaseEffects:
    """Which open cases one edit would fix, taken alone; `content` stands in the place of what the change holds."""
    number, before = drafted_number(change), engine_rules(change.proposal.base)
    edited = [rule for rule in drafted_rules(change.proposal, change, content) if rule.number == number]
    after = (*(rule for rule in before if rule.number != number), *edited)
    return effects_on(cases_for(change.proposal), before=before, after=after)


def cases_for(proposal: Proposal) -> list[BadCase]:
    """The open cases that a draft is tried on: those linked to it and those most like them."""
    linked = [case for case in cases_in(proposal.pk)[:MOST_CASES] if case.is_open]
    others = open_like(linked, most=MOST_CASES - len(linked))
    return [case for case in (*linked, *others) if case.expected]


def effects_on(cases: Sequence[BadCase], *, before: Iterable[EngineRule], after: Iterable[EngineRule]) -> CaseEffects:
    """What becomes of cases when some rules give way to others."""
    old, new = tuple(before), tuple(after)
    touched, chain, index = Affected(old, new), chain_with(old), RuleIndex(new)
    read = read_pairs(pairs := sorted({case.pair_id for case in cases}), case_digests(pairs), chain)
    effects, tried = [], 0
    for case in cases:
        understood = read[case.pair_id].understood
        if isinstance(understood, Failure):
            continue
        tried += 1
        if touched(understood.facts):
            was, now = chain.judge_understood(understood).level, chain.judge_understood(understood, index).level
            effects += [CaseEffect(case, was, now)] if was is not now else []
    fixed = tuple(one for one in effects if one.after == one.case.expected)
    return CaseEffects(fixed, tuple(one for one in effects if one not in fixed), tried)
