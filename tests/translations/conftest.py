"""The Simplified Chinese catalogue, and somebody who reads it."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.test import Client

from arweb.settings import BASE_DIR
from tests.factories import make_user


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (BASE_DIR / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file)


@pytest.fixture
def chinese(client: Client, catalogue: Catalog, settings: object, tmp_path: Path) -> Client:
    """A reader of Chinese who may do everything; the catalogue is compiled afresh."""
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalogue)
    settings.LOCALE_PATHS = [tmp_path]
    user = make_user(username="王药师")
    user.is_superuser = True
    user.save()
    client.force_login(user)
    client.cookies["django_language"] = "zh-hans"
    return client
