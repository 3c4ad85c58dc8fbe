"""The keys of a ruling: one for the level, one for the reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotation.enums import RulingReason
from rules.engine.attributes import Level


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose, with its key."""

    key: str
    value: str
    label: str


LEVEL_KEYS = {Level.HIGHLY: "1", Level.MODERATELY: "2", Level.WEAKLY: "3", Level.IRRELEVANT: "4"}
REASON_KEYS = {
    RulingReason.BRAND: "b",
    RulingReason.EFFICACY: "e",
    RulingReason.DOSAGE_FORM: "f",
    RulingReason.INGREDIENT: "i",
    RulingReason.POPULATION: "p",
    RulingReason.INTENT: "q",
    RulingReason.GUIDELINE: "l",
    RulingReason.OVERSIGHT: "s",
    RulingReason.VAGUE: "v",
    RulingReason.OTHER: "o",
}


def level_choices() -> Sequence[Choice]:
    """The levels, the highest first."""
    return [Choice(key, level.value, level.label) for level, key in LEVEL_KEYS.items()]


def reason_choices() -> Sequence[Choice]:
    """The reasons in the order of the page."""
    return [Choice(key, reason.value, str(reason.label)) for reason, key in REASON_KEYS.items()]
