"""The OpenAPI schema."""

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from rest_framework.test import APIClient


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, object]]]:
    path: Path = tmp_path_factory.mktemp("schema") / "schema.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(path))
    return yaml.safe_load(path.read_text("utf-8"))


def test_it_is_valid_without_a_warning_and_tells_of_every_address(schema: dict[str, dict[str, object]]) -> None:
    resolved = [
        get_resolver(urls).reverse_dict for urls in ("rules.api.urls", "annotation.api.urls", "inference.urls_api")
    ]
    known = {
        one
        for routes in resolved
        for name in routes
        if isinstance(name, str)
        for one, _params in routes.getlist(name)[0][0]
    }
    told = {path.removeprefix("/api/v1/").replace("{id}", "%(pk)s") for path in schema["paths"]}
    wanted = {one for one in known if one != "%(rest)s"}
    assert {one.replace("{", "%(").replace("}", ")s") for one in told} == wanted


def test_every_operation_says_what_it_does_and_how_it_refuses(schema: dict[str, dict[str, dict[str, dict]]]) -> None:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation["description"], (path, method)
            assert "application/problem+json" in operation["responses"]["400"]["content"], (path, method)


@pytest.mark.django_db
def test_it_is_shown_to_whoever_signed_in() -> None:
    assert APIClient().get("/api/v1/schema/").status_code == 401
    assert Client().get("/api/v1/docs/").headers["Location"].startswith("/accounts/login/")
