"""Ways of release: 缓释, 控释, 肠溶 and none of them, asked for with a form, alone, and ruled out."""

from dataclasses import replace

import pytest

from inference.knowledge.lexicon import Lexicon, load_lexicon
from inference.knowledge.records import Form
from inference.knowledge.words import RELEASE
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.read_query import read_query
from inference.pipeline.release import all_forms
from rules.engine.attributes import Attribute
from rules.engine.recall import RuleIndex
from tests.inference.small_lexicon import SMALL, TABLES

FORMS = (
    Form("片", aliases=("普通片",)),
    Form("缓释片", "片"),
    Form("控释片", "片"),
    Form("缓释胶囊", "胶囊"),
    Form("胶囊"),
    Form("缓释"),
    Form("控释"),
    Form("咀嚼"),
)
CHAIN = Chain(Lexicon(replace(TABLES, forms=FORMS, digest="release")), RuleIndex(()))


@pytest.mark.parametrize(
    ("query", "title", "level"),
    [
        ("布洛芬缓释片", "[石药]布洛芬缓释片", "highly"),
        ("布洛芬缓释片", "[石药]布洛芬控释片", "moderately"),
        ("布洛芬控释片", "[石药]布洛芬缓释片", "moderately"),
        ("布洛芬片", "[石药]布洛芬缓释片", "highly"),
        ("布洛芬普通片", "[石药]布洛芬缓释片", "moderately"),
        ("布洛芬普通片", "[石药]布洛芬片", "highly"),
        ("布洛芬缓释", "[石药]布洛芬缓释胶囊", "highly"),
        ("布洛芬缓释", "[石药]布洛芬控释片", "moderately"),
        ("布洛芬缓释胶囊", "[石药]布洛芬缓释 胶囊", "highly"),
        ("布洛芬 不要缓释", "[石药]布洛芬缓释片", "moderately"),
        ("布洛芬 不要缓释", "[石药]布洛芬控释片", "highly"),
    ],
)
def test_another_release_is_a_mismatch_where_one_is_named(query: str, title: str, level: str) -> None:
    trace = CHAIN.judge(Case(query, title)).trace
    assert trace is not None
    assert trace.level.value == level


@pytest.mark.parametrize(("query", "forms"), [("布洛芬咀嚼", ("咀嚼",)), ("发热 咀嚼困难", ()), ("注意力分散", ())])
def test_everyday_words_are_no_forms(query: str, forms: tuple[str, ...]) -> None:
    assert read_query(query, CHAIN.lexicon).of(Attribute.DOSAGE_FORM) == forms


def test_a_form_is_of_its_release_as_well() -> None:
    assert all_forms("缓释片", SMALL) == ("缓释片", "片", "缓释")


def test_every_way_of_release_is_a_form_and_none_lies_in_another() -> None:
    lexicon = load_lexicon()
    assert {word: lexicon.forms_of(word) for word in RELEASE} == {word: (word,) for word in RELEASE}
    assert "缓释" not in all_forms("控释片", lexicon)
