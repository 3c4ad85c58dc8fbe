"""Traditional characters as simplified ones, a character for a character."""

import re
from functools import cache, lru_cache

from opencc import OpenCC

CHINESE = re.compile(r"[\u3400-\u9fff]+")
EITHER = frozenset("醯乾後於菸徵夥麴薹麽")
"""Traditional characters that the character set of simplified Chinese has as well."""
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
    if len(found) != len(text):
        return text
    return "".join(old if is_simplified(old) else new for old, new in zip(text, found, strict=True))


@cache
def is_simplified(character: str) -> bool:
    """Whether a character is among those of simplified Chinese (GB 2312), but for those that may be either.

    坏 is also a rare traditional character for 坯; nobody means that.
    """
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return character not in EITHER
