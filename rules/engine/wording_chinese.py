"""Rules in Chinese."""

from collections.abc import Sequence

from rules.engine.attributes import Attribute, Level, Side
from rules.engine.phrases import UNKNOWN, Language, Phrase, attributes, query_named_before, text, values
from rules.engine.rule import Condition, Effect, EffectKind, Operator

QUOTES = ("“", "”")

ATTRIBUTES = {
    Attribute.BRAND: "品牌",
    Attribute.CORE_NAME: "核心名称",
    Attribute.EFFICACY: "功效",
    Attribute.CATEGORY: "类目",
    Attribute.DOSAGE_FORM: "剂型",
    Attribute.INGREDIENT: "成分",
    Attribute.STRENGTH: "规格",
    Attribute.POPULATION: "适用人群",
    Attribute.REGION: "地区",
}
LEVELS = {
    Level.HIGHLY: "高度相关",
    Level.MODERATELY: "中度相关",
    Level.WEAKLY: "弱相关",
    Level.IRRELEVANT: "不相关",
}
VALUED = {
    Side.QUERY: ("查询的", "为"),
    Side.PRODUCT: ("商品的", "为"),
    Side.BOTH: ("查询和商品的", "均为"),
}
BARE = {
    (Operator.IS_PRESENT, Side.QUERY): "查询指明了",
    (Operator.IS_PRESENT, Side.PRODUCT): "商品标明了",
    (Operator.IS_PRESENT, Side.BOTH): "查询和商品均标明了",
    (Operator.IS_MISSING, Side.QUERY): "查询未指明",
    (Operator.IS_MISSING, Side.PRODUCT): "商品未标明",
    (Operator.IS_MISSING, Side.BOTH): "查询和商品均未标明",
}
RELATED = {
    Operator.AGREES: ("与查询一致", "与之一致"),
    Operator.DIFFERS: ("与查询不同", "与之不同"),
}
TEXTS = {Side.QUERY: "查询含有", Side.PRODUCT: "商品标题含有", Side.BOTH: "查询和商品标题均含有"}
BOUNDS = {
    EffectKind.FORCE: "判为",
    EffectKind.CAP: "最高为",
    EffectKind.FLOOR: "最低为",
    EffectKind.REQUIRE: "必须一致，否则最高为",
}


def condition(one: Condition, before: Sequence[Condition]) -> Phrase:
    """One condition as a clause."""
    if one.operator is Operator.TEXT_CONTAINS:
        return [text(TEXTS[one.side]), *values(one, "、", "或", QUOTES)]
    name = (ATTRIBUTES[one.attribute] if one.attribute else UNKNOWN, "attribute")
    if one.operator is Operator.OVERLAPS:
        return [text("查询和商品有共同的"), name]
    if one.operator in RELATED:
        whole, short = RELATED[one.operator]
        named = query_named_before(one.attribute, before)
        return [text("商品" if named else "商品的"), name, text(short if named else whole)]
    if one.operator in (Operator.IS, Operator.IS_ANY_OF):
        opening, middle = VALUED[one.side]
        return [text(opening), name, text(middle), *values(one, "、", "或", QUOTES)]
    return [text(BARE[one.operator, one.side]), name]


def effect(one: Effect, instruction: str) -> Phrase:
    """What happens, as a clause."""
    names = [ATTRIBUTES[attribute] for attribute in one.attributes]
    level = (LEVELS[one.level] if one.level else UNKNOWN, "level")
    match one.kind:
        case EffectKind.FORBID:
            return [text("禁止推荐该商品，一律判为"), (LEVELS[Level.IRRELEVANT], "level")]
        case EffectKind.WAIVE:
            return [*attributes(names, "、", "或"), text("不一致时不计入判断")]
        case EffectKind.ADVISE:
            return [text("提请模型注意：“"), (instruction.strip().rstrip(".。") or UNKNOWN, "instruction"), text("”")]
        case EffectKind.REQUIRE:
            return [*attributes(names, "、", "和"), text(BOUNDS[one.kind]), level]
    return [text(BOUNDS[one.kind]), level]


def whole(conditions: list[Phrase], result: Phrase) -> Phrase:
    """The sentence of them."""
    if not conditions:
        return [text("任何情况下，"), *result, text("。")]
    joint = "且" if len(conditions) == 2 else "，且"
    phrase = [text("当"), *conditions[0]]
    for place, clause in enumerate(conditions[1:], start=2):
        phrase += [text(joint if place == len(conditions) else "，"), *clause]
    return [*phrase, text("时，"), *result, text("。")]


LANGUAGE = Language(condition, effect, whole)
