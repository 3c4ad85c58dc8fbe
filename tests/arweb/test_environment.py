"""Variables of the environment that name folders."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from arweb.environment import folders


def test_folders_are_split_at_commas_and_none_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert folders("MODEL_FOLDERS") == []
    monkeypatch.setenv("MODEL_FOLDERS", "/srv/models, /opt/models")
    assert folders("MODEL_FOLDERS") == ["/srv/models", "/opt/models"]


def test_a_folder_that_depends_on_where_one_starts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_FOLDERS", "models")

    with pytest.raises(ImproperlyConfigured, match="MODEL_FOLDERS must be folders like /srv/models, not 'models'"):
        folders("MODEL_FOLDERS")
