"""What is looked at before any command: that the pages can be told in both languages."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

HINT = "Run the command through make, or: pybabel compile --domain django --directory locale"


@register()
def translations_are_compiled(**_: Any) -> list[CheckMessage]:
    """A warning for each catalogue that is not compiled, or older than its text."""
    catalogues = [found for folder in settings.LOCALE_PATHS for found in Path(folder).glob("*/LC_MESSAGES/django.po")]
    return [
        Warning(
            f"The pages in {one.parent.parent.name} lack words: the catalogue is not compiled.", HINT, id="arweb.W001"
        )
        for one in catalogues
        if not is_compiled(one)
    ]


def is_compiled(catalogue: Path) -> bool:
    """Whether the compiled file is there and no older."""
    compiled = catalogue.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= catalogue.stat().st_mtime
