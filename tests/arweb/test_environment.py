"""Variables of the environment that name folders."""

import os
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from arweb.environment import folders, kept_folder, secret_key


def test_folders_are_split_at_commas_and_none_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert folders("MODEL_FOLDERS") == []
    monkeypatch.setenv("MODEL_FOLDERS", "/srv/models, /opt/models")
    assert folders("MODEL_FOLDERS") == ["/srv/models", "/opt/models"]


def test_a_folder_that_depends_on_where_one_starts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_FOLDERS", "models")

    with pytest.raises(ImproperlyConfigured, match="MODEL_FOLDERS must be folders like /srv/models, not 'models'"):
        folders("MODEL_FOLDERS")


def test_the_folder_that_is_written_to_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("VAR_DIR", raising=False)
    assert kept_folder("VAR_DIR", tmp_path / "new" / "var") == tmp_path / "new" / "var"
    assert list((tmp_path / "new" / "var").iterdir()) == []


@pytest.mark.parametrize("place", ["/proc", "/proc/var", "file", "file/var"])
def test_a_folder_that_nothing_can_be_written_to_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / place
    monkeypatch.setenv("VAR_DIR", str(folder))
    with pytest.raises(ImproperlyConfigured, match=rf"VAR_DIR must be a folder that can be written to: {folder} \("):
        kept_folder("VAR_DIR", tmp_path)


def test_the_key_that_another_process_of_the_same_number_writes_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    elsewhere = tmp_path / f"secret_key.{os.getpid()}"
    elsewhere.write_text("half of")
    key = secret_key(tmp_path)
    assert (secret_key(tmp_path), len(key), elsewhere.read_text()) == (key, 64, "half of")
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert len(list(tmp_path.iterdir())) == 2
