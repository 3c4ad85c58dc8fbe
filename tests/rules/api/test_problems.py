"""Refusals that have nothing to do with rules: addresses, sizes, shapes, rates, languages."""

import json
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.cache import cache
from rest_framework.test import APIClient
from rest_framework.throttling import UserRateThrottle

pytestmark = pytest.mark.django_db
PROPOSALS = "/api/v1/proposals/"


@pytest.fixture
def expert(program: Callable[..., APIClient]) -> APIClient:
    return program("expert")


def sent(
    client: APIClient, text: str | bytes, content_type: str = "application/json", *, path: str = PROPOSALS
) -> tuple[int, str]:
    answer = client.generic("POST", path, text, content_type=content_type)
    return answer.status_code, answer.json()["code"]


def test_an_address_there_is_not_is_a_problem(expert: APIClient) -> None:
    answer = expert.get("/api/v1/nothing/here")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:arweb:problem:not_found",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "Not found.",
        "errors": [],
    }


def test_a_method_there_is_not_is_a_problem(expert: APIClient) -> None:
    assert expert.delete(PROPOSALS).json()["code"] == "method_not_allowed"


UNREADABLE = [
    (b"{", "parse_error"),
    (b"\xff", "parse_error"),
    (b"[" * 100_000, "parse_error"),
    (b'{"title": NaN}', "parse_error"),
    (b"[]", "invalid"),
    (b'{"title": "\\u0000"}', "invalid"),
    (b'{"title": "\\ud800"}', "invalid"),
    (b'{"title": {"a": 1}}', "invalid"),
    (b"{}", "invalid"),
]


def test_what_can_not_be_read_is_said(expert: APIClient) -> None:
    for text, code in UNREADABLE:
        assert sent(expert, text) == (400, code), text[:30]


def test_a_body_as_large_as_no_request_may_be_is_refused(expert: APIClient) -> None:
    text = json.dumps({"title": "x", "reason": "y" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE})
    assert sent(expert, text) == (413, "too_large")


def test_only_json_is_read(expert: APIClient) -> None:
    assert sent(expert, "title=x", "application/x-www-form-urlencoded") == (415, "unsupported_media_type")


def test_each_field_is_named(expert: APIClient) -> None:
    rules = [{"number": 1, "content": {"effect": {"kind": "nothing"}}}]
    answer = expert.post(f"{PROPOSALS}import/", {"title": "x", "rules": rules}, format="json").json()
    assert [(one["field"], one["code"]) for one in answer["errors"]] == [
        ("rules.0.content.effect.kind", "invalid_choice"),
    ]


def test_half_a_character_is_refused_where_a_choice_is_asked_for(expert: APIClient) -> None:
    rules = b'[{"number": 1, "content": {"effect": {"kind": "\\ud800"}}}]'
    assert sent(expert, b'{"title": "x", "rules": %s}' % rules, path=f"{PROPOSALS}import/") == (400, "invalid")


def test_words_are_in_the_language_asked_for(expert: APIClient) -> None:
    answer = expert.get("/api/v1/nothing/", HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert "未找到" in answer.json()["detail"]


def test_too_many_requests_are_told_when_to_come_back(expert: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UserRateThrottle, "rate", "2/min", raising=False)
    cache.clear()
    answers = [expert.get(PROPOSALS) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "throttled"
    assert int(answers[-1]["Retry-After"]) > 0
