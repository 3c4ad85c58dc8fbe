"""What a query rules out, what it goes on asking for, and products that have what was ruled out."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.knowledge.lexicon import Lexicon, load_lexicon
from inference.knowledge.records import Medicine, Need, Population
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.read_query import common_names, read_query, tags_of
from inference.pipeline.reading import Reading
from inference.pipeline.rewrite import rewrite
from inference.pipeline.trace import Agreement
from inference.pipeline.understanding import MOST_READ
from rules.engine.attributes import Attribute, Level
from rules.engine.recall import RuleIndex
from rules.engine.text import normalise
from tests.inference.small_lexicon import SMALL, TABLES

HERE = Lexicon(
    replace(
        TABLES,
        medicines=(
            *TABLES.medicines,
            Medicine("非那雄胺"),
            Medicine("氯苯那敏", ingredients=("氯苯那敏",)),
            Medicine("氨酚那敏", (), "西药", ("感冒药",), ("感冒",), ingredients=("对乙酰氨基酚", "马来酸氯苯那敏")),
        ),
        needs=(*TABLES.needs, Need("不孕不育", ("补血",)), Need("没胃口", ("补血",))),
        populations=(*TABLES.populations, Population("糖尿病人", aliases=("无糖",))),
        digest="here",
    )
)
CHAIN = Chain(HERE, RuleIndex(()))


def read(query: str) -> Reading:
    return read_query(normalise(query), HERE)


def excluded(query: str) -> set[tuple[str, str, str]]:
    reading = read(query)
    return {(m.attribute.value, m.value, reading.text[m.start : m.end]) for m in reading.excluded}


IBUPROFEN = {("core_name", "布洛芬", "布洛芬"), ("ingredient", "布洛芬", "布洛芬")}
CAPSULES = {("dosage_form", "胶囊", "胶囊")}


@pytest.mark.parametrize(
    ("query", "out"),
    [
        ("非布洛芬", IBUPROFEN),
        ("不含布洛芬的感冒药", IBUPROFEN),
        ("除了布洛芬以外的退烧药", IBUPROFEN),
        ("布洛芬过敏的退烧药", IBUPROFEN),
        ("对布洛芬过敏可以用的退烧药", IBUPROFEN),
        ("感冒灵 不要胶囊", CAPSULES),
        ("感冒灵不要胶囊和片剂", CAPSULES | {("dosage_form", "片", "片剂")}),
        ("感冒灵 胶囊除外", CAPSULES),
        ("不要芬必得的布洛芬", {("brand", "芬必得", "芬必得")}),
        ("不含咖啡因的感冒药", {("ingredient", "咖啡因", "咖啡因")}),
        ("感冒不发热", {("efficacy", "发热", "发热")}),
        ("感冒 不退烧", {("efficacy", "发热", "退烧")}),
    ],
)
def test_what_is_ruled_out(query: str, out: set[tuple[str, str, str]]) -> None:
    assert excluded(query) == out


@pytest.mark.parametrize("query", ["不含酒精的感冒药", "无酒精感冒药", "感冒药,没有酒精", "感冒药 0酒精"])
def test_alcohol_is_ruled_out_with_what_is_made_of_it(query: str) -> None:
    assert {("ingredient", "乙醇", "酒精"), ("dosage_form", "酊", "酒精")} <= excluded(query)


def test_drowsiness_stands_for_what_causes_it() -> None:
    assert ("ingredient", "氯苯那敏", "嗜睡") in excluded("不嗜睡的感冒药")


@pytest.mark.parametrize(
    "query",
    [
        "非那雄胺",
        "不孕不育",
        "没胃口",
        "无极膏",
        "非甾体",
        "不布洛芬",
        "10酒精",
        "不",
        "非",
        "过敏",
        "布洛芬过敏",
        "有没有布洛芬",
    ],
)
def test_names_and_other_words_rule_nothing_out(query: str) -> None:
    assert excluded(query) == set()


def test_what_is_ruled_out_is_not_asked_for() -> None:
    reading = read("不含布洛芬的感冒药胶囊")
    asked = {m.value for m in reading.mentions if m.origin == "text"}
    assert (asked, reading.rest) == ({"感冒药", "胶囊"}, ())


def test_sugar_free_names_whom_it_is_for_and_rules_sugar_out() -> None:
    reading = read("无糖感冒灵")
    assert reading.of(Attribute.POPULATION) == ("糖尿病人",)
    assert ("ingredient", "蔗糖", "糖") in excluded("无糖感冒灵")


@pytest.mark.parametrize(
    ("query", "title", "level", "differs"),
    [
        ("非布洛芬退烧药", "[石药]布洛芬片", Level.IRRELEVANT, {Attribute.CORE_NAME, Attribute.INGREDIENT}),
        ("非布洛芬退烧药", "[石药]对乙酰氨基酚片", Level.HIGHLY, set()),
        ("布洛芬 不要胶囊", "[石药]布洛芬软胶囊", Level.MODERATELY, {Attribute.DOSAGE_FORM}),
        ("布洛芬 不要胶囊", "[石药]布洛芬片", Level.HIGHLY, set()),
        ("布洛芬 不要仁和", "[仁和]布洛芬片", Level.MODERATELY, {Attribute.BRAND}),
        ("不含咖啡因的感冒药", "[石药]复方氨酚烷胺片", Level.IRRELEVANT, {Attribute.INGREDIENT}),
        ("感冒药 不要复方氨酚烷胺", "[石药]复方氨酚烷胺片", Level.IRRELEVANT, {Attribute.CORE_NAME}),
        ("发热 不要解热镇痛药", "[石药]布洛芬片", Level.IRRELEVANT, {Attribute.CATEGORY}),
        ("布洛芬过敏的退烧药", "[石药]布洛芬片", Level.IRRELEVANT, {Attribute.CORE_NAME, Attribute.INGREDIENT}),
        ("不含氯苯那敏的感冒药", "[石药]氨酚那敏片", Level.IRRELEVANT, {Attribute.INGREDIENT}),
        ("不含咖啡因的感冒药", "[石药]复方氨酚烷胺片 不含咖啡因", Level.HIGHLY, set()),
    ],
)
def test_a_product_that_has_it_is_refused_or_a_mismatch(
    query: str, title: str, level: Level, differs: set[Attribute]
) -> None:
    trace = CHAIN.judge(Case(query, title)).trace
    assert trace is not None
    assert (trace.level, {c.attribute for c in trace.compared if c.agreement is Agreement.DIFFERENT}) == (
        level,
        differs,
    )


@pytest.mark.parametrize(
    ("title", "agreement"), [("感冒灵颗粒", Agreement.NOT_SHOWN), ("感冒灵颗粒 无蔗糖", Agreement.NOT_ASKED)]
)
def test_sugar_free_has_to_be_said(title: str, agreement: Agreement) -> None:
    trace = CHAIN.judge(Case("无蔗糖感冒灵颗粒", title)).trace
    assert trace is not None
    assert [c.agreement for c in trace.compared if c.attribute is Attribute.INGREDIENT] == [agreement]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("扑热息痛", [("扑热息痛", "对乙酰氨基酚")]),
        ("避孕套", []),
        ("芬必得", [("芬必得", "布洛芬")]),
        ("感帽灵", [("感帽灵", "感冒灵")]),
        ("布洛芬", []),
        ("感冒药", []),
    ],
)
def test_common_names(query: str, names: list[tuple[str, str]]) -> None:
    rewritten = rewrite(query, SMALL)
    found = common_names(read_query(rewritten.text, SMALL), SMALL, rewritten.rewrites)
    assert [(one.said, one.name) for one in found] == names


@pytest.mark.parametrize(
    ("query", "tags"),
    [("布洛芬", ("西药",)), ("感冒灵", ("中药", "健康")), ("体温计", ("器械",)), ("001", ("成人",)), ("康泰", ())],
)
def test_tags(query: str, tags: tuple[str, ...]) -> None:
    assert tags_of(read_query(query, SMALL), SMALL) == tags


def test_every_attribute_has_its_place() -> None:
    text = normalise("仁和 美国 儿童 芬必得 退烧药 布洛芬缓释片 20mg 止咳")
    reading = read_query(text, SMALL)
    said = {(m.attribute.value, text[m.start : m.end]) for m in reading.mentions if m.origin == "text"}
    assert said == {
        ("brand", "仁和"),
        ("brand", "芬必得"),
        ("region", "美国"),
        ("population", "儿童"),
        ("category", "退烧药"),
        ("core_name", "布洛芬"),
        ("dosage_form", "缓释片"),
        ("strength", "20mg"),
        ("efficacy", "止咳"),
    }
    assert all(m.end > m.start for m in reading.mentions)


PIECES = st.sampled_from(
    ["不", "不含", "无", "非", "不要", "酒精", "布洛芬", "胶囊", "和", "、", "感冒药", "过敏", "除外", "0", "糖", " "]
)


@given(st.lists(PIECES, max_size=10).map("".join) | st.text(max_size=20))
def test_any_text_is_read(text: str) -> None:
    reading = read(text)
    assert all(0 <= m.start < m.end <= len(reading.text) for m in reading.excluded)


@pytest.mark.parametrize("piece", ["不含酒精和", "非", "布洛芬过敏", "不要胶囊", "无糖"])
def test_a_long_text_takes_no_time(piece: str) -> None:
    lexicon = load_lexicon()
    read_query("不含酒精", lexicon)
    text = (piece * MOST_READ)[:MOST_READ]
    started = time.process_time()
    read_query(text, lexicon)
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("001", {("category", "避孕套"), ("strength", "0.01mm")}),
        ("003 避孕套", {("category", "避孕套"), ("strength", "0.03mm")}),
        ("6542", {("core_name", "消旋山莨菪碱")}),
        ("654-2片", {("core_name", "消旋山莨菪碱"), ("dosage_form", "片")}),
        ("999", {("brand", "999")}),
    ],
)
def test_bare_codes_are_understood_as_they_stand(query: str, said: set[tuple[str, str]]) -> None:
    lexicon = load_lexicon()
    reading = read_query(rewrite(query, lexicon).text, lexicon)
    shown = {Attribute.CATEGORY, Attribute.STRENGTH, Attribute.CORE_NAME, Attribute.BRAND, Attribute.DOSAGE_FORM}
    found = {(m.attribute.value, m.value) for m in reading.mentions if m.origin == "text" and m.attribute in shown}
    assert (found, reading.text) == (said, query)


@pytest.mark.parametrize(
    ("query", "ingredients", "names"),
    [
        ("含咖啡因的感冒药", {"咖啡因"}, ()),
        ("布洛芬成分的退烧药", {"布洛芬"}, ()),
        ("不含布洛芬的退烧药", set(), ()),
        ("含布洛芬", set(), ("布洛芬",)),
    ],
)
def test_an_ingredient_asked_for_is_no_name_asked_for(
    query: str, ingredients: set[str], names: tuple[str, ...]
) -> None:
    reading = read(query)
    asked = {m.value for m in reading.mentions if m.attribute is Attribute.INGREDIENT and m.origin == "text"}
    assert (asked, reading.of(Attribute.CORE_NAME)) == (ingredients, names)


@pytest.mark.parametrize(
    ("title", "agreement"), [("复方氨酚烷胺片", Agreement.SAME), ("感冒灵颗粒", Agreement.DIFFERENT)]
)
def test_a_product_has_to_hold_the_ingredient_asked_for(title: str, agreement: Agreement) -> None:
    trace = CHAIN.judge(Case("含咖啡因的感冒药", title)).trace
    assert trace is not None
    assert [c.agreement for c in trace.compared if c.attribute is Attribute.INGREDIENT] == [agreement]
