"""The words that models are asked with: a versioned file a stage and language, cut into named parts, read once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from inference.pipeline.key import digest_of

FOLDER = Path(__file__).parent
LANGUAGES = ("zh", "en")
"""The languages that prompts are written in; the first is the one of the texts judged."""
HEADING = re.compile(r"^=== (?P<name>.+) ===\n", re.MULTILINE)

NAME = re.compile(r"\A[a-z]+")


@dataclass(frozen=True)
class Prompt:
    """The parts of one prompt. `digest` changes with any character of it."""

    stage: str
    language: str
    parts: Mapping[str, str]
    digest: str

    def words(self, part: str, **values: object) -> str:
        """A part with its values in place; what a value holds is never read as a place for another."""
        return self._formats[part].format_map(values)

    @cached_property
    def _formats(self) -> Mapping[str, str]:
        return {name: _format(text) for name, text in self.parts.items()}


def _format(text: str) -> str:
    """A text with `$name` for places as `str.format` reads it, which is ten times as quick as a Template."""
    ends = text.replace("{", "{{").replace("}", "}}").split("$")
    return ends[0] + "".join(NAME.sub(r"{\g<0>}", end, count=1) for end in ends[1:])


@cache
def prompt(stage: str, language: str) -> Prompt:
    """The prompt of a stage. Raises ValueError for a language that there is none in."""
    if language not in LANGUAGES:
        raise ValueError(f"no prompts in {language!r}")
    text = (FOLDER / f"{stage}.{language}.md").read_text(encoding="utf-8")
    _before, *cut = HEADING.split(text)
    parts = {name: words.removesuffix("\n") for name, words in zip(cut[::2], cut[1::2], strict=True)}
    return Prompt(stage, language, parts, digest_of(text))
