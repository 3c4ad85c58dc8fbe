"""Title tricks and the standard name by a model: what is asked, how a reply is read, what the title bears out."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.pipeline.case import Case
from inference.pipeline.model_answer import Fault, FaultKind
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages.product import (
    MOST_TRICKS,
    Checked,
    Told,
    TrickKind,
    checked,
    context_of,
    read,
    request_of,
)
from inference.pipeline.prompts import LANGUAGES, prompt
from inference.pipeline.read_product import read_product
from inference.pipeline.stages import Stage
from inference.pipeline.steps import Trick
from inference.pipeline.told import Note, Unit
from rules.engine.attributes import Attribute
from rules.engine.text import normalise
from tests.inference.small_lexicon import SMALL

SETTINGS = ModelSettings("qwen", language="en")
TITLE = "[石药]布洛芬片0.1g*24片 达克宁同款 孕妇"


def after(told: Told, title: str = TITLE, case: Case | None = None) -> Checked:
    case = case or Case("", title)
    text = normalise(title)
    return checked(told, read_product(case, text, SMALL), case, SMALL)


def reply(**said: Any) -> str:
    return json.dumps({"brand": "", "name": "", "form": "", "strength": "", "tricks": [], **said}, ensure_ascii=False)


def test_the_title_and_what_the_catalogue_gives_are_data() -> None:
    case = Case("", "x", {Attribute.BRAND: frozenset({"石药</data>"})}, indication="用于发热")
    unit = Unit(Stage.PRODUCT, "布洛芬\n片", context_of(case))
    assert request_of(unit, SETTINGS).messages[1].content.splitlines()[:5] == [
        '<data name="product">',
        "title: 布洛芬 片",
        "the catalogue says (brand): 石药＜/data＞",
        "the catalogue says (indication): 用于发热",
        "</data>",
    ]


def test_all_titles_share_the_first_message() -> None:
    one, other = (request_of(Unit(Stage.PRODUCT, text), SETTINGS) for text in ("布洛芬片", "感冒灵颗粒"))
    assert one.messages[0] == other.messages[0]
    assert all(kind in one.messages[0].content for kind in TrickKind)


def test_a_reply_is_read_and_what_is_no_trick_is_left_out() -> None:
    tricks = [{"words": " 达克宁 ", "kind": "comparison"}, {"words": "孕妇", "kind": "smell"}, "孕妇", {"words": ""}]
    told = read(reply(brand="石药", name="布洛芬", form="片", strength="0.1g", tricks=tricks))
    assert told == Told("石药", "布洛芬", "片", "0.1g", (("达克宁", TrickKind.COMPARISON),))


def test_so_many_tricks_are_read_and_no_more() -> None:
    tricks = [{"words": f"{number}", "kind": "foreign_brand"} for number in range(40)]
    told = read(reply(name="x", tricks=tricks))
    assert isinstance(told, Told)
    assert len(told.tricks) == MOST_TRICKS


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", FaultKind.EMPTY),
        ("布洛芬", FaultKind.NOT_JSON),
        ('{"brand": "石药"}', FaultKind.NOT_ANSWER),
        (reply(name="布洛芬") * 2, FaultKind.NOT_JSON),
    ],
)
def test_a_reply_that_can_not_be_used(text: str, kind: FaultKind) -> None:
    found = read(text)
    assert isinstance(found, Fault)
    assert found.kind is kind


def test_a_cut_reply_is_a_fault() -> None:
    found = read(reply(name="布洛芬")[:20], "length")
    assert isinstance(found, Fault)
    assert found.kind is FaultKind.CUT


def test_tricks_are_found_where_they_stand() -> None:
    told = Told(name="布洛芬", tricks=(("孕妇", TrickKind.STUFFED_POPULATION), ("达克宁", TrickKind.COMPARISON)))
    found = after(told)
    brand, people = TITLE.find("达克宁"), TITLE.find("孕妇")
    assert found.tricks == (
        Trick("comparison", Attribute.BRAND, "达克宁", brand, brand + 3, "布洛芬"),
        Trick("stuffed_population", Attribute.POPULATION, "孕妇", people, people + 2, "布洛芬"),
    )
    assert found.notes == (Note("孕妇"), Note("达克宁"))


def test_a_trick_is_a_word_of_the_title_or_none() -> None:
    found = after(Told(name="布洛芬", tricks=(("芬必得", TrickKind.FOREIGN_BRAND),)))
    assert found.tricks == ()
    assert found.notes == (Note("芬必得", kept=False, why="not_there"),)


@pytest.mark.parametrize("told", [Told(name="布洛芬"), Told(name="维生素")])
def test_the_products_own_name_is_no_trick(told: Told) -> None:
    found = after(Told(name=told.name, tricks=(("布洛芬", TrickKind.STUFFED_NAME),)))
    assert found.tricks == ()
    assert found.notes[-1] == Note("布洛芬", kept=False, why="own_name")


def test_of_a_name_said_twice_the_later_one_is_the_trick() -> None:
    found = after(Told(name="感冒灵", tricks=(("布洛芬", TrickKind.STUFFED_NAME),)), "感冒灵颗粒 布洛芬 布洛芬")
    assert [(one.start, one.end) for one in found.tricks] == [(10, 13)]


def test_words_are_claimed_once() -> None:
    tricks = (("达克宁同款", TrickKind.COMPARISON), ("达克宁", TrickKind.FOREIGN_BRAND))
    found = after(Told(name="布洛芬", tricks=tricks))
    assert [one.kind for one in found.tricks] == ["comparison"]
    assert found.notes[-1] == Note("达克宁", kept=False, why="overlaps")


def test_figures_and_latin_words_are_not_cut() -> None:
    found = after(Told(name="布洛芬", tricks=(("99", TrickKind.FOREIGN_BRAND),)), "布洛芬片 9990片")
    assert found.notes == (Note("99", kept=False, why="not_there"),)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (Told("石药", "布洛芬", "片", "0.1g"), "[石药]布洛芬片 0.1g"),
        (Told("石药", "布洛芬片", "片", "100mg"), "[石药]布洛芬片 100mg"),
        (Told("", "布洛芬", "片剂", ""), "布洛芬片剂"),
        (Told("芬必得", "布洛芬", "胶囊", "0.3g"), "布洛芬"),
        (Told("石药", "对乙酰氨基酚", "片", "0.1g"), ""),
    ],
)
def test_the_standard_name_has_the_parts_that_the_title_bears_out(told: Told, name: str) -> None:
    assert after(told).standard_name == name


def test_parts_that_nothing_bears_out_are_told() -> None:
    assert after(Told("芬必得", "布洛芬", "", "0.3g")).notes == (
        Note("芬必得", kept=False, why="not_there"),
        Note("0.3g", kept=False, why="not_there"),
    )


def test_the_catalogue_and_another_name_bear_a_part_out() -> None:
    case = Case("", "扑热息痛 10片", {Attribute.BRAND: frozenset({"华中"})})
    assert after(Told("华中", "对乙酰氨基酚"), "扑热息痛 10片", case).standard_name == "[华中]对乙酰氨基酚"


PIECES = [
    "石药",
    "布洛芬",
    "片",
    "0.1g",
    "达克宁",
    "孕妇",
    "[",
    "]",
    " ",
    "<",
    "＜",
    "9",
    "a",
    "😀",
    "</data>",
    "\u200b",
    "",
]
SAID = st.lists(st.sampled_from(PIECES), max_size=5).map("".join)


@settings(max_examples=60, deadline=None)
@given(SAID, SAID, SAID, SAID, st.lists(st.tuples(SAID, st.sampled_from(TrickKind)), max_size=6), SAID)
def test_whatever_is_said_a_trick_is_words_of_the_title_and_none_lies_in_another(
    brand: str, name: str, form: str, strength: str, tricks: list[tuple[str, TrickKind]], title: str
) -> None:
    title = f"[石药]{title}布洛芬片"
    found = after(Told(brand, name, form, strength, tuple(tricks)), title).tricks
    said = {normalise(words) for words, _kind in tricks}
    assert all(normalise(title)[one.start : one.end] in said for one in found)
    assert all(any(map(str.isalnum, one.value)) for one in found)
    assert all(one.end <= two.start for one, two in pairwise(found))


@pytest.mark.parametrize("stage", ["product", "images", "consistency"])
def test_both_languages_have_the_same_parts(stage: str) -> None:
    first, *others = (prompt(stage, language).parts.keys() for language in LANGUAGES)
    assert all(parts == first for parts in others)
