"""The level of an understood pair under any of the rules it recalls, without recalling them again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from inference.pipeline.chain import Chain, named
from inference.pipeline.confidence import confidence_of
from inference.pipeline.effects import apply_rules
from inference.pipeline.parameters import Parameters
from inference.pipeline.recall import with_binding
from inference.pipeline.stages import Stage
from inference.pipeline.thresholds import hold
from inference.pipeline.understanding import Understanding
from rules.engine.attributes import Attribute, Level
from rules.engine.decide import decide
from rules.engine.recall import Recalled
from rules.engine.rule import EngineRule

READING = 0
"""Stands among the numbers of changed rules for all else that may differ: what was known, the parameters, the judge."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A pair as one of two runs read it, and the rules of either run that it recalls, read like that."""

    understood: Understanding
    parameters: Parameters
    base: str
    old: Mapping[int, EngineRule]
    new: Mapping[int, EngineRule]

    def level(self, rules: Iterable[EngineRule]) -> Level:
        """What Algorithm 1 and these rules make of it, as far as it is sure enough."""
        understood, thresholds = self.understood, self.parameters.thresholds
        recalled, missed = tuple(Recalled(rule, ()) for rule in rules), understood.mismatched
        outcome = apply_rules(understood.comparison, recalled, missed, self.parameters)
        if not thresholds:
            return outcome.decision.level
        confidence, proposed = confidence_of(understood, outcome), outcome.proposal.level
        held = hold(proposed, outcome.decision, confidence, thresholds, recalled=recalled, mismatched=missed)
        return held.decision.level


def fired_rules(chain: Chain, understood: Understanding, of: Chain) -> dict[int, EngineRule]:
    """The rules of one chain that a pair recalls as another read it."""
    if Stage.RULES in chain.parameters.switched_off:
        return {}
    fired = of.index.fired(understood.facts)
    if understood.plain is None:
        return fired
    recalled, plain = (
        tuple(Recalled(rule, ()) for rule in rules.values()) for rules in (fired, of.index.fired(understood.plain))
    )
    return {one.rule.number: one.rule for one in with_binding(recalled, plain, understood.mismatched)}


def reading_of(chain: Chain, understood: Understanding, before: Chain, after: Chain) -> Reading:
    """A pair as `chain` read it, with what it recalls of the rules of two chains."""
    old, new = (fired_rules(chain, understood, one) for one in (before, after))
    return Reading(understood, chain.parameters, chain.keep(understood).base, old, new)


def changed_rules(before: Reading, after: Reading) -> frozenset[int]:
    """The rules whose version recalled is not the same before and after, and READING where the pair was read otherwise."""
    rules = {number for one in (before, after) for number in differing(one.old, one.new)}
    return frozenset(rules | {READING} if before.base != after.base else rules)


def differing(old: Mapping[int, EngineRule], new: Mapping[int, EngineRule]) -> set[int]:
    """The numbers under which two sets of rules have not the same version."""
    return {number for number in old.keys() | new.keys() if _name(old.get(number)) != _name(new.get(number))}


def chosen(old: Mapping[int, EngineRule], new: Mapping[int, EngineRule], made: frozenset[int]) -> list[EngineRule]:
    """The rules once some changes are made: the new version of those, the old one of the others."""
    versions = ((new if number in made else old).get(number) for number in sorted(old.keys() | new.keys()))
    return [rule for rule in versions if rule is not None]


def levels_between(before: Reading, after: Reading) -> Callable[[frozenset[int]], Level]:
    """The level once some of the changes between two readings are made."""

    def level(made: frozenset[int]) -> Level:
        reading = after if READING in made else before
        return reading.level(chosen(reading.old, reading.new, made))

    return level


def settled_level(rules: Iterable[EngineRule], mismatched: frozenset[Attribute]) -> Level | None:
    """The level that the hard effects leave whatever a model answers, if they leave but one."""
    recalled = tuple(Recalled(rule, ()) for rule in rules)
    levels = {
        decide(unwaived=answer, proposed=answer, recalled=recalled, mismatched=mismatched).level for answer in Level
    }
    return levels.pop() if len(levels) == 1 else None


def _name(rule: EngineRule | None) -> str:
    return named(rule) if rule else ""
