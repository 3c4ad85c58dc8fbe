"""A judgment's key names all that decided it: whatever field of anything that is read changes, the key does."""

from collections.abc import Sequence
from dataclasses import fields, replace

import pytest

from inference.knowledge.passages import Found
from inference.pipeline.case import Case, Picture, Word
from inference.pipeline.chain import Chain
from inference.pipeline.key import KeyMaterial
from inference.pipeline.trace import Agreement, Compared
from rules.engine.attributes import Attribute
from rules.engine.recall import RuleIndex
from rules.engine.rule import Effect, EffectKind, EngineRule
from tests.inference.small_lexicon import SMALL

MATERIAL = KeyMaterial("q", "t", "k", ("r",), (("p", 1),), ("i",))
OTHERWISE = {
    "query": "x",
    "title": "x",
    "knowledge": "x",
    "rules": ("r", "s"),
    "parameters": (("p", 2),),
    "images": (),
    "judge": "another",
    "code": "x",
}
CASE = Case("布洛芬", "[石药]布洛芬片", pictures=(Picture("a" * 64, (Word("布洛芬片"),), 900, 900),))
FOUND = Found("leaflet:1", "布洛芬片", "a file", "2026-01-31", "功能主治", "用于缓解轻至中度疼痛如头痛、牙痛。", 2.0)
WORDS = ("a'b", "片")
RULE = EngineRule(number=1, version=1, conditions=(), effect=Effect(EffectKind.ADVISE), digest="d")


class Library:
    """A search that finds one passage."""

    def __init__(self, found: Found) -> None:
        self.found = found

    def __call__(self, text: str, limit: int) -> Sequence[Found]:
        return [self.found]


def key(case: Case = CASE, found: Found = FOUND, rule: EngineRule = RULE, judge: str = "lexical") -> str:
    return Chain(SMALL, RuleIndex((rule,)), search=Library(found), judge=judge).judge(case).key


@pytest.mark.parametrize("field", [one.name for one in fields(KeyMaterial)])
def test_every_field_of_the_material_is_in_the_key(field: str) -> None:
    assert replace(MATERIAL, **{field: OTHERWISE[field]}).digest() != MATERIAL.digest()


def test_the_order_of_rules_is_not_in_the_key() -> None:
    assert replace(MATERIAL, rules=("r", "s")).digest() == replace(MATERIAL, rules=("s", "r")).digest()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("query", "布洛芬片"),
        ("title", "[石药]布洛芬胶囊"),
        ("given", {Attribute.BRAND: frozenset({"芬必得"})}),
        ("indication", "用于感冒引起的发热"),
        ("pictures", (Picture("b" * 64, (Word("布洛芬片"),), 900, 900),)),
        ("pictures", (Picture("a" * 64, (Word("布洛芬胶囊"),), 900, 900),)),
    ],
)
def test_whatever_of_a_case_is_read_is_in_the_key(field: str, value: object) -> None:
    assert field in {one.name for one in fields(Case)}
    assert key(replace(CASE, **{field: value})) != key()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("document", "leaflet:2"),
        ("title", "布洛芬胶囊"),
        ("source", "another file"),
        ("dated", "2026-02-28"),
        ("heading", "适应症"),
        ("text", "用于缓解轻至中度疼痛如头痛。"),
    ],
)
def test_whatever_of_a_passage_is_shown_to_a_model_is_in_the_key(field: str, value: object) -> None:
    assert key(found=replace(FOUND, **{field: value})) != key()


@pytest.mark.parametrize(("field", "value"), [("number", 2), ("version", 2), ("digest", "e")])
def test_which_version_of_a_rule_was_recalled_is_in_the_key(field: str, value: object) -> None:
    assert key(rule=replace(RULE, **{field: value})) != key()


def test_who_judges_is_in_the_key() -> None:
    assert key(judge="a model") != key()


@pytest.mark.parametrize("agreement", list(Agreement))
def test_what_was_compared_is_told_to_the_key_as_records_are(agreement: Agreement) -> None:
    for attribute in Attribute:
        told = repr(Compared(attribute, agreement, WORDS, ()))
        assert told == f"Compared(attribute={attribute!r}, agreement={agreement!r}, query={WORDS!r}, product=())"
