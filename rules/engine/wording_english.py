"""Rules in English."""

from collections.abc import Sequence

from rules.engine.attributes import Attribute, Level, Side
from rules.engine.phrases import UNKNOWN, Language, Phrase, attributes, query_named_before, text, values
from rules.engine.rule import Condition, Effect, EffectKind, Operator

QUOTES = ("“", "”")

VALUED = {
    Side.QUERY: ("the query names ", " "),
    Side.PRODUCT: ("the product's ", " is "),
    Side.BOTH: ("query and product both name ", " "),
}
BARE = {
    (Operator.IS_PRESENT, Side.QUERY): "the query names {a} ",
    (Operator.IS_PRESENT, Side.PRODUCT): "the product shows {a} ",
    (Operator.IS_PRESENT, Side.BOTH): "query and product each name {a} ",
    (Operator.IS_MISSING, Side.QUERY): "the query names no ",
    (Operator.IS_MISSING, Side.PRODUCT): "the product shows no ",
    (Operator.IS_MISSING, Side.BOTH): "neither query nor product names {a} ",
}
RELATED = {
    Operator.AGREES: (" agrees with the query's", " agrees"),
    Operator.DIFFERS: (" differs from the query's", " differs"),
}
TEXTS = {
    Side.QUERY: "the query contains ",
    Side.PRODUCT: "the title contains ",
    Side.BOTH: "query and title both contain ",
}
BOUNDS = {
    EffectKind.FORCE: "the product is ",
    EffectKind.CAP: "the product is at most ",
    EffectKind.FLOOR: "the product is at least ",
    EffectKind.REQUIRE: " must match, or else the product is at most ",
}


def condition(one: Condition, before: Sequence[Condition]) -> Phrase:
    """One condition as a clause."""
    if one.operator is Operator.TEXT_CONTAINS:
        return [text(TEXTS[one.side]), *values(one, ", ", " or ", QUOTES)]
    name = (one.attribute.label if one.attribute else UNKNOWN, "attribute")
    if one.operator is Operator.OVERLAPS:
        return [text(f"query and product share {article(one.attribute)} "), name]
    if one.operator in RELATED:
        whole, short = RELATED[one.operator]
        ending = short if query_named_before(one.attribute, before) else whole
        return [text("the product's "), name, text(ending)]
    if one.operator in (Operator.IS, Operator.IS_ANY_OF):
        opening, middle = VALUED[one.side]
        return [text(opening), name, text(middle), *values(one, ", ", " or ")]
    return [text(BARE[one.operator, one.side].format(a=article(one.attribute))), name]


def effect(one: Effect, instruction: str) -> Phrase:
    """What happens, as a clause."""
    names = [attribute.label for attribute in one.attributes]
    level = (one.level.label if one.level else UNKNOWN, "level")
    match one.kind:
        case EffectKind.FORBID:
            safety = (Level.IRRELEVANT.label, "level")
            return [text("the product must not be offered: it is "), safety]
        case EffectKind.WAIVE:
            return [text("a mismatch of "), *attributes(names, ", ", " or "), text(" does not count")]
        case EffectKind.ADVISE:
            return [
                text("the model is to bear in mind: "),
                (instruction.strip().rstrip(".。") or UNKNOWN, "instruction"),
            ]
        case EffectKind.REQUIRE:
            return [*attributes(names, ", ", " and "), *bound(one, level)]
    return bound(one, level)


def bound(one: Effect, level: tuple[str, str]) -> Phrase:
    """The level that an effect sets as a limit. At most irrelevant is plainly no better than irrelevant."""
    words = BOUNDS[one.kind]
    return [text(words.replace("at most", "no better than") if one.level is Level.IRRELEVANT else words), level]


def article(attribute: Attribute | None) -> str:
    """A or an."""
    return "an" if attribute in (Attribute.EFFICACY, Attribute.INGREDIENT) else "a"


def whole(conditions: list[Phrase], result: Phrase) -> Phrase:
    """The sentence of them. With three conditions and more, a comma stands before the last too."""
    if not conditions:
        return [text("Always, "), *result, text(".")]
    joint = " and " if len(conditions) == 2 else ", and "
    phrase = [text("When "), *conditions[0]]
    for place, clause in enumerate(conditions[1:], start=2):
        phrase += [text(joint if place == len(conditions) else ", "), *clause]
    return [*phrase, text(", "), *result, text(".")]


LANGUAGE = Language(condition, effect, whole)
