"""What a problem of a content is, and the kinds that are found in text."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rules.engine.attributes import gettext_noop


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a content can't be published.

    `message` is the key of its translation, to be filled with `params`; `field` is the part of the form it
    belongs to: `title`, `conditions`, `conditions-<n>`, `effect`, `level`, `attributes`, `valid_until`,
    `examples-<n>`... with n counted from 0.
    """

    code: str
    message: str
    params: Mapping[str, int] = field(default_factory=dict)
    field: str = ""


OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of writing, and can make a text read as something else."""


def text_problems(text: str, field: str, *, most: int, lines: bool = False) -> Iterator[Problem]:
    """Whether a text is too long or holds characters that can't be seen. `lines`: it may have several."""
    if len(text) > most:
        message = gettext_noop("This is too long: at most %(most)d characters.")
        yield Problem("too_long", message, {"most": most}, field)
    if any(_is_hidden(one) and not (lines and one in "\n\r\t") for one in text):
        message = gettext_noop("This holds control characters; remove them.")
        yield Problem("control_characters", message, field=field)


def count_problems(count: int, field: str, *, most: int) -> Iterator[Problem]:
    """Whether there are more of something than may be."""
    if count > most:
        yield Problem("too_many", gettext_noop("Too many: at most %(most)d."), {"most": most}, field)


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or character in OVERRIDES
