"""Whom a medicine is for by the form it is made in."""

from dataclasses import replace

import pytest

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Form
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from rules.engine.recall import RuleIndex
from tests.inference.small_lexicon import TABLES

CHAIN = Chain(Lexicon(replace(TABLES, forms=(*TABLES.forms, Form("混悬液")), digest="audience")), RuleIndex(()))


@pytest.mark.parametrize(
    ("query", "title", "level"),
    [
        ("儿童发热", "[某厂]布洛芬混悬液", "highly"),
        ("儿童发热", "[某厂]布洛芬片", "moderately"),
        ("婴儿发热", "[某厂]布洛芬混悬液", "moderately"),
        ("儿童感冒", "[某厂]小儿感冒颗粒", "highly"),
        ("儿童真菌感染", "[某厂]咪康唑混悬液", "moderately"),
    ],
)
def test_a_fever_remedy_in_a_childrens_form_is_for_children(query: str, title: str, level: str) -> None:
    trace = CHAIN.judge(Case(query, title)).trace
    assert trace is not None
    assert trace.level.value == level
