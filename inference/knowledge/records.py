"""What the knowledge files say, one record a row. Words are as written; lists are tuples in file order."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a word of the lexicon names."""

    MEDICINE = "medicine"
    BRAND = "brand"
    EFFICACY = "efficacy"
    NEED = "need"
    CATEGORY = "category"
    FORM = "form"
    POPULATION = "population"
    REGION = "region"
    SALT = "salt"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class Efficacy:
    """A term of efficacy.tsv. `near`, `complementary` and `opposed` hold both directions; near holds broader too."""

    term: str
    group: str = ""
    synonyms: tuple[str, ...] = ()
    near: frozenset[str] = frozenset()
    complementary: frozenset[str] = frozenset()
    opposed: frozenset[str] = frozenset()
    broader: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of product. A top category has no parent."""

    name: str
    parent: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A dosage form with the way it is taken."""

    name: str
    parent: str = ""
    route: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Population:
    """Whom a product is for. `excludes` are those it can't be for; what is broader excludes them as well."""

    name: str
    broader: str = ""
    aliases: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Medicine:
    """A generic name, or a kind of goods that is asked for by name, and what is known of it."""

    name: str
    aliases: tuple[str, ...] = ()
    category: str = ""
    kinds: tuple[str, ...] = ()
    efficacy: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    route: str = ""
    population: tuple[str, ...] = ()
    contraindicated: tuple[str, ...] = ()
    ingredients: tuple[str, ...] = ()
    relatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand or trade name. A trade name stands for one medicine, perhaps in one form."""

    name: str
    aliases: tuple[str, ...] = ()
    maker: str = ""
    stands_for: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """How shoppers say a need, and what it means."""

    says: str
    efficacy: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    population: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What one word of the lexicon names: the canonical `value` of a kind."""

    kind: Kind
    value: str


@dataclass(frozen=True, slots=True)
class Hit:
    """`text[start:end]` names `entries`."""

    start: int
    end: int
    entries: tuple[Entry, ...]
