"""What both sides of a pair have in common when they are read: recognised words, values, and what is left over."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Hit, Kind
from inference.knowledge.scan import longest
from inference.knowledge.words import NOISE, SALT_SUFFIXES, SALTS
from inference.pipeline.trace import Mention, SideReading
from rules.engine.attributes import Attribute

STRENGTH = re.compile(
    r"(?<![\d.])(\d{1,7}(?:\.\d{1,5})?) ?(mg|毫克|μg|ug|mcg|微克|%|iu|万单位|单位)(?![a-z])"
    r"|(?<![\d.])(\d{1,7}(?:\.\d{1,5})?) ?(g|克)(?= ?[*×x/:：] ?\d| ?(?:片|粒|每))"
    r"|(?<![\d.])(0\.\d{1,5}) ?(g|克)(?![a-z])"
)
"""Amounts of what a piece or a dose holds: grams only where pieces are counted behind, or less than one."""
THICKNESS = re.compile(r"(?<![\d.a-z])(?:0\.0|00)([1-9]) ?(?:mm|毫米)|(?<![\d.a-z/\-])00([1-3])(?![\d.a-z/\-])")
"""Hundredths of a millimetre as condoms are sold by: 0.01mm, 001."""
UNITS = {"毫克": "mg", "克": "g", "ug": "μg", "mcg": "μg", "微克": "μg", "单位": "iu"}
CHUNK = re.compile(r"[\u3400-\u9fff]+|[a-z][a-z'&.\-]*[a-z0-9]|[a-z]|\d+(?:\.\d+)?")
USES = frozenset({Kind.EFFICACY, Kind.NEED})
LONG_NOISE = re.compile("|".join(sorted((re.escape(w) for w in (*NOISE, *SALTS) if len(w) > 1), key=len, reverse=True)))
SHORT_NOISE = frozenset(w for w in (*NOISE, *SALT_SUFFIXES) if len(w) == 1)
ROMAN = frozenset({"i", "ii", "iii", "iv"})
"""Which release form of a tablet it is; shoppers hardly mean it."""
COMPANIES = frozenset({"药业", "药厂", "药房", "药集"})
"""How words for companies begin that a name may run into."""
BRAND_SIGN = "牌"
"""What stands between a brand and what it is a brand of."""
MOST_MENTIONS = 200
"""A text that repeats itself without end needs no longer trace than this."""
MOST_PLACES = 20
"""Of a word that is cut everywhere (1 in 1.1.1.1) no more places are looked at."""
DOUBTFUL = frozenset({"分散", "咀嚼"})
"""Ways of release that are everyday words as well: 注意力分散."""
WITH_FORM = frozenset({Kind.MEDICINE, Kind.CATEGORY, Kind.NEED})
"""Kinds whose words may end in a dosage form: 止咳糖浆."""

Rest = list[tuple[int, int, str]]
"""Words nothing was recognised in: start, end, word."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One side as it was read. `values` are exact canonical values in the order of their weight.

    `near_cores` are medicines of the lexicon that are part of a core name the lexicon lacks. `maker` is
    the maker in a title's brackets without company words. `shown` are words of a query that nothing is
    known of but that stand in the title. `excluded` is what a query says the product must not be or hold.
    `hits` are the names recognised in a title, `claimed` the spans of what it says but does not own.
    """

    text: str
    mentions: tuple[Mention, ...] = ()
    values: Mapping[Attribute, tuple[str, ...]] = field(default_factory=dict)
    rest: tuple[str, ...] = ()
    near_cores: tuple[str, ...] = ()
    maker: str = ""
    shown: tuple[str, ...] = ()
    excluded: tuple[Mention, ...] = ()
    hits: tuple[Hit, ...] = ()
    claimed: tuple[tuple[int, int], ...] = ()

    @property
    def own_text(self) -> str:
        """The text with blanks in place of what it only claims."""
        text = self.text
        for start, end in self.claimed:
            text = text[:start] + " " * (end - start) + text[end:]
        return text

    def of(self, attribute: Attribute) -> tuple[str, ...]:
        """The values of one attribute."""
        return self.values.get(attribute, ())

    def side(self) -> SideReading:
        """The reading as a trace shows it."""
        return SideReading(self.text, self.mentions, tuple(self.values.items()), self.rest, self.excluded)


def read_names(text: str, lexicon: Lexicon) -> list[Hit]:
    """The names in `text`, the longer first served; single characters only where they stand alone."""
    every = without_cutting_questions(text, list(lexicon.name_hits(text)))
    hits = longest(every)
    starts = {hit.start for hit in hits if hit.end - hit.start > 1}
    ends = {hit.end for hit in hits if hit.end - hit.start > 1}
    spans = {(hit.start, hit.end): hit for hit in every}
    brand_ends: dict[int, list[int]] = {}
    for hit in every:
        if Kind.BRAND in kinds_named(hit):
            brand_ends.setdefault(hit.start, []).append(hit.end)
    return [
        part
        for hit in hits
        if not _is_end_of_company(text, hit)
        if hit.end - hit.start > 1
        or ((hit.start in ends or is_edge(text, hit.start)) and (hit.end in starts or is_edge(text, hit.end)))
        for part in _parted(hit, spans, brand_ends)
    ]


def without_cutting_questions(text: str, hits: list[Hit]) -> list[Hit]:
    """The hits but for needs that begin inside another use and have but a question behind it.

    风寒感冒吃什么药 asks about 风寒感冒, though 感冒吃什么药 is a need as well, and the longer.
    """
    uses = [hit for hit in hits if kinds_named(hit) & USES]

    def cuts(need: Hit) -> bool:
        return any(
            use.start < need.start < use.end < need.end and LONG_NOISE.fullmatch(text, use.end, need.end)
            for use in uses
        )

    return [hit for hit in hits if kinds_named(hit) != {Kind.NEED} or not cuts(hit)]


def _is_end_of_company(text: str, hit: Hit) -> bool:
    """Whether a name runs into a word for a company: 山药 in 华山药业."""
    return text[hit.end - 1 : hit.end + 1] in COMPANIES and Kind.BRAND not in kinds_named(hit)


def _parted(hit: Hit, spans: Mapping[tuple[int, int], Hit], brand_ends: Mapping[int, list[int]]) -> tuple[Hit, ...]:
    """A name with its brand in front (999感冒灵) as both, if what is left names the same; a brand that ends
    in goods (东阿阿胶) as both."""
    for end in brand_ends.get(hit.start, ()):
        rest = spans.get((end, hit.end))
        if rest is not None and set(medicines_named(rest)) & set(medicines_named(hit)):
            return spans[hit.start, end], rest
    if kinds_named(hit) == {Kind.BRAND}:
        for start in range(hit.start + 2, hit.end - 1):
            inner = spans.get((start, hit.end))
            if inner is not None and kinds_named(inner) & {Kind.MEDICINE, Kind.CATEGORY}:
                return hit, inner
    return (hit,)


def medicines_named(hit: Hit) -> list[str]:
    """The medicines that a hit may name."""
    return [entry.value for entry in hit.entries if entry.kind is Kind.MEDICINE]


def read_forms(text: str, lexicon: Lexicon, names: Iterable[Hit]) -> list[Hit]:
    """The dosage forms in `text`: behind or at the end of a name, or words of their own."""
    goods = {hit.end for hit in names if kinds_named(hit) & WITH_FORM}
    inside = {at for hit in names for at in range(hit.start, hit.end - (hit.end in goods))}
    starts, ends = {hit.start for hit in names}, {hit.end for hit in names}
    kept = []
    for hit in longest(lexicon.form_hits(text)):
        if hit.end - 1 in inside:
            continue
        if hit.end - hit.start == 1 and not _single_form(text, hit, ends):
            continue
        if text[hit.start : hit.end] in DOUBTFUL and not _stands_apart(text, hit, starts, ends):
            continue
        kept.append(hit)
    return kept


def _stands_apart(text: str, hit: Hit, starts: Collection[int], ends: Collection[int]) -> bool:
    """Whether no unknown word runs into a hit."""
    before, behind = hit.start in ends or is_edge(text, hit.start), hit.end in starts or is_edge(text, hit.end)
    return before and behind


def _single_form(text: str, hit: Hit, ends: set[int]) -> bool:
    """A form of one character follows a letter or a name (b12, 654-2), and ends its word or follows a name."""
    if hit.start not in ends and (hit.start == 0 or not text[hit.start - 1].isalpha()):
        return False
    return hit.start in ends or hit.end in ends or is_edge(text, hit.end) or text[hit.end] == "剂"


def is_edge(text: str, at: int) -> bool:
    """Whether no Chinese or Latin word runs over the position."""
    if at <= 0 or at >= len(text):
        return True
    return not (text[at - 1].isalpha() and text[at].isalpha())


def read_strengths(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and canonical wording of every strength: `20mg`, `1.5g`, `0.5%`, `0.01mm`; grams from one gram on."""
    for match in STRENGTH.finditer(text):
        amount, unit = match[1] or match[3] or match[5], match[2] or match[4] or match[6]
        value, unit = float(amount), UNITS.get(unit, unit)
        if unit == "g" and value < 1:
            value, unit = value * 1000, "mg"
        elif unit == "mg" and value >= 1000:
            value, unit = value / 1000, "g"
        yield match.start(), match.end(), f"{value:g}{unit}"
    for match in THICKNESS.finditer(text):
        yield match.start(), match.end(), f"0.0{match[1] or match[2]}mm"


def leftovers(text: str, taken: Iterable[tuple[int, int]]) -> Rest:
    """The words that nothing was recognised in, without salts and shopping words."""
    marks = bytearray(len(text))
    for start, end in taken:
        marks[start:end] = b"\1" * (end - start)
    masked = "".join(" " if mark else char for char, mark in zip(text, marks, strict=True))
    masked = LONG_NOISE.sub(lambda match: " " * len(match[0]), masked)
    found = []
    for match in CHUNK.finditer(masked.replace(BRAND_SIGN, " ")):
        word = match[0]
        if all(char in SHORT_NOISE for char in word) or word in ROMAN:
            continue
        found.append((match.start(), match.end(), word))
    return found


class Gathered:
    """Values and mentions of one side while it is being read."""

    def __init__(self) -> None:
        self.mentions: dict[Mention, None] = {}
        self.values: dict[Attribute, dict[str, None]] = {}

    def add(self, attribute: Attribute, value: str, start: int = 0, end: int = 0, origin: str = "text") -> None:
        """Take a value up, unless it is empty; one already there keeps its place."""
        if value:
            if len(self.mentions) < MOST_MENTIONS:
                self.mentions[Mention(attribute, value, start, end, origin)] = None
            self.values.setdefault(attribute, {})[value] = None

    def frozen_values(self) -> dict[Attribute, tuple[str, ...]]:
        """The values as a reading keeps them."""
        return {attribute: tuple(values) for attribute, values in self.values.items()}


def without_salts(rest: Rest, hits: Iterable[Hit]) -> Rest:
    """The words left over but for acids in front of a medicine, salts of it whatever they are called."""
    starts = {hit.start for hit in hits if Kind.MEDICINE in kinds_named(hit)}
    return [(start, end, word) for start, end, word in rest if not (word.endswith("酸") and end in starts)]


def stands_in(word: str, text: str) -> bool:
    """Whether `text` has `word` as it stands: figures and Latin words are not cut."""
    at = text.find(word) if word else -1
    for _ in range(MOST_PLACES):
        if at < 0:
            return False
        if not cuts_word(text, at) and not cuts_word(text, at + len(word)):
            return True
        at = text.find(word, at + 1)
    return False


def cuts_word(text: str, at: int) -> bool:
    """Whether a boundary at `at` would cut figures or a Latin word in two."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return before.isascii() and after.isascii() and (before.isalnum() or before == ".") and after.isalnum()


def kinds_named(hit: Hit) -> set[Kind]:
    """What kinds of things a hit names."""
    return {entry.kind for entry in hit.entries}


def add_medicine(gathered: Gathered, lexicon: Lexicon, name: str, start: int, end: int) -> None:
    """What is known of a medicine that was named."""
    medicine = lexicon.medicines.get(name)
    if medicine is None:
        return
    for term in medicine.efficacy:
        gathered.add(Attribute.EFFICACY, term, start, end, "knowledge")
    for kind in medicine.kinds:
        gathered.add(Attribute.CATEGORY, kind, start, end, "knowledge")
    for ingredient in medicine.ingredients:
        gathered.add(Attribute.INGREDIENT, ingredient, start, end, "knowledge")
