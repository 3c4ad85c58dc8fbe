"""Categories are named in the language of whoever reads; addresses and files keep what is stored."""

import re

import pytest
from django.test import Client
from django.utils import translation

from annotation.category_names import category_name, category_with_name
from annotation.models import BadCase, QueuedPair
from annotation.release_shown import categories_shown
from annotation.selectors.cases import CaseFilter
from annotation.selectors.catalogue import ShownAttribute
from annotation.templatetags.categories import values_named
from annotation.views.cases import facets
from rules.engine.attributes import Attribute
from tests.annotation.cases import make_case, make_triager
from tests.annotation.labelling import make_labelling
from tests.factories import make_user

CHINESE = "中药"
ENGLISH = "Chinese medicines"


@pytest.mark.parametrize(
    ("language", "names"),
    [("en", [ENGLISH, "unheard of", ""]), ("zh-hans", [CHINESE, "unheard of", ""])],
)
def test_a_category_is_named_in_the_language_of_the_page(language: str, names: list[str]) -> None:
    with translation.override(language):
        assert [category_name(one) for one in (CHINESE, "unheard of", "")] == names


@translation.override("en")
def test_what_is_to_be_typed_is_told_with_its_name() -> None:
    assert [category_with_name(one) for one in (CHINESE, "devices")] == [f"{CHINESE} ({ENGLISH})", "devices"]


@translation.override("en")
def test_a_datasheet_names_categories_and_keeps_their_quotas() -> None:
    (found,) = categories_shown({CHINESE: 3}, {CHINESE: 0.5}, 4)
    assert (found.words, found.share, found.wanted) == (ENGLISH, 0.75, 0.5)


@pytest.mark.django_db
@pytest.mark.parametrize(("header", "name"), [("en", ENGLISH), ("zh-CN", CHINESE)])
@pytest.mark.parametrize("path", ["/bad-cases/watch/", "/bad-cases/watch/week/", "/bad-cases/", "/bad-cases/{pk}/"])
def test_pages_of_bad_cases_name_categories(client: Client, path: str, header: str, name: str) -> None:
    triager = make_triager()
    client.force_login(triager)
    case = make_case(by=triager)
    BadCase.objects.update(category=CHINESE)
    text = client.get(path.format(pk=case.pk), HTTP_ACCEPT_LANGUAGE=header).content.decode()
    words = re.findall(f">[^<>]*({ENGLISH}|{CHINESE})", text)
    assert set(words) == {name}


@pytest.mark.django_db
@translation.override("en")
def test_the_filter_keeps_the_category_as_it_is_stored() -> None:
    make_case(by=make_triager())
    BadCase.objects.update(category=CHINESE)
    (category,) = (one for one in facets(CaseFilter()) if one.name == "category")
    assert category.choices == [(CHINESE, ENGLISH)]


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["labelling/", "labelling/pairs/"])
def test_pages_of_a_labelling_name_categories(client: Client, page: str) -> None:
    labelling = make_labelling(1)
    QueuedPair.objects.update(category=CHINESE)
    client.force_login(make_user("annotation.manage_labelling"))
    text = client.get(f"/benchmarks/{labelling.benchmark.slug}/{page}", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert (ENGLISH in text, CHINESE in text) == (True, False)


@translation.override("en")
def test_a_products_category_stands_with_its_name() -> None:
    shown = [ShownAttribute(attribute, ("中药",), True) for attribute in (Attribute.CATEGORY, Attribute.BRAND)]
    assert [values_named(one) for one in shown] == [[f"{CHINESE} ({ENGLISH})"], [CHINESE]]
