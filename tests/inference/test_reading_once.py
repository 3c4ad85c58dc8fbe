"""A query is read once and a product once: what was read before never changes what is read of a pair."""

from itertools import product

import pytest

from inference.pipeline.case import Case, Picture, Word
from inference.pipeline.chain import Chain
from inference.pipeline.understanding import Understanding
from rules.engine.attributes import Attribute
from rules.engine.recall import RuleIndex
from tests.inference.small_lexicon import SMALL

TITLE = "[石药]布洛芬片"
PHOTO = Picture("a" * 64, (Word("布洛芬胶囊"), Word("芬必得")), 900, 900)
PRODUCTS = (
    Case("", TITLE),
    Case("", TITLE, {Attribute.BRAND: frozenset({"芬必得"})}),
    Case("", TITLE, {Attribute.DOSAGE_FORM: frozenset({"胶囊"})}),
    Case("", TITLE, {}, "用于感冒引起的发热"),
    Case("", TITLE, {}, "", (PHOTO,)),
    Case("", "[某牌]超薄避孕套"),
)
QUERIES = ("布洛芬", "芬必得", "布洛芬石药", "退烧药", "没有这种药")
CASES = [
    Case(query, one.title, one.given, one.indication, one.pictures) for query, one in product(QUERIES, PRODUCTS * 2)
]
SHARED = Chain(SMALL, RuleIndex(()))


@pytest.mark.parametrize("order", [CASES, CASES[::-1]])
def test_a_pair_is_read_as_by_a_chain_that_read_nothing_before(order) -> None:
    shared = [SHARED.understand(case) for case in order]

    assert shared == [Chain(SMALL, RuleIndex(())).understand(case) for case in order]
    assert all(isinstance(one, Understanding) for one in shared)


def test_products_that_differ_in_anything_that_is_read_are_read_apart() -> None:
    read = [SHARED.understand(Case("芬必得", *_told(one))) for one in PRODUCTS]

    assert len({one.knowledge for one in read}) == len(PRODUCTS)


def _told(one: Case) -> tuple[object, ...]:
    return one.title, one.given, one.indication, one.pictures
