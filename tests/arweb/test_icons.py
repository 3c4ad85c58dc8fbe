"""Icons that browsers ask for at the root are there, also for who has not signed in."""

import pytest
from django.contrib.staticfiles import finders
from django.test import Client


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/favicon.ico", "favicon.ico"),
        ("/apple-touch-icon.png", "apple-touch-icon.png"),
        ("/apple-touch-icon-precomposed.png", "apple-touch-icon.png"),
    ],
)
def test_an_icon_asked_for_at_the_root_is_found(client: Client, path: str, name: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Location"], bool(finders.find(name))) == (302, f"/static/{name}", True)
