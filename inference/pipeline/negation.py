"""What a query rules out: 不含酒精的感冒药, 非布洛芬, 不要胶囊. Names that hold such a word (非那雄胺) win."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from inference.knowledge.exclusions import exclusions
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Entry, Kind
from inference.pipeline.reading import kinds_named
from inference.pipeline.recognise import Recognised
from inference.pipeline.trace import Mention
from rules.engine.attributes import Attribute

SIGN = re.compile(
    r"(?<!是(?=不是))(?<!会(?=不会))(?<!有(?=没有))(?<!要(?=不要))(?<!含(?=不含))(?:不(?:能|可以)?含有?|不要(?:含有?|有|吃|用)?|不想(?:要|吃|用)|不是|不带|不加|不添加|未添加|无添加|没有|没加|没|"
    r"别要|排除|除了|除去|拒绝|并非|非|不会?|无|零|(?<![\d.])0)[ :]?(?:任何|有|引起|导致)?"
)
"""Words that rule out what follows them; in a question (有没有布洛芬) they don't."""
NOT = re.compile(r"(?:不会?|没)[ :]?(?:引起|导致)?")
"""Signs that rule out symptoms, and what is known to be ruled out so."""
WITHOUT = re.compile(r"(?:无|零|0)[ :]?")
"""Signs that rule out ingredients as well."""
BEHIND = re.compile(r" ?(?:除外|以外|之外|不要|不行|过敏)(?![\u3400-\u9fff])|过敏(?=可以|能|吃|用|的)")
AND = re.compile(r"[ 、,，/+]?(?:和|或者|或|以及|及|与|跟|[、,，/+])[ ]?(?:不含|不要|无)?")
TAIL = re.compile(r"(?:以外|之外)?(?:成分|成份|类|剂型)?的?")
GOODS = frozenset({Kind.MEDICINE, Kind.BRAND, Kind.CATEGORY, Kind.FORM, Kind.POPULATION, Kind.REGION})
ASKING = frozenset({Kind.MEDICINE, Kind.CATEGORY, Kind.NEED, Kind.EFFICACY})
LONGEST = 12
ATTRIBUTES = {
    Kind.MEDICINE: Attribute.CORE_NAME,
    Kind.BRAND: Attribute.BRAND,
    Kind.CATEGORY: Attribute.CATEGORY,
    Kind.FORM: Attribute.DOSAGE_FORM,
    Kind.POPULATION: Attribute.POPULATION,
    Kind.REGION: Attribute.REGION,
    Kind.EFFICACY: Attribute.EFFICACY,
}


@dataclass(frozen=True, slots=True)
class RuledOut:
    """`text[start:end]` rules out what `mentions` name."""

    start: int
    end: int
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """Words that may be ruled out, and the values they name; not `named` where the words are no name but known to be
    said of what is ruled out (糖, 嗜睡)."""

    start: int
    end: int
    values: tuple[tuple[Attribute, str], ...]
    named: bool = True
    symptom: bool = False


class Words:
    """A text with its known words by where they start and end, the longer first."""

    def __init__(self, found: Recognised, lexicon: Lexicon) -> None:
        self.text = found.text
        self.lexicon = lexicon
        hits = sorted(found.hits, key=lambda hit: hit.start - hit.end)
        self.starting = {hit.start: hit for hit in reversed(hits)}
        self.ending = {hit.end: hit for hit in reversed(hits)}
        self.inside = {at for hit in hits if hit.end - hit.start > 1 for at in range(hit.start, hit.end)}
        self.asking = sum(bool(kinds_named(hit) & ASKING) for hit in found.names)
        self.asking_at = {hit.start for hit in found.names if kinds_named(hit) & ASKING}


def ruled_out(found: Recognised, lexicon: Lexicon) -> tuple[RuledOut, ...]:
    """What a text rules out, in the order of its words."""
    signs, behind = list(SIGN.finditer(found.text)), list(BEHIND.finditer(found.text))
    if not signs and not behind:
        return ()
    text = Words(found, lexicon)
    result: list[RuledOut] = []
    for sign in signs:
        if not result or sign.start() >= result[-1].end:
            result += _by_sign(sign, text)
    result += [one for sign in behind for one in _in_front(sign, text)]
    return tuple(sorted(result, key=lambda one: one.start))


def _by_sign(sign: re.Match[str], text: Words) -> list[RuledOut]:
    """What a sign rules out that stands in front of it."""
    start, at = sign.span()
    if start in text.inside:
        return _by_name(start, text)
    if len(sign[0]) == 1 and not _begins_word(start, text):
        return []
    things = _listed(at, text)
    if not things or not all(_may_be_ruled_out(one, things, text, sign[0]) for one in things):
        return []
    tail = TAIL.match(text.text, things[-1].end)
    return [RuledOut(start, tail.end() if tail else things[-1].end, _mentions(things))]


def _by_name(start: int, text: Words) -> list[RuledOut]:
    """What a name rules out by its own words: 无糖 names whom it is for, and that no sugar is in it."""
    hit = text.starting.get(start)
    if hit is None or kinds_named(hit) != {Kind.POPULATION}:
        return []
    known = exclusions().get(text.text[start + 1 : hit.end])
    if known is None:
        return []
    return [RuledOut(hit.end, hit.end, _mentions([Thing(start + 1, hit.end, known.values, named=False)]))]


def _in_front(sign: re.Match[str], text: Words) -> list[RuledOut]:
    """What stands in front of its sign: 胶囊除外, 青霉素过敏吃什么消炎药. Something else has to be asked for."""
    hit = text.ending.get(sign.start())
    thing = thing_at(hit.start, text) if hit else None
    if thing is None or thing.end != sign.start() or thing.symptom or not asks_else([thing], text):
        return []
    start = thing.start - text.text[: thing.start].endswith("对")
    return [RuledOut(start, sign.end(), _mentions([thing]))]


def _listed(at: int, text: Words) -> list[Thing]:
    """The things that stand at `at`, one after the other."""
    things: list[Thing] = []
    while thing := thing_at(at, text):
        things.append(thing)
        joint = AND.match(text.text, thing.end)
        if joint is None:
            break
        at = joint.end()
    return things


def thing_at(at: int, text: Words) -> Thing | None:
    """The longest thing that starts at `at`: a word known to be ruled out, a name, or an ingredient."""
    hit = text.starting.get(at)
    least = hit.end - at if hit else 0
    for length in range(min(LONGEST, len(text.text) - at), 0, -1):
        said = text.text[at : at + length]
        if length >= least and (known := exclusions().get(said)):
            return Thing(at, at + length, known.values, named=False)
        if length > max(1, least) and said in ingredients(text.lexicon):
            return Thing(at, at + length, ((Attribute.INGREDIENT, said),))
    if hit is None:
        return None
    values = tuple(value for entry in hit.entries for value in _values(entry, text.lexicon))
    return Thing(at, hit.end, values, symptom=not kinds_named(hit) & GOODS) if values else None


def _values(entry: Entry, lexicon: Lexicon) -> Iterable[tuple[Attribute, str]]:
    """What a name rules out: a medicine of one ingredient rules that out wherever it is."""
    if entry.kind is Kind.NEED:
        yield from ((Attribute.EFFICACY, term) for term in lexicon.needs[entry.value].efficacy)
    if entry.kind in ATTRIBUTES:
        yield ATTRIBUTES[entry.kind], entry.value
    if entry.kind is Kind.MEDICINE and len(made := lexicon.medicines[entry.value].ingredients) == 1:
        yield Attribute.INGREDIENT, made[0]


def _may_be_ruled_out(thing: Thing, things: list[Thing], text: Words, sign: str) -> bool:
    """Whether a sign in front of a thing is meant for it; a symptom is ruled out only beside what is asked for."""
    if not thing.named:
        return True
    if thing.symptom:
        return asks_else(things, text)
    if WITHOUT.fullmatch(sign):
        return any(attribute is Attribute.INGREDIENT for attribute, _ in thing.values)
    return NOT.fullmatch(sign) is None


def asks_else(things: list[Thing], text: Words) -> bool:
    """Whether a text names anything wanted apart from `things`."""
    return text.asking > sum(at in text.asking_at for one in things for at in range(one.start, one.end))


def _begins_word(start: int, text: Words) -> bool:
    """Whether a sign of one character stands at the beginning of a word."""
    before = text.text[start - 1] if start else " "
    return start in text.ending or before in "的要找买选和有" or not "\u3400" <= before <= "\u9fff"


def _mentions(things: Iterable[Thing]) -> tuple[Mention, ...]:
    found = (Mention(attribute, value, one.start, one.end) for one in things for attribute, value in one.values)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=16)
def ingredients(lexicon: Lexicon) -> frozenset[str]:
    """Every ingredient the lexicon knows of."""
    return frozenset(one for medicine in lexicon.medicines.values() for one in medicine.ingredients)
