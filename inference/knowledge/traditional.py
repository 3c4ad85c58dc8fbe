"""Traditional characters as simplified ones, a character for a character."""

import re
from functools import lru_cache

from opencc import OpenCC

CHINESE = re.compile(r"[\u3400-\u9fff]+")
CHEMISTRY = str.maketrans("醯", "酰")
"""What OpenCC leaves alone, since it is a word of its own outside of chemistry."""


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplified(text: str) -> str:
    """`text` of the same length in simplified characters; 乾 in 乾坤 and 著 in 著名 stay, as they are simplified too."""
    return CHINESE.sub(lambda match: _run(match[0]), text)


def _run(text: str) -> str:
    found = _converter().convert(text).translate(CHEMISTRY)
    return found if len(found) == len(text) else text
