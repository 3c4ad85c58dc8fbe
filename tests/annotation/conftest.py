"""What the tests of the catalogue share."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def scratch(settings: object, tmp_path: Path) -> None:
    """Uploads and images of a test go where the test does."""
    settings.UPLOAD_ROOT = tmp_path / "uploads"
    settings.MEDIA_ROOT = tmp_path / "media"
