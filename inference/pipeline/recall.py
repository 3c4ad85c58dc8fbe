"""Which rules a pair recalls: the facts rules may read of it, and the rules whose conditions hold."""

from collections.abc import Iterable, Sequence

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.reading import Reading
from inference.pipeline.release import all_forms
from inference.pipeline.trace import RecalledRule
from rules.engine.attributes import Attribute, Level, Values
from rules.engine.decide import decide
from rules.engine.recall import Recalled
from rules.engine.rule import EffectKind, EngineRule

BINDING = frozenset({EffectKind.FORBID, EffectKind.FORCE, EffectKind.CAP, EffectKind.FLOOR, EffectKind.REQUIRE})
"""The hard effects: no answer of a model gets past them."""


def broadened(reading: Reading, lexicon: Lexicon) -> Values:
    """The canonical values of a side with all that lies above them, so that a rule on the broader holds too."""
    return {
        attribute: frozenset(above for value in values for above in _above(attribute, value, lexicon))
        for attribute, values in reading.values.items()
    }


def _above(attribute: Attribute, value: str, lexicon: Lexicon) -> Iterable[str]:
    match attribute:
        case Attribute.CATEGORY:
            return lexicon.kinds_of(value)
        case Attribute.DOSAGE_FORM:
            return all_forms(value, lexicon)
        case Attribute.POPULATION:
            return lexicon.populations_of(value)
        case Attribute.EFFICACY:
            return lexicon.broader_efficacy(value)
    return (value,)


def with_binding(
    recalled: tuple[Recalled, ...], plain: Iterable[Recalled], missed: frozenset[Attribute]
) -> tuple[Recalled, ...]:
    """The rules recalled, and of those recalled on what is read without any model the ones with a hard effect.

    What models say of a text may let more rules apply; it never takes a pair from under one that binds. So a rule that
    only their words recall is left out where it would allow a higher level than those that bind without them.
    """
    plainly = {one.rule.number: one for one in plain}
    by_both = [one for one in recalled if one.rule.number in plainly]
    known = {one.rule.number for one in by_both}
    added = [one for number, one in plainly.items() if number not in known and binds(one.rule)]
    if not any(binds(one.rule) for one in (*by_both, *added)):
        return recalled
    standing = [*by_both, *added]
    highest = highest_level(standing, missed)
    for one in sorted(recalled, key=lambda one: one.rule.number):
        if one.rule.number not in known and highest_level([*standing, one], missed).rank <= highest.rank:
            standing.append(one)
    kept = {one.rule.number for one in standing}
    return (*(one for one in recalled if one.rule.number in kept), *added)


def highest_level(recalled: Sequence[Recalled], missed: frozenset[Attribute]) -> Level:
    """The highest level that rules leave of any answer."""
    left = (decide(unwaived=one, proposed=one, recalled=recalled, mismatched=missed).level for one in Level)
    return max(left, key=lambda level: level.rank)


def binds(rule: EngineRule) -> bool:
    """Whether a rule bounds or sets the level."""
    return rule.effect.kind in BINDING


def recalled_rules(recalled: Iterable[Recalled]) -> tuple[RecalledRule, ...]:
    """The recalled rules as a trace shows them."""
    return tuple(RecalledRule(r.rule.number, r.rule.version, r.rule.effect.kind, r.words) for r in recalled)
