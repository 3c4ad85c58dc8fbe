"""What a row of a file says of a product or of a pair, checked. Pure."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotation.readers import Columns
from annotation.reasons import ReasonError
from annotation.titles import parse_spec
from rules.engine.attributes import Attribute, Level, gettext_noop

LISTS = (
    Attribute.CATEGORY,
    Attribute.INGREDIENT,
    Attribute.STRENGTH,
    Attribute.POPULATION,
    Attribute.REGION,
    Attribute.EFFICACY,
)
NAMED = {"name": Attribute.CORE_NAME, "brand": Attribute.BRAND, "form": Attribute.DOSAGE_FORM}
PRODUCT_COLUMNS = Columns(
    known=(
        "product_id",
        "title",
        "name",
        "brand",
        "form",
        "spec",
        "manufacturer",
        "indication",
        "image",
        "source",
        *(attribute.value for attribute in LISTS),
    ),
    required=("product_id", "title"),
)
PAIR_COLUMNS = Columns(
    known=("pair_id", "query", "product_id", "title", "level", "votes", "must_hold", "gold"),
    required=("pair_id", "query"),
)
LONGEST = {
    "product_id": 100,
    "pair_id": 100,
    "title": 500,
    "query": 200,
    "manufacturer": 200,
    "source": 100,
    "spec": 200,
    "image": 200,
    "indication": 20_000,
}
LONGEST_VALUE = 200
MOST_VALUES = 30

NOT_TEXT = gettext_noop("“%(field)s” must be text.")
NOT_A_LIST = gettext_noop("“%(field)s” must be text or a list of texts.")
IS_EMPTY = gettext_noop("“%(field)s” is empty.")
TOO_LONG = gettext_noop("“%(field)s” has %(found)s characters; %(most)s are allowed.")
TOO_MANY = gettext_noop("“%(field)s” has %(found)s values; %(most)s are allowed.")
CONTROL = gettext_noop("“%(field)s” holds a control character.")
UNKNOWN_LEVEL = gettext_noop("Unknown level “%(found)s”. Levels: %(known)s.")
NOT_YES_OR_NO = gettext_noop("“%(field)s” must be true or false, not “%(found)s”.")
NO_LABEL_TO_HOLD = gettext_noop("A pair without a level has nothing that must hold.")
YES, NO = frozenset({"true", "1", "yes", "是"}), frozenset({"", "false", "0", "no", "否"})
NO_PRODUCT = gettext_noop("Neither “product_id” nor “title” is given.")


class RowError(ReasonError):
    """A row is not taken."""


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as a row has it. `fields` and `given` hold only what the row speaks of."""

    external_id: str
    fields: Mapping[str, str]
    given: Mapping[str, tuple[str, ...]]
    image: str = ""


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair as a row has it. Empty: not said."""

    external_id: str
    query: str
    product_id: str
    title: str
    level: str
    votes: tuple[str, ...]
    must_hold: bool = False
    gold: str = ""


def product_row(values: Mapping[str, Any]) -> ProductRow:
    """Check a row of products; RowError says what is wrong."""
    texts = {name: text(values, name) for name in values if name in LONGEST}
    for name in PRODUCT_COLUMNS.required:
        require(texts, name)
    fields: dict[str, str] = {
        name: texts[name] for name in ("title", "manufacturer", "indication", "source") if name in texts
    }
    given = {NAMED[name]: listed(values, name)[:1] for name in NAMED if name in values}
    given |= {attribute: listed(values, attribute.value) for attribute in LISTS if attribute.value in values}
    if "spec" in texts:
        spec = parse_spec(texts["spec"])
        fields["pack"] = spec.pack
        given[Attribute.STRENGTH] = given.get(Attribute.STRENGTH) or ((spec.strength,) if spec.strength else ())
    if given.get(Attribute.CORE_NAME) == (texts["title"],):
        given[Attribute.CORE_NAME] = ()  # the whole title is no name: the parser finds it
    if Attribute.BRAND in given:
        given[Attribute.BRAND] = without_name(given[Attribute.BRAND], given.get(Attribute.CORE_NAME, ()))
    return ProductRow(
        texts["product_id"], fields, {attribute.value: given[attribute] for attribute in given}, texts.get("image", "")
    )


def pair_row(values: Mapping[str, Any]) -> PairRow:
    """Check a row of pairs; RowError says what is wrong."""
    texts = {name: text(values, name) for name in values if name in LONGEST}
    for name in PAIR_COLUMNS.required:
        require(texts, name)
    if not texts.get("product_id") and not texts.get("title"):
        raise RowError(NO_PRODUCT)
    level, must_hold = level_of(values), yes_or_no(values, "must_hold")
    if must_hold and not level:
        raise RowError(NO_LABEL_TO_HOLD)
    return PairRow(
        external_id=texts["pair_id"],
        query=texts["query"],
        product_id=texts.get("product_id", ""),
        title=texts.get("title", ""),
        level=level,
        votes=votes_of(values),
        must_hold=must_hold,
        gold=level_of(values, "gold"),
    )


def text(values: Mapping[str, Any], name: str) -> str:
    """One text of a row, stripped. A number is taken as it is written; null is empty."""
    value = values[name]
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise RowError(NOT_TEXT, field=name)
    return checked(name, value.strip(), most=LONGEST.get(name, LONGEST_VALUE), breaks=name == "indication")


def checked(name: str, value: str, *, most: int, breaks: bool = False) -> str:
    """`value` if it is short enough and has no control characters; line breaks only where they make sense."""
    if len(value) > most:
        raise RowError(TOO_LONG, field=name, found=len(value), most=most)
    if value.isprintable():
        return value  # as nearly all are, and this is thirty times as quick as looking at each character
    allowed = "\n\r\t" if breaks else ""
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in allowed for char in value):
        raise RowError(CONTROL, field=name)
    return value


def require(texts: Mapping[str, str], name: str) -> None:
    """Raise RowError where a required text is empty."""
    if not texts.get(name):
        raise RowError(IS_EMPTY, field=name)


def listed(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The values of an attribute, each once: a list, or a text split at `|`."""
    value = values[name]
    parts = value.split("|") if isinstance(value, str) else [] if value is None else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise RowError(NOT_A_LIST, field=name)
    found = tuple(dict.fromkeys(part for raw in parts if (part := raw.strip())))
    if len(found) > MOST_VALUES:
        raise RowError(TOO_MANY, field=name, found=len(found), most=MOST_VALUES)
    return tuple(checked(name, part, most=LONGEST_VALUE) for part in found)


def without_name(brands: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Merchants write `name`, or `name(brand)`, where the brand belongs: what remains without the name."""
    name = names[0] if names else ""
    found = []
    for brand in brands:
        rest = brand.removeprefix(name).strip("()（） ") if name else brand
        if rest:
            found.append(rest)
    return tuple(found)


def level_of(values: Mapping[str, Any], name: str = "level") -> str:
    """The level of a row, or another one that it names; empty where it has none."""
    level = values.get(name)
    if level is None or level == "":
        return ""
    return known_level(level)


def yes_or_no(values: Mapping[str, Any], name: str) -> bool:
    """Whether a row says yes; no where it says nothing."""
    value = values.get(name)
    said = "" if value is None else str(value).strip().lower()
    if said not in YES | NO:
        raise RowError(NOT_YES_OR_NO, field=name, found=printable(value))
    return said in YES


def known_level(level: object) -> str:
    """One of the four levels."""
    known = [member.value for member in Level]
    found = level.strip() if isinstance(level, str) else level
    if found not in known:
        raise RowError(UNKNOWN_LEVEL, found=printable(level), known=", ".join(known))
    return str(found)


def printable(value: object) -> str:
    """A value from a file, fit for a message."""
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else " " for char in words[:40])


def votes_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The levels that single annotators gave: a list, or a text split at `|`."""
    votes = values.get("votes")
    if votes is None or votes == "":
        return ()
    parts = votes.split("|") if isinstance(votes, str) else votes
    if not isinstance(parts, list):
        raise RowError(NOT_A_LIST, field="votes")
    if len(parts) > MOST_VALUES:
        raise RowError(TOO_MANY, field="votes", found=len(parts), most=MOST_VALUES)
    return tuple(known_level(part) for part in parts)
