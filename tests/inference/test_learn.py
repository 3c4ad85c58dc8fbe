"""Learning from products and leaflets: names, uses, contraindications, trade names, and what is left out."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.knowledge.leaflet_facts import efficacy_in, forbidden_for, ingredients_in
from inference.knowledge.learn import Learned, Source, learn
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.naming import Named, is_brand_word, named, trade_name
from inference.knowledge.records import Brand, Efficacy, Medicine, Population
from tests.inference.small_lexicon import TABLES

LEXICON = Lexicon(
    replace(
        TABLES,
        efficacy=(*TABLES.efficacy, Efficacy("性病"), Efficacy("肝炎")),
        forms=tuple(replace(form, route="口服") for form in TABLES.forms),
        populations=(*TABLES.populations, Population("哺乳期", aliases=("哺乳",)), Population("婴幼儿", "儿童")),
        medicines=(
            *TABLES.medicines,
            Medicine("旧感冒灵", category="中药", efficacy=("感冒",), forms=("片",), route="口服"),
        ),
    )
)
KNOWN = frozenset({"布洛芬", "咖啡因", "对乙酰氨基酚"})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("布洛芬缓释片", Named("布洛芬", known=True, form="缓释片")),
        ("盐酸西替利嗪片", Named("西替利嗪", known=True, form="片")),
        ("咪康唑(外用)软膏", Named("咪康唑", known=True, form="乳膏")),
        ("河谷清咳颗粒", Named("河谷清咳", known=False, form="颗粒")),
        ("盐酸奥菲多辛片", Named("奥菲多辛", known=False, form="片")),
        ("骨安片", Named("骨安片", known=False, form="片")),
        ("止痛退烧片", None),  # says what it is for and has no name
        ("仁和健骨颗粒", None),  # begins with a brand
        ("", None),
        ("片", None),
        ("a" * 500, None),
    ],
)
def test_the_name_of_a_product(name: str, meant: Named | None) -> None:
    assert named(name, LEXICON) == meant


@pytest.mark.parametrize(
    ("said", "trade"),
    [("奥菲多辛片(欣达芬)", "欣达芬"), ("奥菲多辛片", ""), ("欣达芬", "欣达芬"), ("【欣达芬】", "欣达芬"), ("", "")],
)
def test_the_trade_name_alone(said: str, trade: str) -> None:
    assert trade_name(said, "奥菲多辛片") == trade


@pytest.mark.parametrize(
    ("word", "usable"),
    [
        ("欣达芬", True),
        ("芬必得", False),  # a brand already
        ("欣达", False),  # too short
        ("布洛芬欣", False),  # has a medicine in it
        ("乙酰氨", False),  # part of a name
        ("欣达制药", False),
        ("上海欣达", False),
        ("欣达片", False),
    ],
)
def test_what_can_be_a_trade_name(word: str, usable: bool) -> None:
    assert is_brand_word(word, LEXICON) is usable


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("用于风寒感冒,咳嗽。对真菌感染无效。", ("风寒感冒", "咳嗽")),
        ("感冒、风热感冒引起的发热", ("风热感冒", "发热")),
        ("慢性病毒肝炎", ("肝炎",)),
        ("疼痛者禁用;止咳", ("咳嗽",)),
        ("", ()),
    ],
)
def test_what_an_indication_names(text: str, terms: tuple[str, ...]) -> None:
    assert efficacy_in(text, LEXICON) == terms


@pytest.mark.parametrize(
    ("sections", "barred"),
    [
        ({"禁忌": "孕妇及哺乳期妇女禁用。"}, {"孕妇", "哺乳期"}),
        ({"禁忌": "1.孕妇。2.对本品过敏者。"}, {"孕妇"}),
        ({"注意事项": "孕妇慎用。"}, set()),
        ({"注意事项": "孕妇应在医师指导下使用,不得使用过量。"}, set()),
        ({"儿童用药": "16岁以下儿童禁用。"}, {"儿童"}),
        ({"儿童用药": "6岁以下儿童禁用。"}, {"婴幼儿"}),
        ({"儿童用药": "2岁以下禁用。"}, set()),
        ({"孕妇及哺乳期妇女用药": "本品禁用于孕妇。"}, {"孕妇"}),
        ({"禁忌": "妊娠3个月内的孕妇禁用"}, set()),
        ({"不良反应": "孕妇禁用"}, set()),
        ({"不适宜人群": "儿童、孕妇"}, {"儿童", "孕妇"}),
        ({"适宜人群": "孕妇"}, set()),
        ({}, set()),
    ],
)
def test_whom_a_leaflet_forbids_it_for(sections: dict[str, str], barred: set[str]) -> None:
    assert forbidden_for(sections, LEXICON) == barred


@pytest.mark.parametrize(
    ("text", "ingredients"),
    [
        ("本品主要成份为布洛芬。", ("布洛芬",)),
        ("每片含对乙酰氨基酚、咖啡因(无水)。辅料为淀粉", ("对乙酰氨基酚", "咖啡因")),
        ("甘草、桔梗(炒)、枇杷叶。", ("甘草", "桔梗", "枇杷叶")),
        ("布洛芬、某种辅料x", ()),
        ("", ()),
    ],
)
def test_what_it_is_made_of(text: str, ingredients: tuple[str, ...]) -> None:
    assert ingredients_in(text, KNOWN) == ingredients


def leaflet(name: str, number: str = "1", **said: str) -> Source:
    sections = {"功能主治": said.get("use", ""), "禁忌": said.get("barred", ""), "成份": said.get("made", "")}
    return Source(name, said.get("brand", ""), maker=said.get("maker", "河谷制药"), leaflet=number, sections=sections)


def records(found: list[Learned]) -> list[Medicine | Brand]:
    return [one.record for one in found]


def test_a_medicine_that_the_lexicon_lacks() -> None:
    sources = [
        leaflet("小儿河谷清咳颗粒", use="用于感冒、咳嗽。", barred="孕妇禁用。", made="甘草、桔梗、枇杷叶"),
        Source("小儿河谷清咳片", maker="山间药业", indication="咳嗽、感冒"),
    ]
    assert learn(sources, LEXICON) == [
        Learned(
            Medicine(
                "小儿河谷清咳",
                category="中药",
                efficacy=("感冒", "咳嗽"),
                forms=("颗粒", "片"),
                route="口服",
                population=("儿童",),
                contraindicated=("孕妇",),
                ingredients=("甘草", "桔梗", "枇杷叶"),
            ),
            "leaflet 1 小儿河谷清咳颗粒, 河谷制药; catalogue, 1 product",
            from_leaflet=True,
        )
    ]


@pytest.mark.parametrize(
    ("heading", "text", "people"),
    [("适宜人群", "男性", ("男性",)), ("适宜人群", "男性,孕妇不宜", ()), ("不适宜人群", "男性", ())],
)
def test_whom_a_product_is_for(heading: str, text: str, people: tuple[str, ...]) -> None:
    source = Source("河谷清咳片", leaflet="1", sections={"功能主治": "咳嗽", heading: text})
    assert [one.record.population for one in learn([source], LEXICON) if isinstance(one.record, Medicine)] == [people]


def test_what_most_sources_do_not_say_is_left_out() -> None:
    uses = ("感冒,咳嗽", "感冒", "感冒,避孕")
    found = learn([leaflet("河谷清颗粒", str(number), use=use) for number, use in enumerate(uses)], LEXICON)
    assert [one.record.efficacy for one in found if isinstance(one.record, Medicine)] == [("感冒",)]


def test_a_name_that_one_maker_uses_and_no_use_is_known_of_is_left_out() -> None:
    one, other = Source("河谷丹片", maker="河谷制药"), Source("河谷丹片", maker="山间药业")
    assert learn([one, one], LEXICON) == []
    assert records(learn([one, other], LEXICON)) == [Medicine("河谷丹", forms=("片",), route="口服")]


def test_only_empty_fields_of_a_known_medicine_are_filled_in() -> None:
    sources = [
        leaflet("感冒灵颗粒", use="避孕", barred="孕妇禁用", made="布洛芬"),
        leaflet("布洛芬片", barred="儿童禁用"),
    ]
    known = LEXICON.medicines["感冒灵"]
    assert records(learn(sources, LEXICON)) == [replace(known, contraindicated=("孕妇",))]


def test_a_medicine_for_children_is_not_forbidden_for_them() -> None:
    assert learn([leaflet("小儿感冒颗粒", barred="儿童禁用")], LEXICON) == []


def test_a_trade_name_stands_for_its_medicine() -> None:
    sources = [
        leaflet("布洛芬片", brand="布洛芬片(欣达芬)", maker="河谷制药有限公司"),
        Source("布洛芬胶囊", brand="欣达芬", maker="河谷制药有限公司"),
        Source("布洛芬胶囊", brand="河谷制药", maker="河谷制药有限公司"),
        Source("布洛芬胶囊", brand="仁和", maker="河谷制药有限公司"),
    ]
    assert learn(sources, LEXICON) == [
        Learned(
            Brand("欣达芬", maker="河谷", stands_for="布洛芬"),
            "leaflet 1 布洛芬片, 河谷制药有限公司; catalogue, 1 product",
            from_leaflet=True,
        )
    ]


@pytest.mark.parametrize(
    "sources",
    [
        [Source("布洛芬片", "欣达芬", maker="河谷"), Source("阿胶片", "欣达芬", maker="河谷")],
        [Source("布洛芬片", "欣达芬", maker="河谷"), Source("布洛芬片", "欣达芬", maker="山间")],
    ],
)
def test_a_trade_name_that_sources_disagree_on_is_left_out(sources: list[Source]) -> None:
    assert learn(sources, LEXICON) == []


TEXT = st.text(max_size=40) | st.sampled_from(["布洛芬片", "孕妇禁用", "主要成份为", "6岁以下", "(", "小儿感冒颗粒"])


@given(
    st.lists(st.builds(Source, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, st.dictionaries(TEXT, TEXT, max_size=3)), max_size=4)
)
def test_any_text_can_be_learned_from(sources: list[Source]) -> None:
    assert learn(sources, LEXICON) == learn(sources, LEXICON)


@pytest.mark.parametrize("piece", ["孕妇禁用", "感冒、", "(", "主要成份为", "6岁以下儿童", "布洛芬片", "。"])
def test_long_texts_take_bounded_time(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    source = Source(text, text, text, text, text, "1", {"功能主治": text, "禁忌": text, "成份": text})
    started = time.process_time()
    learn([source], LEXICON)
    learn([replace(source, name="河谷清咳颗粒", brand="")], LEXICON)
    assert time.process_time() - started < 0.3
