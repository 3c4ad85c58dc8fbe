"""What an entry of each kind consists of: its fields, what they are called, and which entries they name."""

from collections.abc import Mapping
from dataclasses import dataclass

from inference.knowledge.records import Kind
from rules.engine.attributes import gettext_noop


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record. `many`: it holds several words. `names`: the kind of entries whose names it holds.

    `free`: it may also hold what is no entry. `closed`: its words are those that entries of the files use.
    """

    name: str
    label: str
    many: bool = True
    names: Kind | None = None
    free: bool = False
    closed: bool = False
    help: str = ""


ALIASES = Field("aliases", gettext_noop("Other names"), help=gettext_noop("What else it is called; each name once."))
ROUTE = Field("route", gettext_noop("Route"), many=False, closed=True)

FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.MEDICINE: (
        ALIASES,
        Field("category", gettext_noop("Top category"), many=False, names=Kind.CATEGORY),
        Field("kinds", gettext_noop("Categories"), names=Kind.CATEGORY),
        Field(
            "efficacy",
            gettext_noop("Efficacy"),
            names=Kind.EFFICACY,
            help=gettext_noop("What it is for, the most important first."),
        ),
        Field("forms", gettext_noop("Dosage forms"), names=Kind.FORM),
        ROUTE,
        Field(
            "population", gettext_noop("Population"), names=Kind.POPULATION, help=gettext_noop("Whom it is made for.")
        ),
        Field("contraindicated", gettext_noop("Contraindicated for"), names=Kind.POPULATION),
        Field("ingredients", gettext_noop("Ingredients")),
        Field(
            "relatives",
            gettext_noop("Relatives"),
            names=Kind.MEDICINE,
            help=gettext_noop("Close relatives that shoppers confuse it with or take instead."),
        ),
    ),
    Kind.BRAND: (
        ALIASES,
        Field("maker", gettext_noop("Maker"), many=False),
        Field(
            "stands_for",
            gettext_noop("Stands for"),
            many=False,
            names=Kind.MEDICINE,
            free=True,
            help=gettext_noop("The one medicine that shoppers mean by it, if there is one."),
        ),
        Field("form", gettext_noop("Dosage form"), many=False, names=Kind.FORM),
    ),
    Kind.NEED: (
        Field(
            "efficacy",
            gettext_noop("Efficacy"),
            names=Kind.EFFICACY,
            help=gettext_noop("What it means, the most important first."),
        ),
        Field("category", gettext_noop("Categories"), names=Kind.CATEGORY),
        Field("population", gettext_noop("Population"), names=Kind.POPULATION),
    ),
    Kind.EFFICACY: (
        Field("group", gettext_noop("Group"), many=False),
        Field("synonyms", gettext_noop("Other words"), help=gettext_noop("Words that mean the same.")),
        Field(
            "near",
            gettext_noop("Near"),
            names=Kind.EFFICACY,
            help=gettext_noop("Similar but not the same; it holds in both directions."),
        ),
        Field(
            "complementary",
            gettext_noop("Complementary"),
            names=Kind.EFFICACY,
            help=gettext_noop("Used together; it holds in both directions."),
        ),
        Field(
            "opposed",
            gettext_noop("Opposed"),
            names=Kind.EFFICACY,
            help=gettext_noop("The contrary; it holds in both directions."),
        ),
        Field("broader", gettext_noop("Broader"), names=Kind.EFFICACY, help=gettext_noop("What it is a case of.")),
    ),
    Kind.CATEGORY: (
        Field("parent", gettext_noop("Part of"), many=False, names=Kind.CATEGORY),
        ALIASES,
    ),
    Kind.FORM: (
        Field("parent", gettext_noop("Kind of"), many=False, names=Kind.FORM),
        ROUTE,
        ALIASES,
    ),
    Kind.POPULATION: (
        Field("broader", gettext_noop("Belongs to"), many=False, names=Kind.POPULATION),
        ALIASES,
        Field(
            "excludes",
            gettext_noop("Excludes"),
            names=Kind.POPULATION,
            help=gettext_noop("Whom something made for it can't be for."),
        ),
    ),
}
"""The fields of each kind in the order in which a person reads them."""

ALSO_CALLED: Mapping[Kind, str] = {kind: "synonyms" if kind is Kind.EFFICACY else "aliases" for kind in FIELDS}
"""The field that has the other names of an entry; a need has none."""

UPWARDS: Mapping[Kind, str] = {
    Kind.EFFICACY: "broader",
    Kind.CATEGORY: "parent",
    Kind.FORM: "parent",
    Kind.POPULATION: "broader",
}
"""The field that names what an entry is part of; going up from an entry never leads back to it."""
