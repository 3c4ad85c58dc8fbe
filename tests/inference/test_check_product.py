"""The product check: standard names, and each kind of trick beside honest titles that look like one."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Brand, Efficacy, Form, Medicine
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.check_product import standard_name, tricks_in, without_tricks
from inference.pipeline.read_product import read_product
from inference.pipeline.reading import Reading
from inference.pipeline.tricks import TRICKS
from rules.engine.attributes import Attribute, Values
from rules.engine.recall import RuleIndex
from rules.engine.text import normalise
from tests.inference.small_lexicon import TABLES

FORMS = (
    Form("片", route="口服", aliases=("片剂",)),
    Form("胶囊", route="口服"),
    Form("缓释胶囊", "胶囊", "口服"),
    Form("颗粒", route="口服", aliases=("冲剂",)),
    Form("丸", route="口服"),
    Form("浓缩丸", "丸", "口服"),
    Form("口服液", route="口服"),
    Form("糖浆", "口服液", "口服"),
    Form("阴道片", route="阴道"),
    Form("乳膏", "软膏", "外用"),
    Form("滴眼液", route="眼用"),
    Form("软膏", route="外用"),
)
MEDICINES = (
    Medicine("补肾地黄", category="中药", efficacy=("补血",), ingredients=("地黄", "山药"), forms=("丸",)),
    Medicine("祛风", category="中药", efficacy=("真菌感染",), ingredients=("防风",)),
)
BRANDS = (
    Brand("青松堂", ("青松堂制药",), "北京青松堂"),
    Brand("河西", ("河西牌",), "河西制药"),
    Brand("青松小儿", (), "青松堂"),
)
EFFICACY = (Efficacy("糖尿病", group="内分泌"), Efficacy("眼干", group="眼", near=frozenset({"疼痛"})))
LEXICON = Lexicon(replace(TABLES, forms=FORMS, efficacy=(*TABLES.efficacy, *EFFICACY))).extended(
    medicines=MEDICINES, brands=BRANDS
)


def read(title: str, given: Values | None = None) -> Reading:
    return read_product(Case("", title, given or {}), normalise(title), LEXICON)


def told(title: str, given: Values | None = None) -> list[tuple[str, str, str]]:
    text = normalise(title)
    return [(one.kind, one.value, text[one.start : one.end]) for one in tricks_in(read(title, given), LEXICON)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("[仁和]补肾地黄丸 青松堂", []),  # nothing is known of who makes what 仁和 sells
        ("[平安]补肾地黄丸 青松堂", [("foreign_brand", "青松堂", "青松堂")]),
        ("[平安大药房]补肾地黄丸 青松堂", []),  # a shop makes nothing
        ("青松堂 河西 补肾地黄丸", [("foreign_brand", "河西", "河西")]),
        ("[青松堂]补肾地黄丸 河西", [("foreign_brand", "河西", "河西")]),
        (
            "健脾丸 青松堂 河西 松鹤堂",
            [
                ("foreign_brand", "青松堂", "青松堂"),
                ("foreign_brand", "河西", "河西"),
                ("foreign_brand", "松鹤堂", "松鹤堂"),
            ],
        ),
        ("青松堂 补肾地黄丸 媲美芬必得", [("comparison", "芬必得", "芬必得")]),
        ("青松堂 补肾地黄丸 河西同款", [("comparison", "河西", "河西")]),
        ("[河西]阿胶 可搭配布洛芬", [("comparison", "布洛芬", "布洛芬")]),
        ("布洛芬缓释胶囊 青松 原料 20粒", [("raw_material", "青松堂", "青松")]),
        ("补肾地黄丸 选用青松堂 60丸", [("raw_material", "青松堂", "青松堂")]),
        ("[青松堂]补肾地黄丸 布洛芬 西替利嗪", [("stuffed_name", "布洛芬", "布洛芬")]),
        ("[青松堂]补肾地黄丸 祛风颗粒", [("stuffed_name", "祛风", "祛风")]),
        ("健脾膏 片 丸", [("stuffed_form", "片", "片"), ("stuffed_form", "丸", "丸")]),
        ("健脾膏片丸", [("stuffed_form", "片", "片"), ("stuffed_form", "丸", "丸")]),
        ("感冒灵颗粒 胶囊 口服液 10袋", [("stuffed_form", "胶囊", "胶囊"), ("stuffed_form", "口服液", "口服液")]),
        ("布洛芬片 孕妇可用", [("stuffed_population", "孕妇", "孕妇")]),
        ("小儿感冒颗粒 成人", [("stuffed_population", "成人", "成人")]),
        ("[仁和]布洛芬片 20片 糖尿病", [("stuffed_use", "糖尿病", "糖尿病")]),
        (
            "[仁和]布洛芬片 20片 糖尿病 退烧 眼干 避孕套",  # 眼干 alone would be near enough to pain to be believed
            [
                ("stuffed_use", "糖尿病", "糖尿病"),
                ("stuffed_use", "眼干", "眼干"),
                ("stuffed_use", "避孕套", "避孕套"),
            ],
        ),
        ("河西 补肾地黄丸 青松堂制药 仁寿堂", []),  # one of the two makes it, and nobody knows who 仁寿堂 is
    ],
)
def test_a_trick_is_found(title: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(title) == expected


@pytest.mark.parametrize(
    "title",
    [
        "[青松堂]补肾地黄丸 360粒 浓缩丸",
        "[青松堂]补肾地黄丸 北京青松堂制药有限公司",
        "青松堂 青松小儿 感冒灵颗粒",
        "三九 999 感冒灵颗粒三九冲剂",
        "芬必得 布洛芬缓释胶囊 中美史克",
        "补肾地黄丸 60丸 青松堂",
        "感冒灵颗粒10g*9袋 感冒 发热 退烧",
        "小儿感冒口服液 糖浆",
        "布洛芬片 孕妇禁用",
        "[青松堂]布洛芬片+阿胶 套装",
        "祛风软膏 每支含布洛芬 乳膏",
        "【仁和】非常舒适布洛芬片",
        "西替利嗪片(滴剂 胶囊型)",
        "西替利嗪片 糖尿病",  # nothing is known of what it is for
        "布洛芬片 20片 眼干",
        "布洛芬片 20片 糖尿病人可用",
        "布洛芬糖尿病片",
        "布洛芬滴眼液 5ml 眼干 感冒",
        "",
        "[]",
    ],
)
def test_an_honest_title_has_no_tricks(title: str) -> None:
    assert told(title) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({Attribute.DOSAGE_FORM: frozenset({"胶囊"})}, [("catalogue_conflict", "胶囊", "")]),
        ({Attribute.DOSAGE_FORM: frozenset({"片剂"})}, []),
        ({Attribute.DOSAGE_FORM: frozenset({"阴道片"})}, []),
        ({Attribute.CORE_NAME: frozenset({"祛风"})}, [("catalogue_conflict", "祛风", "")]),
        ({Attribute.CORE_NAME: frozenset({"对乙酰氨基酚"})}, []),
        ({Attribute.BRAND: frozenset({"nobody knows"})}, []),
    ],
)
def test_the_catalogue_may_contradict_the_title(given: Values, expected: list[tuple[str, str, str]]) -> None:
    assert told("[仁和]布洛芬片 20片", given) == expected


def test_what_the_catalogue_gets_wrong_is_not_the_products() -> None:
    case = Case("", "[仁和]布洛芬片", {Attribute.DOSAGE_FORM: frozenset({"胶囊"})})
    reading = read_product(case, case.title, LEXICON)
    kept = without_tricks(reading, tricks_in(reading, LEXICON), case, LEXICON)
    assert (reading.of(Attribute.DOSAGE_FORM), kept.of(Attribute.DOSAGE_FORM)) == (("片", "胶囊"), ("片",))


def test_a_claim_is_taken_from_the_reading_and_stays_in_the_text() -> None:
    title = "青松堂 河西 补肾地黄丸"
    case, reading = Case("", title), read(title)
    kept = without_tricks(reading, tricks_in(reading, LEXICON), case, LEXICON)
    assert (kept.text, kept.own_text) == (title, "青松堂    补肾地黄丸")
    assert kept.of(Attribute.BRAND) == ("青松堂",)


def test_the_name_compared_with_is_not_the_products_even_at_the_head() -> None:
    title = "布洛芬平替 青松堂 补肾地黄丸"
    case, reading = Case("", title), read(title)
    kept = without_tricks(reading, tricks_in(reading, LEXICON), case, LEXICON)
    assert kept.of(Attribute.CORE_NAME) == ("补肾地黄",)


def test_a_query_for_a_stuffed_use_does_not_meet_it() -> None:
    trace = Chain(LEXICON, RuleIndex(())).judge(Case("糖尿病", "[仁和]布洛芬片 20片 糖尿病")).trace
    assert trace is not None
    assert (trace.line, trace.level.value) == (6, "irrelevant")


@pytest.mark.parametrize(("title", "met"), [("青松堂 河西 补肾地黄丸", False), ("河西 补肾地黄丸", True)])
def test_a_query_for_the_stuffed_brand_does_not_meet_it(title: str, met: bool) -> None:
    trace = Chain(LEXICON, RuleIndex(())).judge(Case("河西补肾地黄丸", title)).trace
    assert trace is not None
    assert (trace.level.value == "highly") is met


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("[芬必得]布洛芬缓释胶囊 0.3g*20粒", "[芬必得]布洛芬缓释胶囊 300mg"),
        ("三九感冒灵冲剂10g*9袋", "[999]感冒灵颗粒 10g"),
        ("盐酸西替利嗪片", "盐酸西替利嗪片"),
        ("[含甘油]阿胶", "阿胶"),
        ("[河西]小儿感冒 颗粒", "[河西]小儿感冒颗粒"),
        ("001", "[001]避孕套 0.01mm"),
        ("20片", ""),
        ("", ""),
    ],
)
def test_the_standard_name_is_in_the_order_of_a_register(title: str, name: str) -> None:
    assert standard_name(read(title), LEXICON) == name


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(["青松堂", "河西", "同款", "原料", "布洛芬", "片", "丸", "膏", "[", "]", "(", "非", "孕妇"])
    ).map("".join)
)
def test_any_title_is_checked(title: str) -> None:
    text = normalise(title)
    case = Case("", title)
    reading = read_product(case, text, LEXICON)
    tricks = tricks_in(reading, LEXICON)
    kept = without_tricks(reading, tricks, case, LEXICON)
    assert kept.text == text
    assert len(kept.own_text) == len(text)
    assert {one.kind for one in tricks} <= TRICKS.keys()
    assert all(text[one.start : one.end] for one in tricks)
    standard_name(kept, LEXICON)


@pytest.mark.parametrize("piece", ["河西 同款 ", "布洛芬", "片 ", "[", "丸片膏", "非", "青松堂原料", "含"])
def test_a_long_title_takes_bounded_time(piece: str) -> None:
    text = normalise((piece * 10_000)[:10_000])
    case = Case("", text)
    reading = read_product(case, text, LEXICON)
    started = time.process_time()
    without = without_tricks(reading, tricks_in(reading, LEXICON), case, LEXICON)
    standard_name(without, LEXICON)
    assert time.process_time() - started < 0.05
