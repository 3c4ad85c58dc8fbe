"""Reading a product: its title first, then what the catalogue gives, then what is known of the names found."""

import re
from dataclasses import dataclass

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.makers import PLACE, bare_maker
from inference.knowledge.records import Hit, Kind
from inference.knowledge.scan import longest
from inference.pipeline.brands import BRACKET, SAME_BRAND_TAILS
from inference.pipeline.case import Case
from inference.pipeline.read_given import take_given
from inference.pipeline.reading import (
    Gathered,
    Reading,
    add_medicine,
    kinds_named,
    leftovers,
    read_forms,
    read_names,
    read_strengths,
    without_salts,
)
from inference.pipeline.uses import fitting
from rules.engine.attributes import Attribute

NAME_ENDS = re.compile(r"[\s\d(（\[【*,，、/:;+]")
WARNING = re.compile(r"[^\s,，;；。]{0,4}(?:禁[用止服忌]|慎用|忌用|忌服|不宜|不可|勿用|勿服)")
NO_BRAND = re.compile(
    r"[\W_]*|[含无](?:糖|甘油|碘|氟|药|酒精|蔗糖)|.*[型装]|正品.*|官方.*|.*包邮|进口|国产|新品|otc|rx|非?处方药|医疗器械|中药"
)
"""What shops write in brackets that is no brand."""
LONGEST_READ = 2000
"""Characters of a title in which words are recognised; no merchant's is longer."""
MOST_WORDS = 50
BRAND_SIGN = re.compile(r"([^\W\d_]{2,6})牌 ?(?=[^\W\d_]{2})")
"""A brand in front of a name with the sign of one: 仙鹤牌."""
IN_FRONT = frozenset({Kind.BRAND, Kind.REGION})


@dataclass(frozen=True, slots=True)
class Brackets:
    """The brand in front of a title, and where the title proper starts."""

    brand: str
    start: int
    body: int


def read_product(case: Case, text: str, lexicon: Lexicon) -> Reading:
    """What the normalised title says the product is, with what the catalogue and the lexicon add."""
    title = text[:LONGEST_READ]
    brackets = brackets_of(title)
    hits = without_overlapped(read_names(title, lexicon), longest(lexicon.form_hits(title)))
    forms = [hit for hit in read_forms(title, lexicon, hits) if hit.start >= brackets.body]
    strengths = list(read_strengths(title))
    gathered = Gathered()
    maker = _take_brands(gathered, title, brackets, hits, lexicon)
    near = _take_core(gathered, title, brackets, hits, forms, lexicon)
    _take_words(gathered, [hit for hit in hits if hit.start >= brackets.body and not is_warning(title, hit)], lexicon)
    for hit in forms:
        gathered.add(Attribute.DOSAGE_FORM, hit.entries[0].value, hit.start, hit.end)
    for start, end, strength in strengths:
        gathered.add(Attribute.STRENGTH, strength, start, end)
    take_given(gathered, case, lexicon)
    _take_known(gathered, lexicon)
    taken = [(h.start, h.end) for h in (*hits, *forms)] + [(start, end) for start, end, _ in strengths]
    rest = tuple(word for _, _, word in leftovers(title, taken))[:MOST_WORDS]
    reading = Reading(text, tuple(gathered.mentions), gathered.frozen_values(), rest, near, maker, hits=tuple(hits))
    return fitting(reading, lexicon)


def without_overlapped(hits: list[Hit], forms: list[Hit]) -> list[Hit]:
    """The hits but for short ones that begin inside a dosage form: 药膏药品 says 药膏, not 膏药."""
    inside = {at for form in forms for at in range(form.start + 1, form.end)}
    ends = {at for form in forms for at in range(form.start, form.end)}
    return [hit for hit in hits if hit.end - hit.start > 2 or hit.start not in inside or hit.end - 1 in ends]


def is_warning(title: str, hit: Hit) -> bool:
    """Whether a title says whom it is not for: 孕妇禁用."""
    return Kind.POPULATION in kinds_named(hit) and WARNING.match(title, hit.end) is not None


def brackets_of(title: str) -> Brackets:
    """The brand in leading brackets, or an empty one."""
    match = BRACKET.match(title)
    if match is None:
        return Brackets("", 0, 0)
    brand = match["brand"].strip()
    return Brackets("" if NO_BRAND.fullmatch(brand) else brand, match.start("brand"), match.end())


def _take_brands(gathered: Gathered, title: str, brackets: Brackets, hits: list[Hit], lexicon: Lexicon) -> str:
    """Brands in the brackets and a trade name behind them, or else in the title; the maker's bare name is returned."""
    inside = [hit for hit in hits if hit.end <= brackets.body]
    for hit in inside:
        if _is_whole_brand(brackets, hit):
            _take_brand(gathered, hit)
    if brackets.brand and Attribute.BRAND not in gathered.values:
        start = brackets.start
        gathered.add(Attribute.BRAND, brackets.brand, start, start + len(brackets.brand))
    for hit in hits:
        if not inside or (hit.start == brackets.body and any(_stands_for(e.value, lexicon) for e in hit.entries)):
            _take_brand(gathered, hit)
    if Attribute.BRAND not in gathered.values and (sign := BRAND_SIGN.match(title, brackets.body)):
        gathered.add(Attribute.BRAND, sign[1], sign.start(1), sign.end(1))
    return bare_maker(brackets.brand)


def _take_brand(gathered: Gathered, hit: Hit) -> None:
    for entry in hit.entries:
        if entry.kind is Kind.BRAND:
            gathered.add(Attribute.BRAND, entry.value, hit.start, hit.end)


def _is_whole_brand(brackets: Brackets, hit: Hit) -> bool:
    """Whether what surrounds a brand in the brackets leaves it that brand: 仁和堂 is not 仁和."""
    start, end = hit.start - brackets.start, hit.end - brackets.start
    before, after = brackets.brand[:start], brackets.brand[end:]
    before_ok = not before or len(PLACE.sub("", before)) != 1
    return before_ok and (len(after) != 1 or after in SAME_BRAND_TAILS or not after.isalnum())


def _take_core(
    gathered: Gathered, title: str, brackets: Brackets, hits: list[Hit], forms: list[Hit], lexicon: Lexicon
) -> tuple[str, ...]:
    """The medicine the title names first, or its name as written; returns medicines that are part of that name."""
    named = [hit for hit in hits if hit.start >= brackets.body and _is_core(title, hit, hits)]
    named = named or [hit for hit in hits if _is_core(title, hit, hits)]
    if named and _head_is_name(title, brackets, named[0], hits, forms):
        named = []
    if named:
        first = named[0]
        stop = NAME_ENDS.search(title, first.end)
        chunk = [hit for hit in named if stop is None or hit.start <= stop.start()]
        extra = _surplus(title, brackets, first, chunk[-1], hits, forms)
        names = [entry.value for hit in chunk for entry in hit.entries if entry.kind is Kind.MEDICINE]
        if extra:
            written = title[first.start - len(extra[0]) : chunk[-1].end + len(extra[1])]
            gathered.add(Attribute.CORE_NAME, written, first.start - len(extra[0]), chunk[-1].end + len(extra[1]))
            for name in names:
                add_medicine(gathered, lexicon, name, first.start, first.end)
            return tuple(names)
        for hit in chunk:
            for entry in hit.entries:
                if entry.kind is Kind.MEDICINE:
                    gathered.add(Attribute.CORE_NAME, entry.value, hit.start, hit.end)
                    add_medicine(gathered, lexicon, entry.value, hit.start, hit.end)
        return ()
    if brands := [b for b in gathered.values.get(Attribute.BRAND, {}) if _stands_for(b, lexicon)]:
        medicine = _stands_for(brands[0], lexicon)
        gathered.add(Attribute.CORE_NAME, medicine, origin="knowledge")
        add_medicine(gathered, lexicon, medicine, 0, 0)
        return ()
    _take_written_name(gathered, title, brackets, hits, forms)
    return ()


def _head_is_name(title: str, brackets: Brackets, first: Hit, hits: list[Hit], forms: list[Hit]) -> bool:
    """Whether the title opens with an unknown name and its dosage form, so that names behind are only told of it."""
    ends = NAME_ENDS.search(title, brackets.body)
    stop = ends.start() if ends else len(title)
    if first.start < stop or any(hit.start < stop for hit in hits if hit.start >= brackets.body):
        return False
    return any(brackets.body + 2 <= hit.start and hit.end == stop for hit in forms)


def _stands_for(brand: str, lexicon: Lexicon) -> str:
    row = lexicon.brands.get(brand)
    return row.stands_for if row else ""


def _is_core(title: str, hit: Hit, hits: list[Hit]) -> bool:
    """Whether a hit names the product: a brand that is a medicine's name as well does so with no goods right behind."""
    kinds = kinds_named(hit)
    if Kind.MEDICINE not in kinds:
        return False
    if Kind.BRAND not in kinds:
        return True
    behind = (other for other in hits if other.start > hit.start and _is_right_behind(title, hit, other))
    return not any(kinds_named(other) & {Kind.MEDICINE, Kind.CATEGORY} for other in behind)


def _is_right_behind(title: str, hit: Hit, other: Hit) -> bool:
    """Whether nothing but a blank, or words of the same name, stand between two hits."""
    return not title[hit.end : other.start].strip() or not NAME_ENDS.search(title, hit.end, other.start)


def _surplus(
    title: str, brackets: Brackets, first: Hit, last: Hit, hits: list[Hit], forms: list[Hit]
) -> tuple[str, str] | None:
    """Unrecognised characters that touch the name in front or behind and make another name of it, if any."""
    taken = [(hit.start, hit.end) for hit in (*hits, *forms)]
    rest = without_salts(leftovers(title, taken), hits)
    before = next((word for start, end, word in rest if end == first.start and start >= brackets.body), "")
    if before and (not brackets.brand or "牌" in before):
        before = ""
    form_starts = {hit.start for hit in forms}
    after = next((word for start, end, word in rest if start == last.end and end in form_starts), "")
    return (before, after) if before or after else None


def _take_written_name(gathered: Gathered, title: str, brackets: Brackets, hits: list[Hit], forms: list[Hit]) -> None:
    """The name as the title writes it: what stands between the brand and the dosage form."""
    start = _behind_brands(title, brackets, hits)
    end = NAME_ENDS.search(title, start)
    stop = end.start() if end else len(title)
    form = next((hit for hit in forms if hit.end <= stop and hit.start > start), None)
    until = form.start if form and form.start - start >= 2 else form.end if form else stop
    if 2 <= until - start <= 20:
        gathered.add(Attribute.CORE_NAME, title[start:until], start, until)


def _behind_brands(title: str, brackets: Brackets, hits: list[Hit]) -> int:
    """Where the name begins: behind the brands, places and shopping words in front of it, unless nothing is left."""
    start = brackets.body
    if sign := BRAND_SIGN.match(title, start):
        return sign.end()
    while hit := next((hit for hit in hits if hit.start == start and kinds_named(hit) <= IN_FRONT), None):
        rest = title[hit.end :].lstrip(" 牌")
        glued = len(title) - len(rest) == hit.end
        if len(rest) < 2 or not rest[0].isalpha() or (glued and brackets.brand):
            break  # behind a brand in brackets a word may only begin like another brand: 千金藤啶碱
        start = len(title) - len(rest)
    return start


def _take_words(gathered: Gathered, hits: list[Hit], lexicon: Lexicon) -> None:
    for hit in hits:
        for entry in hit.entries:
            match entry.kind:
                case Kind.EFFICACY:
                    gathered.add(Attribute.EFFICACY, entry.value, hit.start, hit.end)
                case Kind.NEED:
                    need = lexicon.needs[entry.value]
                    for term in need.efficacy:
                        gathered.add(Attribute.EFFICACY, term, hit.start, hit.end)
                    for category in need.category:
                        gathered.add(Attribute.CATEGORY, category, hit.start, hit.end)
                case Kind.CATEGORY:
                    gathered.add(Attribute.CATEGORY, entry.value, hit.start, hit.end)
                case Kind.POPULATION:
                    gathered.add(Attribute.POPULATION, entry.value, hit.start, hit.end)
                case Kind.REGION:
                    gathered.add(Attribute.REGION, entry.value, hit.start, hit.end)


def _take_known(gathered: Gathered, lexicon: Lexicon) -> None:
    """What the names found imply: the efficacy of a category where nothing says more, form and audience."""
    names = list(gathered.values.get(Attribute.CORE_NAME, {}))
    for medicine in [lexicon.medicines[name] for name in names if name in lexicon.medicines]:
        if Attribute.DOSAGE_FORM not in gathered.values and len(medicine.forms) == 1:
            gathered.add(Attribute.DOSAGE_FORM, medicine.forms[0], origin="knowledge")
        for population in medicine.population:
            gathered.add(Attribute.POPULATION, population, origin="knowledge")
    if Attribute.EFFICACY in gathered.values:
        return
    for category in list(gathered.values.get(Attribute.CATEGORY, {})):
        for term in lexicon.efficacy_of_category(category):
            gathered.add(Attribute.EFFICACY, term, origin="knowledge")
