"""What a problem of a content is, and the kinds that are found in text."""

import re
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


OVERRIDES = r"\u202a-\u202e\u2066-\u2069"
"""Characters that turn the direction of writing, and can make a text read as something else."""
HIDDEN = re.compile(rf"[\x00-\x1f\x7f-\x9f\ud800-\udfff{OVERRIDES}]")
"""Those, control characters (Cc) and halves of characters (Cs)."""
HIDDEN_IN_LINES = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{OVERRIDES}]")
"""The same without tabulators and line ends."""


def text_problems(text: str, field: str, *, most: int, lines: bool = False) -> Iterator[Problem]:
    """Whether a text is too long or holds characters that can't be seen. `lines`: it may have several."""
    if len(text) > most:
        message = gettext_noop("This is too long: at most %(most)d characters.")
        yield Problem("too_long", message, {"most": most}, field)
    if (HIDDEN_IN_LINES if lines else HIDDEN).search(text):
        message = gettext_noop("This holds control characters; remove them.")
        yield Problem("control_characters", message, field=field)


def count_problems(count: int, field: str, *, most: int) -> Iterator[Problem]:
    """Whether there are more of something than may be."""
    if count > most:
        yield Problem("too_many", gettext_noop("Too many: at most %(most)d."), {"most": most}, field)
