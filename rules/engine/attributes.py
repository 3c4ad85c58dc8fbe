"""The vocabulary every rule speaks: attributes, sides, levels, and the facts known of one pair."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


def gettext_noop(text: str) -> str:
    """Mark `text` for translation without translating it here."""
    return text


class Attribute(StrEnum):
    """What can be said of a query or of a product."""

    BRAND = "brand"
    CORE_NAME = "core_name"
    EFFICACY = "efficacy"
    CATEGORY = "category"
    DOSAGE_FORM = "dosage_form"
    INGREDIENT = "ingredient"
    STRENGTH = "strength"
    POPULATION = "population"
    REGION = "region"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return ATTRIBUTE_LABELS[self]


ATTRIBUTE_LABELS = {
    Attribute.BRAND: gettext_noop("brand"),
    Attribute.CORE_NAME: gettext_noop("core name"),
    Attribute.EFFICACY: gettext_noop("efficacy"),
    Attribute.CATEGORY: gettext_noop("category"),
    Attribute.DOSAGE_FORM: gettext_noop("dosage form"),
    Attribute.INGREDIENT: gettext_noop("ingredient"),
    Attribute.STRENGTH: gettext_noop("strength"),
    Attribute.POPULATION: gettext_noop("population"),
    Attribute.REGION: gettext_noop("region"),
}


class Level(StrEnum):
    """How relevant a product is to a query (AR-Med, section 2.2.3)."""

    HIGHLY = "highly"
    MODERATELY = "moderately"
    WEAKLY = "weakly"
    IRRELEVANT = "irrelevant"

    @property
    def rank(self) -> int:
        """3 for highly, down to 0 for irrelevant."""
        return LEVEL_RANKS[self]

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return LEVEL_LABELS[self]

    @property
    def level_class(self) -> "LevelClass":
        """The class evaluation counts it under."""
        return LEVEL_CLASSES[self]


class LevelClass(StrEnum):
    """The three classes of evaluation: moderately and weakly count as one."""

    HIGHLY = "highly"
    LESS = "less"
    IRRELEVANT = "irrelevant"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return CLASS_LABELS[self]


LEVEL_RANKS = {Level.HIGHLY: 3, Level.MODERATELY: 2, Level.WEAKLY: 1, Level.IRRELEVANT: 0}
LEVEL_LABELS = {
    Level.HIGHLY: gettext_noop("highly relevant"),
    Level.MODERATELY: gettext_noop("moderately relevant"),
    Level.WEAKLY: gettext_noop("weakly relevant"),
    Level.IRRELEVANT: gettext_noop("irrelevant"),
}
LEVEL_CLASSES = {
    Level.HIGHLY: LevelClass.HIGHLY,
    Level.MODERATELY: LevelClass.LESS,
    Level.WEAKLY: LevelClass.LESS,
    Level.IRRELEVANT: LevelClass.IRRELEVANT,
}
CLASS_LABELS = {
    LevelClass.HIGHLY: gettext_noop("highly relevant"),
    LevelClass.LESS: gettext_noop("less relevant"),
    LevelClass.IRRELEVANT: gettext_noop("irrelevant"),
}


class Side(StrEnum):
    """Which half of a pair a condition reads."""

    QUERY = "query"
    PRODUCT = "product"
    BOTH = "both"


Values = Mapping[Attribute, frozenset[str]]
"""What is known of one side: canonical values an attribute. An attribute that is absent is missing."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that rules may read of one pair.

    `query` and `product` hold canonical values, a broader value beside the exact one
    (缓释胶囊 and 胶囊), so that a rule on the broader one holds too. `query_text` and `title`
    are normalised (NFKC, lower case). `mismatched` names the attributes on which the query
    asks for something that the product is not, or does not show.
    """

    query: Values
    product: Values
    query_text: str
    title: str
    mismatched: frozenset[Attribute] = field(default=frozenset())
