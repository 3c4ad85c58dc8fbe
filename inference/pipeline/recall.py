"""Which rules a pair recalls: the facts rules may read of it, and the rules whose conditions hold."""

from collections.abc import Iterable

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.reading import Reading
from inference.pipeline.release import all_forms
from inference.pipeline.trace import RecalledRule
from rules.engine.attributes import Attribute, Values
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


def with_binding(recalled: tuple[Recalled, ...], plain: Iterable[Recalled]) -> tuple[Recalled, ...]:
    """The rules recalled, and of those recalled on what is read without any model the ones with a hard effect.

    What models say of a text may let more rules apply; it never takes a pair from under one that binds.
    """
    known = {one.rule.number for one in recalled}
    return (*recalled, *(one for one in plain if binds(one.rule) and one.rule.number not in known))


def binds(rule: EngineRule) -> bool:
    """Whether a rule bounds or sets the level."""
    return rule.effect.kind in BINDING


def recalled_rules(recalled: Iterable[Recalled]) -> tuple[RecalledRule, ...]:
    """The recalled rules as a trace shows them."""
    return tuple(RecalledRule(r.rule.number, r.rule.version, r.rule.effect.kind, r.words) for r in recalled)
