"""Brands and names in a title that are said of other products: compared with, made of, or set beside its own."""

import re
from collections.abc import Iterator, Sequence

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Hit, Kind
from inference.pipeline.brands import are_kin
from inference.pipeline.reading import BRAND_SIGN, is_edge
from inference.pipeline.steps import Trick
from inference.pipeline.title_words import BEHIND_OTHERS, BUNDLE, COMPANY, LONGEST_TITLE, RAW_BEFORE, RAW_BEHIND, Title
from rules.engine.attributes import Attribute

BEFORE_OTHERS = re.compile(
    r"(?:可以?搭配|搭配|可?配合|媲美|堪比|比肩|对标|胜过|优于|超越|赛过|类似于?|平替|可?替代|可?代替|取代|非) ?"
)
"""What stands before another product's name."""
SUBSTITUTES = ("平替", "替代", "代替")
"""What may stand behind the other name as well, and then says nothing of what follows."""
COMPANIES = ("药业", "制药", "医药", "集团", "公司", "药厂")
SHOP = re.compile("店|房|商城|超市|馆|直营|专营|自营|发货|包邮")
HOUSE = re.compile(r"[㐀-鿿]{2,3}堂")
"""An old pharmacy's name, known or not."""


def comparisons(title: Title) -> Iterator[Trick]:
    """Names behind words such as 媲美 and 可搭配, and before words such as 同款."""
    if BUNDLE.search(title.text):
        return
    by_start = {hit.start: hit for hit in title.hits}
    by_end = {hit.end: hit for hit in title.hits}
    for match in BEFORE_OTHERS.finditer(title.text, title.body):
        if match[0].strip().endswith(SUBSTITUTES) and match.start() in by_end:
            continue
        at = match.end()
        while hit := by_start.get(at):
            yield from _claimed(title, hit, "comparison")
            at = hit.end
    for match in BEHIND_OTHERS.finditer(title.text, title.body):
        at = match.start()
        while (hit := by_end.get(at)) and hit.start >= title.body:
            yield from _claimed(title, hit, "comparison")
            at = hit.start


def _claimed(title: Title, hit: Hit, kind: str) -> Iterator[Trick]:
    """The brand or the medicine of a hit as a claim."""
    for entry in hit.entries:
        attribute = {Kind.BRAND: Attribute.BRAND, Kind.MEDICINE: Attribute.CORE_NAME}.get(entry.kind)
        if attribute:
            against = next((name for name in title.names if name != entry.value), "")
            yield Trick(kind, attribute, entry.value, hit.start, hit.end, against)
            return


def raw_materials(title: Title) -> Iterator[Trick]:
    """Brands that only the ingredients are said to come from: 同仁 原料."""
    for hit in title.brands:
        told = RAW_BEHIND.match(title.text, hit.end) or RAW_BEFORE.search(title.text, 0, hit.start)
        if hit.start >= title.body and told:
            yield Trick("raw_material", Attribute.BRAND, hit.entries[0].value, hit.start, hit.end)
    for match in re.finditer(r"(?:^|(?<= ))([㐀-鿿]{2,3}) ?原料", title.text[title.body : LONGEST_TITLE]):
        start, end = match.start(1) + title.body, match.end(1) + title.body
        if house := _brand_named(f"{match[1]}堂", title.lexicon):
            yield Trick("raw_material", Attribute.BRAND, house, start, end)


def _brand_named(word: str, lexicon: Lexicon) -> str:
    """The brand that goes by a word, or an empty text."""
    for hit in lexicon.name_hits(word):
        if hit.end - hit.start == len(word):
            return next((entry.value for entry in hit.entries if entry.kind is Kind.BRAND), "")
    return ""


def foreign_brands(title: Title, others: Sequence[Trick]) -> Iterator[Trick]:
    """Brands of other makers beside the product's own: the one in brackets, at the head, or with its maker's name."""
    taken = {one.start for one in others if one.attribute is Attribute.BRAND}
    brands = [hit for hit in title.brands if hit.start not in taken and hit.start >= title.body]
    own = [] if title.body else _own_brands(title, brands)
    own_names = _in_brackets(title) if title.body else [hit.entries[0].value for hit in own] or _brand_in_name(title)
    if not own_names and (title.body or len(taken) + _groups(brands, title.lexicon) < 2):
        return
    for hit in brands:
        name = hit.entries[0].value
        if hit not in own and not _may_own(title, hit, own_names):
            yield Trick("foreign_brand", Attribute.BRAND, name, hit.start, hit.end, next(iter(own_names), ""))
    if not own_names:
        yield from _unknown_houses(title, {hit.start for hit in brands} | taken)


def _in_brackets(title: Title) -> list[str]:
    """The brands in the brackets, known or not; none where the brackets name a shop."""
    found = [one.value for one in title.mentions if one.attribute is Attribute.BRAND and one.end <= title.body]
    return [] if any(SHOP.search(one) for one in found) else found


def _own_brands(title: Title, brands: Sequence[Hit]) -> list[Hit]:
    """The brand at the head of a title without brackets, and those that stand there as a company or with 牌."""
    if title.start < 0:
        return list(brands[:1])
    head = [hit for hit in brands if hit.end <= title.start][:1]
    return head + [hit for hit in brands if hit not in head and _with_maker(title, hit)]


def _brand_in_name(title: Title) -> list[str]:
    """The brand that the name itself begins with: 云南白药牙膏."""
    if title.start < 0 or title.body:
        return []
    name = title.text[title.start : title.end]
    found = (entry for hit in title.lexicon.name_hits(name) if hit.start == 0 for entry in hit.entries)
    return [entry.value for entry in found if entry.kind is Kind.BRAND][:1]


def _with_maker(title: Title, hit: Hit) -> bool:
    """Whether a brand stands there as a company, or with the sign of a brand."""
    said = title.text[hit.start : hit.end]
    company = COMPANY.match(title.text, hit.end) or said.endswith(COMPANIES)
    return bool(company) or title.text.startswith(BRAND_SIGN, hit.end)


def _groups(brands: Sequence[Hit], lexicon: Lexicon) -> int:
    """How many brands there are that have nothing to do with each other."""
    firsts: list[str] = []
    for hit in brands:
        if not any(are_kin(hit.entries[0].value, one, lexicon) for one in firsts):
            firsts.append(hit.entries[0].value)
    return len(firsts)


def _may_own(title: Title, hit: Hit, own: Sequence[str]) -> bool:
    """Whether a further brand may be the product's as well: its maker's, its trade name, or nobody knows whose."""
    brands = title.lexicon.brands
    row = brands[hit.entries[0].value]
    if not row.maker or _with_maker(title, hit) or any(are_kin(row.name, one, title.lexicon) for one in own):
        return True
    if title.text[hit.start : hit.end].isdigit() and hit.end == title.start:
        return True  # a number may be part of the name: 701跌打镇痛膏
    known = [brands[one] for one in own if one in brands]
    if any(not one.maker for one in known):
        return True
    if hit.end <= title.start or title.start < 0:
        return bool(row.stands_for) or len(known) < len(own) or any(one.stands_for for one in known)
    if row.stands_for:
        return len(known) < len(own)  # a trade name behind a maker that nobody knows
    return any(one.stands_for in title.names for one in known)


def _unknown_houses(title: Title, known: set[int]) -> Iterator[Trick]:
    """Pharmacies that the lexicon lacks, in a list of brands none of which is the product's."""
    for match in HOUSE.finditer(title.text[:LONGEST_TITLE], max(title.end, 0)):
        alone = is_edge(title.text, match.start()) and is_edge(title.text, match.end())
        if alone and match.start() not in known:
            yield Trick("foreign_brand", Attribute.BRAND, match[0], match.start(), match.end())
