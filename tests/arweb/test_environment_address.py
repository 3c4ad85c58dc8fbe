"""The address of a service in the environment."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from arweb.environment import address


@pytest.mark.parametrize("value", ["", "http://127.0.0.1:8888", "https://searx.example.org/find", "http://[::1]:80"])
def test_an_address_that_can_be_asked_is_taken(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SOMEWHERE", value)
    assert address("SOMEWHERE") == value


@pytest.mark.parametrize(
    "value", ["http://me:hush-hush@127.0.0.1", "ftp://hush-hush", "hush-hush", "http://a/?k=hush-hush"]
)
def test_any_other_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SOMEWHERE", value)
    with pytest.raises(ImproperlyConfigured) as refused:
        address("SOMEWHERE")
    assert "hush-hush" not in str(refused.value)
