"""Text of shoppers, merchants and documents as a model may see it: between marks that it cannot write itself."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from inference.pipeline.instructing_words import BRACKETED

MARKS = str.maketrans({"<": "＜", ">": "＞"})
"""Neither the marks around data nor a server's own control words (`<|im_end|>`) can be written without these."""
BRACKETS = re.compile(
    rf"\[(/?(?:{BRACKETED}|img|audio|think|args|prefix|middle|suffix|transcribe|mask|cls|sep|pad|unk))\]", re.IGNORECASE
)
"""Control words in square brackets, as the chat templates of Llama 2, Mistral, GLM and InternLM have them."""
UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})
"""Characters that no reader sees, in which words could hide, and halves of characters that no server takes."""
TEXTS_KEPT = 8192
"""Texts kept as they were made: pairs of one query or one product share nearly all of theirs."""


def fenced(name: str, lines: Iterable[str]) -> str:
    """The lines as data of that name. A line holds no line break, so that no text can look like two of them."""
    return "\n".join((f'<data name="{name}">', *(as_data(line) for line in lines), "</data>"))


@lru_cache(maxsize=TEXTS_KEPT)
def as_data(text: str, most: int | None = None) -> str:
    """A text on one line, without what could end its fence and without what nobody sees."""
    seen = text if text.isprintable() else "".join(map(_seen, text))  # nearly all texts are, and this runs a lot
    line = " ".join(seen.split()).translate(MARKS)
    if "[" in line:
        line = BRACKETS.sub(r"［\1］", line)
    return line if most is None or len(line) <= most else line[: most - 1] + "…"


def _seen(character: str) -> str:
    if character.isspace():
        return " "
    return "" if is_unseen(character) else character


def is_unseen(character: str) -> bool:
    """Whether a character shows nothing."""
    return unicodedata.category(character) in UNSEEN
