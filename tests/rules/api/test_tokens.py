"""Tokens: who may act with one, and what is kept of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from rules.models import AuditEvent
from rules.services.tokens import MOST_TOKENS, create_token, revoke_token
from tests.rules.api.conftest import program_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/releases/"


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann")


def status_with(header: str) -> int:
    return APIClient().get(URL, HTTP_AUTHORIZATION=header).status_code


def test_a_token_acts_for_its_person(ann: User) -> None:
    assert program_of(ann).get(URL).status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer a b", "Bearer wrong", "Bearer \xff\xfe", "Basic YTpi"])
def test_without_a_good_token_the_answer_is_a_problem_and_no_sign_in(header: str) -> None:
    answer = APIClient().get(URL, **({"HTTP_AUTHORIZATION": header} if header else {}))
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] in ("not_authenticated", "authentication_failed")


def test_an_expired_token_is_refused_and_stays_where_it_is(ann: User) -> None:
    made = create_token(by=ann, days=1)
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert status_with(f"Bearer {made.token}") == 401
    assert AuthToken.objects.count() == 1


def test_a_revoked_token_is_refused(ann: User) -> None:
    made = create_token(by=ann, days=1)
    assert revoke_token(by=ann, key=made.key)
    assert status_with(f"Bearer {made.token}") == 401


def test_nobody_revokes_the_token_of_another(ann: User) -> None:
    made = create_token(by=ann, days=1)
    assert not revoke_token(by=User.objects.create_user("bob"), key=made.key)
    assert status_with(f"Bearer {made.token}") == 200


def test_a_token_of_somebody_who_left_is_refused(ann: User) -> None:
    made = create_token(by=ann, days=1)
    User.objects.update(is_active=False)
    assert status_with(f"Bearer {made.token}") == 401


def test_only_a_digest_is_kept_and_the_audit_trail_has_no_token(ann: User) -> None:
    made = create_token(by=ann, days=1)
    kept = " ".join(str(value) for row in AuthToken.objects.values() for value in row.values())
    told = " ".join(str(event.data) for event in AuditEvent.objects.all())
    assert made.token not in kept + told
    assert list(AuditEvent.objects.values_list("verb", "subject")) == [("token.created", "user:ann")]


def test_nobody_has_tokens_without_end(ann: User) -> None:
    for _ in range(MOST_TOKENS):
        create_token(by=ann, days=1)
    client = Client()
    client.force_login(ann)
    assert "revoke one first" in client.post("/tokens/", {"days": 1}).content.decode()
    assert AuthToken.objects.count() == MOST_TOKENS


def test_the_page_shows_a_token_once_and_revokes_it(ann: User) -> None:
    client = Client()
    client.force_login(ann)
    made = client.post("/tokens/", {"days": 30})
    row = AuthToken.objects.get()
    assert "arweb_" in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    again = client.get("/tokens/").content.decode()
    assert f"{row.token_key}…" in again
    assert made.context["made"].token not in again
    client.post(f"/tokens/{row.token_key}/revoke/")
    assert not AuthToken.objects.exists()
    assert AuditEvent.objects.first().verb == "token.revoked"


@pytest.mark.parametrize("days", ["0", "366", "x", ""])
def test_the_page_makes_no_token_for_days_there_are_not(ann: User, days: str) -> None:
    client = Client()
    client.force_login(ann)
    assert "aria-invalid" in client.post("/tokens/", {"days": days}).content.decode()
    assert not AuthToken.objects.exists()


def test_the_command_prints_a_token_and_revokes_it(ann: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("api_token", "ann")
    token = capsys.readouterr().out.strip()
    assert status_with(f"Bearer {token}") == 200
    call_command("api_token", "ann", revoke=AuthToken.objects.get().token_key)
    assert status_with(f"Bearer {token}") == 401


@pytest.mark.parametrize("options", [{}, {"days": 0}, {"revoke": "none"}])
def test_the_command_says_what_it_can_not_do(options: dict[str, object]) -> None:
    if options:
        User.objects.create_user("ann")
    with pytest.raises(CommandError):
        call_command("api_token", "ann", **options)


def test_the_admin_makes_no_tokens() -> None:
    assert not admin.site.is_registered(AuthToken)


def test_a_session_may_read_but_writes_only_with_its_csrf_token(program: Callable[..., APIClient]) -> None:
    program("expert")
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="expert"))
    assert client.get(URL).status_code == 200
    sent = client.post("/api/v1/proposals/", {"title": "x"}, content_type="application/json")
    assert (sent.status_code, sent.json()["code"]) == (403, "permission_denied")
