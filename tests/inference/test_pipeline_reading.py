"""Reading queries and titles over a small lexicon."""

import pytest

from inference.knowledge.lexicon import load_lexicon
from inference.knowledge.makers import bare_maker
from inference.pipeline.align import align
from inference.pipeline.case import Case
from inference.pipeline.read_product import read_product
from inference.pipeline.read_query import read_query
from inference.pipeline.reading import Reading, read_strengths
from rules.engine.attributes import Attribute
from rules.engine.text import normalise
from tests.inference.small_lexicon import SMALL

NAMES = (Attribute.BRAND, Attribute.CORE_NAME, Attribute.DOSAGE_FORM, Attribute.POPULATION)


def names(reading: Reading) -> dict[str, tuple[str, ...]]:
    return {attribute.value: reading.of(attribute) for attribute in NAMES if reading.of(attribute)}


def product(title: str, **known) -> Reading:
    return read_product(Case("", title, **known), normalise(title), SMALL)


@pytest.mark.parametrize(
    ("query", "said", "rest"),
    [
        ("布洛芬缓释片", {"core_name": ("布洛芬",), "dosage_form": ("缓释片",)}, ()),
        ("三九感冒灵颗粒", {"brand": ("999",), "core_name": ("感冒灵",), "dosage_form": ("颗粒",)}, ()),
        ("芬必得", {"brand": ("芬必得",), "core_name": ("布洛芬",)}, ()),
        ("康泰布洛芬官方旗舰店", {"core_name": ("布洛芬",)}, ("康泰",)),
        ("祛浊胶囊", {"core_name": ("祛浊",), "dosage_form": ("胶囊",)}, ()),
        ("左西替利嗪", {"core_name": ("左西替利嗪",)}, ()),
        ("盐酸西替利嗪", {"core_name": ("西替利嗪",)}, ()),
        ("儿童感冒药", {"population": ("儿童",)}, ()),
        ("康泰牌布洛芬", {"core_name": ("布洛芬",)}, ("康泰",)),
        ("康泰体温计", {}, ("康泰",)),
        ("001", {"brand": ("001",), "core_name": ("避孕套",)}, ()),
    ],
)
def test_a_query_names(query: str, said: dict[str, tuple[str, ...]], rest: tuple[str, ...]) -> None:
    reading = read_query(normalise(query), SMALL)
    assert (names(reading), reading.rest) == (said, rest)


def test_knowledge_is_told_apart_from_words() -> None:
    mentions = read_query("布洛芬", SMALL).mentions
    assert {(m.attribute.value, m.value, m.origin) for m in mentions} == {
        ("core_name", "布洛芬", "text"),
        ("efficacy", "发热", "knowledge"),
        ("efficacy", "疼痛", "knowledge"),
        ("category", "解热镇痛药", "knowledge"),
        ("ingredient", "布洛芬", "knowledge"),
    }


def test_a_category_that_is_a_product_as_well_asks_for_the_category() -> None:
    reading = read_query("体温计", SMALL)
    assert (reading.of(Attribute.CORE_NAME), reading.of(Attribute.CATEGORY)) == ((), ("体温计",))


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("[石药]布洛芬片 0.2g*24片", {"brand": ("石药",), "core_name": ("布洛芬",), "dosage_form": ("片",)}),
        ("【仁和】】感冒灵颗粒", {"brand": ("仁和",), "core_name": ("感冒灵",), "dosage_form": ("颗粒",)}),
        ("[仁和堂]感冒灵颗粒", {"brand": ("仁和堂",), "core_name": ("感冒灵",), "dosage_form": ("颗粒",)}),
        ("[山东仁和药业]布洛芬片", {"brand": ("仁和",), "core_name": ("布洛芬",), "dosage_form": ("片",)}),
        ("[某厂]左西替利嗪片", {"brand": ("某厂",), "core_name": ("左西替利嗪",), "dosage_form": ("片",)}),
        ("[某厂]盐酸西替利嗪片", {"brand": ("某厂",), "core_name": ("西替利嗪",), "dosage_form": ("片",)}),
        ("[某厂]益康胶囊", {"brand": ("某厂",), "core_name": ("益康",), "dosage_form": ("胶囊",)}),
        (
            "[某厂]小儿感冒颗粒",
            {"brand": ("某厂",), "core_name": ("小儿感冒",), "dosage_form": ("颗粒",), "population": ("儿童",)},
        ),
    ],
)
def test_a_title_names(title: str, said: dict[str, tuple[str, ...]]) -> None:
    assert names(product(title)) == said


def test_efficacy_comes_from_the_words_of_a_title_when_the_medicine_is_unknown() -> None:
    assert product("[某厂]止咳宁片").of(Attribute.EFFICACY) == ("咳嗽",)


def test_efficacy_comes_from_the_indication_when_the_title_says_nothing() -> None:
    assert product("[某厂]益康胶囊", indication="用于普通感冒引起的咳嗽。").of(Attribute.EFFICACY) == ("感冒", "咳嗽")


def test_given_attributes_are_taken_in_canonical_words() -> None:
    reading = product(
        "布洛芬", given={Attribute.BRAND: frozenset({"华润三九"}), Attribute.DOSAGE_FORM: frozenset({"片剂"})}
    )
    assert names(reading) == {"brand": ("999",), "core_name": ("布洛芬",), "dosage_form": ("片",)}


@pytest.mark.parametrize(
    ("query", "title", "said", "rest"),
    [
        ("康泰布洛芬", "[康泰]布洛芬片", {"brand": ("康泰",), "core_name": ("布洛芬",)}, ()),
        ("多瑞金荞麦胶囊", "[某厂]金荞麦片", {"core_name": ("金荞麦",), "dosage_form": ("胶囊",)}, ("多瑞",)),
        ("华康四消丸", "[华康]益康片", {"brand": ("华康",)}, ("四消丸",)),
        ("泰诺林", "[泰诺]益康片", {}, ("泰诺林",)),
        ("汤巨倍健布洛芬", "[汤臣倍健]布洛芬片", {"brand": ("汤臣倍健",), "core_name": ("布洛芬",)}, ()),
    ],
)
def test_the_title_explains_unknown_words(
    query: str, title: str, said: dict[str, tuple[str, ...]], rest: tuple[str, ...]
) -> None:
    reading = align(read_query(normalise(query), SMALL), product(title), SMALL)
    assert (names(reading), reading.rest) == (said, rest)


def test_a_makers_bare_name_has_no_place_and_no_company_words() -> None:
    assert [bare_maker(name) for name in ("石药集团", "山东仁和药业", "北京药业", "太极")] == [
        "石药",
        "仁和",
        "北京",
        "太极",
    ]


def test_strengths_are_comparable_whatever_their_unit() -> None:
    assert [said for _, _, said in read_strengths("0.3g*12粒 300毫克 0.5% 10ug 250g 1500mg 0.6克")] == [
        "300mg",
        "300mg",
        "0.5%",
        "10μg",
        "1.5g",
        "600mg",
    ]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("[强生]芬必得 20粒", {"brand": ("强生", "芬必得"), "core_name": ("布洛芬",)}),
        ("仁和 河谷癣净 50ml", {"brand": ("仁和",), "core_name": ("河谷癣净",)}),
        ("河谷牌清咳宁颗粒", {"brand": ("河谷",), "core_name": ("清咳宁",), "dosage_form": ("颗粒",)}),
        ("[河谷]金乳膏", {"brand": ("河谷",), "core_name": ("金乳膏",), "dosage_form": ("乳膏",)}),
        ("[含甘油]布洛芬片", {"core_name": ("布洛芬",), "dosage_form": ("片",)}),
        ("[正品保证]仁和布洛芬片", {"brand": ("仁和",), "core_name": ("布洛芬",), "dosage_form": ("片",)}),
        ("布洛芬片 孕妇禁用", {"core_name": ("布洛芬",), "dosage_form": ("片",)}),
        ("[含光]布洛芬片", {"brand": ("含光",), "core_name": ("布洛芬",), "dosage_form": ("片",)}),
    ],
)
def test_brand_and_name_of_a_title(title: str, said: dict[str, tuple[str, ...]]) -> None:
    assert names(product(title)) == said


def test_a_question_behind_a_use_does_not_cut_it_short() -> None:
    query = read_query("风寒感冒吃什么药", load_lexicon())
    assert query.of(Attribute.EFFICACY)[0] == "风寒感冒"
    assert query.rest == ()
