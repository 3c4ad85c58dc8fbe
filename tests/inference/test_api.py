"""Judging a pair by the API: what it answers, what it refuses, and that nothing is stored."""

from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from annotation.models import Pair, Product
from inference import tasks
from inference.models import Judgment
from inference.pipeline.case import Case
from inference.selectors.cases import case_with
from inference.selectors.chains import chain_in_force
from rules.engine.attributes import Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import Rule
from tests.factories import make_pair, make_release, make_user
from tests.programs import program_of

pytestmark = pytest.mark.django_db

FORBID = RuleContent(
    "No plasters",
    (Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=("创可贴",)),),
    Effect(EffectKind.FORBID),
)
PLASTER = {"query": "创可贴", "title": "[邦迪]苯扎氯铵贴10片"}


@pytest.fixture
def program() -> APIClient:
    cache.clear()
    return program_of(make_user())


def asked(program: APIClient, said: dict[str, Any], status: int = 200) -> dict[str, Any]:
    response = program.post("/api/v1/judge/", said, format="json")
    assert response.status_code == status, response.content
    return response.json()


def test_it_says_level_confidence_reason_key_and_rules(program: APIClient) -> None:
    make_release(FORBID)
    judged = chain_in_force().judge(Case(**PLASTER))
    assert judged.trace is not None
    said = asked(program, PLASTER)
    assert said.pop("reason")
    assert said == {
        "level": "irrelevant",
        "confidence": pytest.approx(judged.trace.confidence, abs=0.001),
        "failure": "",
        "key": judged.key,
        "release": 1,
        "config": None,
        "trace": None,
        "rules": [{"number": Rule.objects.get().number, "version": 1, "effect": "forbid"}],
    }


def test_a_product_is_named_by_its_id(program: APIClient) -> None:
    product = make_pair(title="感冒灵颗粒", brand=["999"]).product
    said = asked(program, {"query": "999感冒灵", "product": product.external_id})
    assert said["key"] == chain_in_force().judge(case_with("999感冒灵", product)).key
    assert said["key"] != asked(program, {"query": "999感冒灵", "title": product.title})["key"]


def test_a_failed_judgment_has_no_level(program: APIClient) -> None:
    product = Product.objects.create(external_id="nameless", title=" ")
    said = asked(program, {"query": "布洛芬", "product": product.external_id})
    assert (said["level"], said["confidence"], said["failure"], said["rules"]) == (None, None, "empty_title", [])
    assert said["reason"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"query": "布洛芬"},
        {"query": " ", "title": "x"},
        {"query": "布洛芬", "title": "x", "product": "p"},
        {"query": "x" * 201, "title": "x"},
        {"query": "布洛芬", "title": "x\0"},
        {"query": ["布洛芬"], "title": "x"},
    ],
)
def test_what_can_not_be_judged_is_refused(program: APIClient, said: dict[str, Any]) -> None:
    assert asked(program, said, 400)["code"] == "invalid"


def test_a_product_that_is_not_there_is_not_found(program: APIClient) -> None:
    assert asked(program, {"query": "布洛芬", "product": "nowhere"}, 404)["code"] == "not_found"


def test_only_those_who_sign_in_are_answered() -> None:
    assert APIClient().post("/api/v1/judge/", PLASTER, format="json").status_code == 401


def test_it_stores_nothing(program: APIClient) -> None:
    asked(program, PLASTER)
    assert not (Judgment.objects.exists() or Pair.objects.exists())


def test_the_shadows_are_offered_what_was_asked(program: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[Case] = []
    monkeypatch.setattr("inference.api.offer_to_shadows", offered.append)
    asked(program, PLASTER)
    assert offered == [Case(**PLASTER)]


def test_a_shadow_that_breaks_breaks_no_answer(program: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("no such thing should happen")

    monkeypatch.setattr(tasks, "shadows_on", broken)
    assert asked(program, PLASTER)["level"]
