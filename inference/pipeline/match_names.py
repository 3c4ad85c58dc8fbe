"""Whether a picture shows the brand and the name that the title states."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Hit, Kind
from inference.pipeline.printed import CHINESE, Line, Printed
from inference.pipeline.reading import Reading, kinds_named, medicines_named
from inference.pipeline.relate import is_variant, single_ingredient
from inference.pipeline.resemble import lines_like, lines_with, share_in
from inference.pipeline.stated import (
    brand_medicines,
    brand_wordings,
    core_values,
    core_wordings,
    distinct,
    matched,
    stated,
)
from inference.pipeline.steps import AttributeMatch, Consistency
from rules.engine.attributes import Attribute

PROMINENT = 0.6
"""Share of the largest text from which a line may be the one that names the product."""
FINE_PRINT = 0.5
LARGE = 0.85
BRAND_SIZE = 0.25
"""Share of the largest text from which a line may be the brand."""
CERTAIN = 0.8
"""Score from which a word may contradict a title."""
HALF = 0.5
CLAIM = 0.7
"""Share of a line's Chinese characters that a name and what goes with it make up, if the line is that name."""
LONGEST_BRAND = 8
SIGNED = re.compile(r"^([\u3400-\u9fff]{2,5})(?:®|牌$)")
QUALIFIERS = ("复方", "小儿", "儿童", "婴儿")
"""What makes another medicine of a name when it stands in front."""
NOT_A_NAME = frozenset({Kind.BRAND, Kind.EFFICACY, Kind.NEED, Kind.CATEGORY, Kind.POPULATION, Kind.REGION})


@dataclass(frozen=True, slots=True)
class Shown:
    """What a line shows of an attribute."""

    value: str
    line: Line


def match_brand(printed: Printed, product: Reading, lexicon: Lexicon) -> AttributeMatch | None:
    """The title's brand, or the firm behind it; or another brand where a brand stands. None if the title names none."""
    title = stated(product, Attribute.BRAND)
    if not title:
        return None
    own = brand_wordings(product, lexicon)
    lines = [line for line in printed.lines if line.text]
    same = [Shown(word, line) for word in own for line in lines_with(word, lines) if not _is_longer_brand(word, line)]
    same = same or [Shown(word, line) for word in own for line in lines_like(word, lines)]
    if same:
        return _match(Attribute.BRAND, Consistency.CONSISTENT, title, same[:4])
    makers = distinct(lexicon.brands[value].maker for value in title if value in lexicon.brands)
    if by_maker := [Shown(maker, line) for maker in makers for line in lines_with(maker, lines)]:
        return _match(Attribute.BRAND, Consistency.PARTLY, title, by_maker[:4])
    others = [one for one in _other_brands(lines, lexicon) if one.value not in product.text]
    if kin := [one for one in others if _is_kin(one.value, title, makers, lexicon)]:
        return _match(Attribute.BRAND, Consistency.PARTLY, title, kin)
    goods = {*core_values(product, lexicon), *brand_medicines(product, lexicon)}
    unclear = () if makers or brand_medicines(product, lexicon) else goods
    others = [one for one in others if one.value not in goods and _medicine_of(one.value, lexicon) not in unclear]
    if others:
        return _match(Attribute.BRAND, Consistency.INCONSISTENT, title, others)
    return matched(Attribute.BRAND, Consistency.NOT_SHOWN, title)


def _match(attribute: Attribute, consistency: Consistency, title: Iterable[str], shown: list[Shown]) -> AttributeMatch:
    words = (word for one in shown for word in one.line.words)
    return matched(attribute, consistency, title, (one.value for one in shown), words)


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
        if Kind.BRAND not in kinds_named(hit) or kinds_named(hit) & (NOT_A_NAME - {Kind.BRAND}):
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


def match_core(printed: Printed, product: Reading, lexicon: Lexicon) -> AttributeMatch | None:
    """The title's core name under any of its names, a part or a variant of it, or another name where the name stands."""
    title = product.of(Attribute.CORE_NAME)
    if not title:
        return None
    own, values = core_wordings(product, lexicon), core_values(product, lexicon)
    lines = list(printed.lines)
    others = [one for one in _claimed(lines, lexicon) if not _is_own(one.value, own, values, product, lexicon)]
    named = [Shown(word, line) for word in own for line in lines_with(word, lines) if _names(word, line, values)]
    same = [one for one in named if not _qualified(one, product)]
    if same and not _outweighed(same, others):
        return _match(Attribute.CORE_NAME, Consistency.CONSISTENT, title, same[:4])
    if in_title := [Shown(line.text, line) for line in lines if _is_name_in_title(line, product)]:
        return _match(Attribute.CORE_NAME, Consistency.CONSISTENT, title, in_title[:2])
    if like := [Shown(word, line) for word in own for line in lines_like(word, lines)]:
        return _match(Attribute.CORE_NAME, Consistency.CONSISTENT, title, like[:4])
    return _part_or_other(lines, title, own, values, named, others, product, lexicon)


def _part_or_other(
    lines: list[Line],
    title: tuple[str, ...],
    own: tuple[str, ...],
    values: tuple[str, ...],
    named: list[Shown],
    others: list[Shown],
    product: Reading,
    lexicon: Lexicon,
) -> AttributeMatch:
    """What a picture shows of a name that does not stand on it as such."""
    variants = [one for one in others if any(_is_near(one.value, value, lexicon) for value in values)]
    if variants or (named and not others):
        return _match(Attribute.CORE_NAME, Consistency.PARTLY, title, (variants or named)[:4])
    if others:
        return _match(Attribute.CORE_NAME, Consistency.INCONSISTENT, title, others[:4])
    parts = [Shown(line.text, line) for line in lines if line.size >= FINE_PRINT and _has_half(own, line)]
    if parts:
        return _match(Attribute.CORE_NAME, Consistency.PARTLY, title, parts[:2])
    unknown = [one for one in _written_names(lines) if not set(one.value) & set("".join(own))]
    if unknown and not any(one.value in product.text for one in unknown):
        return _match(Attribute.CORE_NAME, Consistency.INCONSISTENT, title, unknown[:2])
    return matched(Attribute.CORE_NAME, Consistency.NOT_SHOWN, title)


def _names(word: str, line: Line, values: Iterable[str]) -> bool:
    """Whether a wording stands in a line as a name of its own, not as a part of another medicine's."""
    start = line.text.find(word)
    end = start + len(word)
    longer = (hit for hit in line.names if hit.start <= start and end <= hit.end and hit.end - hit.start > len(word))
    return not any(medicines_named(hit) and not set(medicines_named(hit)) & set(values) for hit in longer)


def _qualified(one: Shown, product: Reading) -> bool:
    """Whether the name has a word in front on the picture that makes another medicine of it, and the title has not."""
    at = one.line.text.find(one.value)
    return any(one.line.text[:at].endswith(word) and word not in product.text for word in QUALIFIERS)


def _outweighed(same: list[Shown], others: list[Shown]) -> bool:
    """Whether the name stands in fine print only, and another name in the largest letters."""
    largest = max(one.line.size for one in same)
    return largest < FINE_PRINT and any(one.line.size >= max(LARGE, 1.6 * largest) for one in others)


def _claimed(lines: Iterable[Line], lexicon: Lexicon) -> list[Shown]:
    """The medicines in whose name large lines consist."""
    found: dict[str, Shown] = {}
    for line in lines:
        if line.size < PROMINENT or line.score < CERTAIN or line.is_company:
            continue
        hits = [hit for hit in line.names if _is_medicine(hit, line)]
        if hits and _covered(line) >= CLAIM:
            for name in medicines_named(hits[0]):
                found.setdefault(name, Shown(name, line))
    return list(found.values())


def _is_medicine(hit: Hit, line: Line) -> bool:
    """Whether a hit names a medicine there; what is a brand as well does so in front of a form (云南白药酊)."""
    kinds = kinds_named(hit)
    return Kind.MEDICINE in kinds and (Kind.BRAND not in kinds or any(form.start == hit.end for form in line.forms))


def _covered(line: Line) -> float:
    """Share of a line's Chinese characters in names and forms."""
    taken = {at for hit in (*line.names, *line.forms) for at in range(hit.start, hit.end)}
    places = [match.start() for match in CHINESE.finditer(line.text)]
    return sum(at in taken for at in places) / len(places) if places else 0.0


def _is_own(name: str, own: Iterable[str], values: Iterable[str], product: Reading, lexicon: Lexicon) -> bool:
    """Whether a medicine is one that the title names, under whatever name."""
    if name in values or name in product.text or name in own or name in brand_medicines(product, lexicon):
        return True
    row = lexicon.medicines.get(name)
    if row and any(len(alias) > 1 and alias in product.text for alias in row.aliases):
        return True
    single = single_ingredient(name, lexicon)
    return bool(single) and any(single_ingredient(value, lexicon) == single for value in values)


def _is_near(one: str, other: str, lexicon: Lexicon) -> bool:
    """Whether a name is a variant of the title's, or has it in it."""
    return is_variant(one, other, lexicon) or (len(other) > 2 and other in one) or (len(one) > 2 and one in other)


def _has_half(own: Iterable[str], line: Line) -> bool:
    return any(len(word) > 2 and share_in(word, line.text) >= HALF for word in own)


def _is_name_in_title(line: Line, product: Reading) -> bool:
    """Whether a large line, which is more than a brand, a use or a form, stands in the title as it is."""
    if line.size < FINE_PRINT or line.chinese < 3 or line.text not in product.text:
        return False
    brands = product.of(Attribute.BRAND)
    known = {at for hit in (*line.names, *line.forms) if _is_no_name(hit, brands) for at in range(hit.start, hit.end)}
    return len([match for match in CHINESE.finditer(line.text) if match.start() not in known]) >= 2


def _is_no_name(hit: Hit, brands: Iterable[str]) -> bool:
    """Whether a hit says no name: a form, a use, or the title's brand, be that a medicine's name as well."""
    kinds = kinds_named(hit)
    if Kind.BRAND in kinds and any(entry.value in brands for entry in hit.entries):
        return True
    return Kind.FORM in kinds or bool(kinds & NOT_A_NAME and Kind.MEDICINE not in kinds)


def _written_names(lines: Iterable[Line]) -> Iterator[Shown]:
    """Names that nothing is known of: the largest line, where it ends in a dosage form."""
    for line in lines:
        if line.size < LARGE or line.score < 0.9 or line.is_company or len(line.words) > 1:
            continue
        ends = [hit for hit in line.forms if hit.end == len(line.text)]
        if not ends:
            continue
        brands = [hit.end for hit in line.names if hit.start == 0 and kinds_named(hit) == {Kind.BRAND}]
        name = line.text[max(brands, default=0) : ends[-1].start]
        if len(name) >= 3 and len(CHINESE.findall(name)) == len(name):
            yield Shown(name, line)
