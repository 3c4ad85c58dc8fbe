"""A title as the finders of tricks look at it: its name, its brands, and where each stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Hit, Kind
from inference.knowledge.words import COMPANY_WORDS
from inference.pipeline.brands import BRACKET
from inference.pipeline.reading import BRAND_SIGN, Reading, is_edge, kinds_named
from inference.pipeline.trace import Mention
from rules.engine.attributes import Attribute

LONGEST_TITLE = 500
"""Characters in which tricks are looked for; a longer title is no merchant's."""
COMPANY = re.compile(" ?(?:" + "|".join(map(re.escape, COMPANY_WORDS)) + ")")
RAW_BEHIND = re.compile("堂? ?(?:品质|优质|道地|的)? ?(?:原料|原材料|选料|用料|取材|选材)")
"""What stands behind a brand that only the ingredients come from."""
RAW_BEFORE = re.compile("(?:选用|采用|源自|取自|原料来自|原料:) ?$")
"""What stands before a brand that only the ingredients come from."""
BEHIND_OTHERS = re.compile(" ?(?:同款|同源|同厂|同成分|同配方|同品质|平替|替代|代替|搭档)")
"""What stands behind another product's name."""
BUNDLE = re.compile(r"\+|套装|组合|套餐")
"""Several products sold as one own all their names."""


@dataclass(frozen=True, slots=True)
class Title:
    """A title with what was recognised in it: where the brackets end and where the product's name stands."""

    text: str
    body: int
    start: int
    end: int
    hits: tuple[Hit, ...]
    brands: tuple[Hit, ...]
    names: tuple[str, ...]
    mentions: tuple[Mention, ...]
    lexicon: Lexicon


def title_of(product: Reading, lexicon: Lexicon) -> Title:
    """The title as the finders look at it."""
    brackets = BRACKET.match(product.text)
    body = brackets.end() if brackets else 0
    mentions = tuple(one for one in product.mentions if one.origin == "text" and one.end <= LONGEST_TITLE)
    named = [one for one in mentions if one.attribute is Attribute.CORE_NAME]
    start, end = (min(one.start for one in named), max(one.end for one in named)) if named else (-1, -1)
    hits = tuple(hit for hit in product.hits if hit.end <= LONGEST_TITLE)
    brands = tuple(hit for hit in hits if _is_brand(product.text, hit, hits))
    names = product.of(Attribute.CORE_NAME)
    return Title(product.text, body, start, end, hits, brands, names, mentions, lexicon)


def _is_brand(text: str, hit: Hit, hits: Sequence[Hit]) -> bool:
    """Whether a hit is surely meant as a brand: nothing else goes by the word, and no other word runs over it."""
    if kinds_named(hit) != {Kind.BRAND}:
        return False
    starts, ends = {other.start for other in hits}, {other.end for other in hits}
    if hit.start in ends and text[hit.start : hit.end] in COMPANY_WORDS:
        return False  # 同仁堂国药 is one name
    before = is_edge(text, hit.start) or hit.start in ends or bool(RAW_BEFORE.search(text, 0, hit.start))
    behind = is_edge(text, hit.end) or hit.end in starts or bool(COMPANY.match(text, hit.end))
    marked = bool(RAW_BEHIND.match(text, hit.end) or BEHIND_OTHERS.match(text, hit.end))
    return (before and behind) or (before and marked) or text.startswith(BRAND_SIGN, hit.end)
