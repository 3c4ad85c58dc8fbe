"""Whether a picture shows the brand that the title states."""

import re
from collections.abc import Iterable, Iterator

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Kind
from inference.pipeline.printed import CHINESE, Line, Printed
from inference.pipeline.reading import Reading, kinds_named
from inference.pipeline.resemble import SURE, lines_like, lines_with
from inference.pipeline.stated import (
    CERTAIN,
    GOODS_SAID,
    Shown,
    brand_medicines,
    brand_wordings,
    core_values,
    core_wordings,
    distinct,
    match_shown,
    stated,
)
from inference.pipeline.steps import AttributeMatch, Consistency
from rules.engine.attributes import Attribute

BRAND_SIZE = 0.25
"""Share of the largest text from which a line may be the brand."""
LONGEST_BRAND = 8
SIGNED = re.compile(r"^([\u3400-\u9fff]{2,5})(?:®|牌$)")


def match_brand(printed: Printed, product: Reading, lexicon: Lexicon) -> AttributeMatch | None:
    """The title's brand, or the firm behind it; or another brand where a brand stands. None if the title names none."""
    title = stated(product, Attribute.BRAND)
    if not title:
        return None
    own = brand_wordings(product, lexicon)
    lines = [line for line in printed.lines if line.text]
    same = [Shown(word, line) for word in own for line in lines_with(word, lines) if not _is_longer_brand(word, line)]
    same = same or [Shown(word, line) for word in own for line in lines_like(word, lines) if line.score < SURE]
    names = core_wordings(product, lexicon)
    if any(not _is_in_name(one, names) for one in same):
        return match_shown(Attribute.BRAND, Consistency.CONSISTENT, title, same[:4])
    makers = distinct(lexicon.brands[value].maker for value in title if value in lexicon.brands)
    if by_maker := [Shown(maker, line) for maker in makers for line in lines_with(maker, lines)]:
        return match_shown(Attribute.BRAND, Consistency.PARTLY, title, by_maker[:4])
    others = [one for one in _other_brands(lines, lexicon) if one.value not in product.text]
    if kin := [one for one in others if _is_kin(one.value, title, makers, lexicon)]:
        return match_shown(Attribute.BRAND, Consistency.PARTLY, title, kin)
    goods = {*core_values(product, lexicon), *brand_medicines(product, lexicon)}
    unclear = () if makers or brand_medicines(product, lexicon) else goods
    others = [one for one in others if one.value not in goods and _medicine_of(one.value, lexicon) not in unclear]
    if others:
        return match_shown(Attribute.BRAND, Consistency.INCONSISTENT, title, others)
    if same:
        return match_shown(Attribute.BRAND, Consistency.CONSISTENT, title, same[:4])
    return match_shown(Attribute.BRAND, Consistency.NOT_SHOWN, title)


def _is_in_name(one: Shown, names: Iterable[str]) -> bool:
    """Whether a brand stands only as the title's name or a part of it (云南白药气雾剂), which any maker's box may say."""
    alone = one.line.chinese <= len(one.value)
    return any(one.value == name or (one.value in name and not alone) for name in names)


def _is_longer_brand(word: str, line: Line) -> bool:
    """Whether the word is only a part of another brand's name there: 仁和 in 仁和堂."""
    start = line.text.find(word)
    end = start + len(word)
    return any(
        kinds_named(hit) == {Kind.BRAND}
        and hit.start <= start
        and end <= hit.end
        and hit.end - hit.start > len(word)
        and not any(word in entry.value for entry in hit.entries if len(entry.value) > len(word) + 1)
        for hit in line.names
    )


def _other_brands(lines: list[Line], lexicon: Lexicon) -> list[Shown]:
    """Brands that stand where a brand does: alone on a line, in front of the name, or signed as one."""
    found: dict[str, Shown] = {}
    for line in lines:
        if line.size < BRAND_SIZE or line.score < CERTAIN or (line.is_company and not _is_whole(line)):
            continue
        for value in _brands_of(line):
            found.setdefault(value, Shown(value, line))
    return list(found.values())


def _is_whole(line: Line) -> bool:
    """Whether the line is a brand from end to end, be it named like a firm (昆中药)."""
    return any(Kind.BRAND in kinds_named(hit) and hit.end - hit.start == len(line.text) for hit in line.names)


def _brands_of(line: Line) -> Iterator[str]:
    if signed := SIGNED.match(line.text):
        yield signed[1]
        return
    for hit in line.names:
        if Kind.BRAND not in kinds_named(hit) or kinds_named(hit) & GOODS_SAID:
            continue
        alone = line.chinese <= max(len(CHINESE.findall(line.text[hit.start : hit.end])), 1) and (
            len(line.text) <= hit.end - hit.start + LONGEST_BRAND
        )
        leads = hit.start == 0 and any(
            other.start == hit.end and Kind.MEDICINE in kinds_named(other) for other in line.names
        )
        if alone or leads:
            yield from (entry.value for entry in hit.entries if entry.kind is Kind.BRAND)


def _is_kin(brand: str, title: Iterable[str], makers: Iterable[str], lexicon: Lexicon) -> bool:
    """Whether two brands are of one house: one maker, or one the maker of the other."""
    row = lexicon.brands.get(brand)
    maker = row.maker if row else ""
    houses = [*makers, *title]
    return any(brand in house for house in houses) or (
        bool(maker) and any(house in maker or maker in house for house in houses if len(house) > 1)
    )


def _medicine_of(brand: str, lexicon: Lexicon) -> str:
    row = lexicon.brands.get(brand)
    return row.stands_for if row and row.stands_for else brand
