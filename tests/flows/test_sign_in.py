"""A session that ends in the middle of work."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_page_is_come_back_to(client: Client) -> None:
    response = client.get("/rules/?effect=cap")
    assert response.headers["Location"] == "/accounts/login/?next=/rules/%3Feffect%3Dcap"


def test_a_form_leads_back_to_the_page_it_stood_on(client: Client) -> None:
    response = client.post(reverse("rules:edit", args=[17]), headers={"referer": "http://testserver/rules/17/?a=b"})
    assert response.headers["Location"] == "/accounts/login/?next=/rules/17/%3Fa%3Db"


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/rules/17/", "http://testserver", "http://["])
def test_a_form_from_nowhere_leads_to_the_first_page(client: Client, referer: str) -> None:
    response = client.post(reverse("rules:edit", args=[17]), headers={"referer": referer})
    assert response.headers["Location"] == "/accounts/login/?next=/"


def test_a_fragment_is_not_answered_with_a_sign_in_page(client: Client) -> None:
    response = client.post(reverse("inference:preview"), headers={"hx-request": "true"})
    assert (response.status_code, response.content) == (401, b"")


def test_a_person_gets_the_page(client: Client) -> None:
    client.force_login(make_user())
    assert client.get("/rules/").status_code == 200


def test_an_address_that_only_takes_forms_shows_a_page(client: Client) -> None:
    client.force_login(make_user())
    response = client.get(reverse("rules:edit", args=[17]))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "takes what a form sends" in response.content.decode()
