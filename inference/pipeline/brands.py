"""Brands: when a word holds one (仁和药业 holds 仁和, 仁和堂 is another), and when two are of one maker."""

import re
from functools import lru_cache

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.makers import bare_maker

BRACKET = re.compile(r"^\s*[\[【](?P<brand>[^\]】]{1,60})[\]】]+\s*")
"""A brand in brackets at the head of a title."""
SAME_BRAND_TAILS = frozenset("股和牌集医药制")
"""A single character that a cut-off company name leaves behind a brand; any other makes another word of it."""


def beside_brand(word: str, brand: str) -> str | None:
    """What stands beside a brand that `word` begins or ends with; None where it is no whole brand in there."""
    if word.startswith(brand):
        left = word[len(brand) :]
        return None if len(left) == 1 and left not in SAME_BRAND_TAILS and left.isalnum() else left
    if word.endswith(brand):
        left = word[: -len(brand)]
        return None if len(left) == 1 else left
    return None


def begins_or_ends(word: str, brand: str) -> bool:
    """Whether `word` is `brand`, or begins or ends with it as a brand."""
    return beside_brand(word, brand) is not None


@lru_cache(maxsize=4096)
def are_kin(one: str, other: str, lexicon: Lexicon) -> bool:
    """Whether two brands are one maker's as far as their names, aliases and makers tell."""
    firsts, seconds = _words_of(one, lexicon), _words_of(other, lexicon)
    return any(first in second or second in first for first in firsts for second in seconds)


def _words_of(brand: str, lexicon: Lexicon) -> frozenset[str]:
    """What a brand and its maker are called, without company words."""
    row = lexicon.brands.get(brand)
    words = (brand, *row.aliases, row.maker) if row else (brand,)
    return frozenset(bare for word in words if len(bare := bare_maker(word)) >= 2)
