"""Which rules a pair recalls: the facts rules may read of it, and the rules whose conditions hold."""

from collections.abc import Iterable

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.reading import Reading
from inference.pipeline.release import all_forms
from inference.pipeline.trace import RecalledRule
from rules.engine.attributes import Attribute, Values
from rules.engine.recall import Recalled


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


def recalled_rules(recalled: Iterable[Recalled]) -> tuple[RecalledRule, ...]:
    """The recalled rules as a trace shows them."""
    return tuple(RecalledRule(r.rule.number, r.rule.version, r.rule.effect.kind, r.words) for r in recalled)
