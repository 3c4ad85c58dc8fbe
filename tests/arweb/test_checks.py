"""What is said before any command."""

import os
from pathlib import Path

from django.test import override_settings

from arweb.checks import translations_are_compiled


def catalogue(folder: Path) -> Path:
    found = folder / "zh_Hans" / "LC_MESSAGES" / "django.po"
    found.parent.mkdir(parents=True)
    found.write_text("")
    return found


def test_a_catalogue_that_is_not_compiled_is_told(tmp_path: Path) -> None:
    catalogue(tmp_path)
    with override_settings(LOCALE_PATHS=[tmp_path]):
        assert [one.id for one in translations_are_compiled()] == ["arweb.W001"]


def test_a_catalogue_younger_than_what_was_compiled_is_told(tmp_path: Path) -> None:
    found = catalogue(tmp_path)
    found.with_suffix(".mo").write_text("")
    os.utime(found.with_suffix(".mo"), (1, 1))
    with override_settings(LOCALE_PATHS=[tmp_path]):
        assert [one.id for one in translations_are_compiled()] == ["arweb.W001"]


def test_a_compiled_catalogue_is_fine(tmp_path: Path) -> None:
    catalogue(tmp_path).with_suffix(".mo").write_text("")
    with override_settings(LOCALE_PATHS=[tmp_path]):
        assert translations_are_compiled() == []
