"""The words that models are asked with: a versioned file a stage and language, cut into named parts, read once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from inference.pipeline.key import digest_of

FOLDER = Path(__file__).parent
LANGUAGES = ("zh", "en")
"""The languages that prompts are written in; the first is the one of the texts judged."""
HEADING = re.compile(r"^=== (?P<name>.+) ===\n", re.MULTILINE)


@dataclass(frozen=True)
class Prompt:
    """The parts of one prompt. `digest` changes with any character of it."""

    stage: str
    language: str
    parts: Mapping[str, str]
    digest: str

    def words(self, part: str, **values: object) -> str:
        """A part with its values in place; what a value holds is never read as a place for another."""
        return Template(self.parts[part]).substitute({name: str(value) for name, value in values.items()})


@cache
def prompt(stage: str, language: str) -> Prompt:
    """The prompt of a stage. Raises ValueError for a language that there is none in."""
    if language not in LANGUAGES:
        raise ValueError(f"no prompts in {language!r}")
    text = (FOLDER / f"{stage}.{language}.md").read_text(encoding="utf-8")
    _before, *cut = HEADING.split(text)
    parts = {name: words.removesuffix("\n") for name, words in zip(cut[::2], cut[1::2], strict=True)}
    return Prompt(stage, language, parts, digest_of(text))
