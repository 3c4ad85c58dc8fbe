"""Which of the values that rules name a query or a product can have."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inference.knowledge.lexicon import load_lexicon
from inference.pipeline.case import Case
from inference.pipeline.trace import Failure
from inference.selectors.chains import chain_with
from inference.selectors.known_values import LIMITED, of_knowledge, values_known
from rules.engine.attributes import Attribute, Side
from tests.factories import make_pair

pytestmark = pytest.mark.django_db
BRAND, NAME, USE, STRENGTH = Attribute.BRAND, Attribute.CORE_NAME, Attribute.EFFICACY, Attribute.STRENGTH


def lacking(attribute: Attribute, *values: str) -> dict[str, set[str]]:
    """The values that each side lacks."""
    domain = values_known({attribute: frozenset(values)}).domain
    return {
        side.value: {value for value in values if not domain.has(side, attribute, value)}
        for side in (Side.QUERY, Side.PRODUCT)
    }


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        (BRAND, "999"),
        (NAME, "布洛芬"),
        (USE, "发热"),
        (STRENGTH, "300mg"),
        (Attribute.DOSAGE_FORM, "缓释"),
        (Attribute.REGION, "云南"),
    ],
)
def test_what_the_knowledge_has_is_there_without_any_product(attribute: Attribute, value: str) -> None:
    assert lacking(attribute, value) == {"query": set(), "product": set()}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [(USE, "退热"), (Attribute.POPULATION, "外星人"), (Attribute.REGION, "火星"), (STRENGTH, "0.3克")],
)
def test_words_of_no_knowledge_are_on_neither_side(attribute: Attribute, value: str) -> None:
    make_pair(title=f"[某某]{value}布洛芬片")
    assert lacking(attribute, value) == {"query": {value}, "product": {value}}


def test_a_name_that_no_product_has_may_still_be_asked_for() -> None:
    assert lacking(BRAND, "同任堂") == {"query": set(), "product": {"同任堂"}}


def test_a_name_is_there_as_soon_as_a_product_has_it() -> None:
    before = lacking(BRAND, "同任堂")["product"]
    make_pair(title="[同任堂]布洛芬片 0.3g*20片")
    assert (before, lacking(BRAND, "同任堂")["product"]) == ({"同任堂"}, set())


def test_what_the_merchant_gave_counts() -> None:
    make_pair(title="口罩 50只", ingredient=["熔喷布"])
    assert lacking(Attribute.INGREDIENT, "熔喷布", "无纺布")["product"] == {"无纺布"}


def test_a_word_that_only_stands_in_a_title_is_no_brand_of_it() -> None:
    make_pair(title="[同任堂]布洛芬片 家庭装")
    assert lacking(BRAND, "家庭装")["product"] == {"家庭装"}


def test_a_name_known_by_another_is_told_by_that() -> None:
    known = values_known({NAME: frozenset({"扑热息痛"}), BRAND: frozenset({"三九", "同任堂"})})
    assert known.instead == {(NAME, "扑热息痛"): ("对乙酰氨基酚",), (BRAND, "三九"): ("999",)}


def table(name: str) -> Iterator[dict[str, str]]:
    with (Path(settings.BASE_DIR) / "demo" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_everything_read_of_the_demo_is_there() -> None:
    pairs, products = (list(table(name)) for name in ("pairs.csv", "products.csv"))
    known, chain, strange = of_knowledge(load_lexicon()), chain_with(()), set()
    for pair, product in zip(pairs[:150], products, strict=False):
        read = chain.understand(Case(pair["query"], product["title"]))
        if not isinstance(read, Failure):
            sides = (read.facts.query, read.facts.product)
            strange |= {v for side in sides for one in LIMITED for v in side.get(one, ()) if v not in known[one]}
    assert strange == set()


def test_products_are_looked_through_once() -> None:
    for number in range(3):
        make_pair(title=f"[同任堂{number}]布洛芬片")
    lacking(BRAND, "同任堂", "别的")
    with CaptureQueriesContext(connection) as made:
        lacking(BRAND, "同任堂", "别的")
    assert len(made) == 2
