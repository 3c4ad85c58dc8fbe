"""Whether a picture shows the name that the title states."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Hit, Kind
from inference.pipeline.printed import CHINESE, Line, Printed
from inference.pipeline.reading import Reading, kinds_named, medicines_named
from inference.pipeline.relate import is_variant, single_ingredient
from inference.pipeline.resemble import lines_like, lines_with, share_in
from inference.pipeline.stated import (
    CERTAIN,
    FINE_PRINT,
    GOODS_SAID,
    PROMINENT,
    Shown,
    brand_medicines,
    brand_wordings,
    core_values,
    core_wordings,
    match_shown,
)
from inference.pipeline.steps import AttributeMatch, Consistency
from rules.engine.attributes import Attribute

LARGE = 0.85
"""Share of the largest text from which a line is as large as any."""
READ_WELL = 0.9
"""Score from which a name that nothing is known of is taken as it was read."""
HALF = 0.5
CLAIM = 0.7
"""Share of a line's Chinese characters that a name and what goes with it make up, if the line is that name."""
OUTWEIGHED = 1.6
"""How many times larger than the title's name another name is that outweighs it."""
QUALIFIERS = ("复方", "小儿", "儿童", "婴儿")
"""What makes another medicine of a name when it stands in front."""


@dataclass(frozen=True, slots=True)
class Sought:
    """The title's core names: as read, in every wording, and as medicines, with the title they are from."""

    title: tuple[str, ...]
    wordings: tuple[str, ...]
    values: tuple[str, ...]
    product: Reading
    lexicon: Lexicon

    def match(self, consistency: Consistency, shown: Iterable[Shown] = ()) -> AttributeMatch:
        """The match of the core name."""
        return match_shown(Attribute.CORE_NAME, consistency, self.title, shown)


def match_core(printed: Printed, product: Reading, lexicon: Lexicon) -> AttributeMatch | None:
    """The title's core name under any of its names, a part or a variant of it, or another name where the name stands."""
    if not product.of(Attribute.CORE_NAME):
        return None
    sought = Sought(
        title=product.of(Attribute.CORE_NAME),
        wordings=core_wordings(product, lexicon),
        values=core_values(product, lexicon),
        product=product,
        lexicon=lexicon,
    )
    lines = printed.lines
    others = [one for one in _claimed(lines) if not _is_own(one.value, sought)]
    named = [Shown(word, line) for word in sought.wordings for line in lines_with(word, lines)]
    named = [one for one in named if _names(one, sought)]
    same = [one for one in named if not _qualified(one, product)]
    if others:  # a brand that is a medicine's name as well names the brand then
        brands = brand_wordings(product, lexicon)
        same = [one for one in same if not any(one.value in brand for brand in brands)]
    if same and not _outweighed(same, others):
        return sought.match(Consistency.CONSISTENT, same[:4])
    if in_title := [Shown(line.text, line) for line in lines if _is_name_in_title(line, product)]:
        return sought.match(Consistency.CONSISTENT, in_title[:2])
    if like := [Shown(word, line) for word in sought.wordings for line in lines_like(word, lines)]:
        return sought.match(Consistency.CONSISTENT, like[:4])
    return _part_or_other(lines, sought, named, others)


def _part_or_other(lines: Iterable[Line], sought: Sought, named: list[Shown], others: list[Shown]) -> AttributeMatch:
    """What a picture shows of a name that does not stand on it as such."""
    variants = [one for one in others if _is_near(one.value, sought)]
    if variants or (named and not others):
        return sought.match(Consistency.PARTLY, (variants or named)[:4])
    if others:
        return sought.match(Consistency.INCONSISTENT, others[:4])
    parts = [Shown(line.text, line) for line in lines if line.size >= FINE_PRINT and _has_half(line, sought)]
    if parts:
        return sought.match(Consistency.PARTLY, parts[:2])
    characters = set("".join(sought.wordings))
    unknown = [one for one in _written_names(lines) if not set(one.value) & characters]
    if unknown and not any(one.value in sought.product.text for one in unknown):
        return sought.match(Consistency.INCONSISTENT, unknown[:2])
    return sought.match(Consistency.NOT_SHOWN)


def _names(one: Shown, sought: Sought) -> bool:
    """Whether a wording stands in a line as a name of its own, not as a part of another medicine's."""
    start = one.line.text.find(one.value)
    end = start + len(one.value)
    longer = [
        hit for hit in one.line.names if hit.start <= start and end <= hit.end and hit.end - hit.start > end - start
    ]
    return not any(_names_another(hit, sought) for hit in longer)


def _names_another(hit: Hit, sought: Sought) -> bool:
    """Whether a hit names another medicine, or a brand that stands for none of the title's."""
    kinds = kinds_named(hit)
    if Kind.MEDICINE not in kinds and Kind.BRAND not in kinds:
        return False
    brands = (sought.lexicon.brands.get(entry.value) for entry in hit.entries if entry.kind is Kind.BRAND)
    meant = {*medicines_named(hit), *(row.stands_for for row in brands if row)}
    return not meant & set(sought.values)


def _qualified(one: Shown, product: Reading) -> bool:
    """Whether the name has a word in front on the picture that makes another medicine of it, and the title has not."""
    at = one.line.text.find(one.value)
    return any(one.line.text[:at].endswith(word) and word not in product.text for word in QUALIFIERS)


def _outweighed(same: list[Shown], others: list[Shown]) -> bool:
    """Whether the name stands in fine print only, and another name in the largest letters."""
    largest = max(one.line.size for one in same)
    return largest < FINE_PRINT and any(one.line.size >= max(LARGE, OUTWEIGHED * largest) for one in others)


def _claimed(lines: Iterable[Line]) -> list[Shown]:
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


def _is_own(name: str, sought: Sought) -> bool:
    """Whether a medicine is one that the title names, under whatever name."""
    product, lexicon = sought.product, sought.lexicon
    if name in product.text or name in (*sought.values, *sought.wordings, *brand_medicines(product, lexicon)):
        return True
    row = lexicon.medicines.get(name)
    if row and any(len(alias) > 1 and alias in product.text for alias in row.aliases):
        return True
    single = single_ingredient(name, lexicon)
    return bool(single) and any(single_ingredient(value, lexicon) == single for value in sought.values)


def _is_near(name: str, sought: Sought) -> bool:
    """Whether a name is a variant of one of the title's, or one has the other in it."""
    return any(
        is_variant(name, own, sought.lexicon) or (len(own) > 2 and own in name) or (len(name) > 2 and name in own)
        for own in sought.values
    )


def _has_half(line: Line, sought: Sought) -> bool:
    return any(len(word) > 2 and share_in(word, line.text) >= HALF for word in sought.wordings)


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
    return Kind.FORM in kinds or bool(kinds & (GOODS_SAID | {Kind.BRAND}) and Kind.MEDICINE not in kinds)


def _written_names(lines: Iterable[Line]) -> Iterator[Shown]:
    """Names that nothing is known of: the largest line, where it ends in a dosage form."""
    for line in lines:
        if line.size < LARGE or line.score < READ_WELL or line.is_company or len(line.words) > 1:
            continue
        ends = [hit for hit in line.forms if hit.end == len(line.text)]
        if not ends:
            continue
        brands = [hit.end for hit in line.names if hit.start == 0 and kinds_named(hit) == {Kind.BRAND}]
        name = line.text[max(brands, default=0) : ends[-1].start]
        if len(name) >= 3 and len(CHINESE.findall(name)) == len(name):
            yield Shown(name, line)
