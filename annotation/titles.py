"""What a merchant's title says of a product: brand, name, dosage form, strength, pack and population.

Pure. Nothing is guessed: what the title does not show plainly stays missing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from annotation.vocabulary import forms, populations
from rules.engine.attributes import Attribute

LONGEST_TITLE = 1000
"""Characters that are looked at; what follows is no title any more."""
LONGEST_BRAND_WORD = 6
LONGEST_PLAIN_NAME = 15

BRACKETED = re.compile(r"\s*[\[【]{1,3}([^\[\]【】]{0,40})[\]】]{1,3}")
SHOP_WORDS = frozenset(
    (
        *("正品", "正品保证", "官方", "官方正品", "包邮", "新品", "热销", "特价", "促销", "现货"),
        *("进口", "国产", "自营", "旗舰店", "otc", "rx", "处方药", "非处方药"),
    )
)
BRAND_SIGN = re.compile(r"([^\s\d][^\s]{1,9}?)牌(?=\S)")

NUMBER = r"\d{1,7}(?:\.\d{1,5})?"
UNIT = r"(?:mg|毫克|μg|ug|mcg|微克|kg|g|克|ml|毫升|l|%|万?iu|万?单位|万u|u)(?![a-z])"
AMOUNT = rf"{NUMBER}\s?{UNIT}"
EACH = r"(?:/(?:片|粒|丸|袋|支|瓶|盒|包|贴|枚|板|只|罐|管|条|块|张|喷|揿))*"
PIECE = r"(?:(?:片|粒|丸|袋|支|瓶|盒|包|贴|枚|板|只|罐|管|条|块|张|喷|揿)|[st](?![a-z]))"
TOKEN = re.compile(
    rf"(?<![a-wyz0-9.\-])(?:"
    rf"(?P<sum>\({AMOUNT}(?:\+{AMOUNT}){{1,4}}\))"
    rf"|(?P<amount>{AMOUNT}(?:\s?[:/]\s?{AMOUNT}|\+{AMOUNT})?){EACH}"
    rf"|(?P<count>[1-9]\d{{0,4}}\s?(?:{PIECE}{EACH}|(?:/(?:片|粒|丸|袋|支|瓶|盒|包|板|罐|管|条))+))"
    rf")",
    re.IGNORECASE,
)
TIMES = frozenset("*×x")
WEIGHT_OR_VOLUME = re.compile(rf"{NUMBER}\s?(?:kg|g|克|ml|毫升|l)", re.IGNORECASE)
WARNING = re.compile(r"[^\s]{0,2}[禁慎忌]")


@dataclass(frozen=True, slots=True)
class ParsedTitle:
    """What a title says; empty where it says nothing. `attributes` holds the same for the rules."""

    brand: str = ""
    name: str = ""
    form: str = ""
    strength: str = ""
    pack: str = ""
    population: tuple[str, ...] = ()
    attributes: Mapping[Attribute, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spec:
    """How much of the active substance, how many in the pack, and where in the text both begin."""

    strength: str = ""
    pack: str = ""
    start: int = -1


@dataclass(frozen=True, slots=True)
class Token:
    """One amount or count of a specification, `text[start:end]`."""

    start: int
    end: int
    text: str
    is_count: bool

    @property
    def is_bulk(self) -> bool:
        """Whether it is a mere weight or volume, which may be that of the whole pack."""
        return not self.is_count and WEIGHT_OR_VOLUME.fullmatch(self.text) is not None


def parse_title(title: str) -> ParsedTitle:
    """Read a title such as `[brand]name 0.3g*36s`. Takes any text, in time bounded by LONGEST_TITLE."""
    text = " ".join(unicodedata.normalize("NFKC", title[:LONGEST_TITLE]).split())[:LONGEST_TITLE]
    brands, body = split_brand(text)
    spec = parse_spec(body)
    form_word = find_form(body, spec)
    if not brands:
        brands, body, form_word, spec = split_plain_brand(body, form_word, spec)
    name = name_in(body, form_word, spec, branded=bool(brands))
    form = form_word.canonical if form_word else ""
    people = tuple(find_populations(body))
    found = {
        Attribute.BRAND: brands,
        Attribute.CORE_NAME: (name,) if name else (),
        Attribute.DOSAGE_FORM: (form,) if form else (),
        Attribute.STRENGTH: (spec.strength,) if spec.strength else (),
        Attribute.POPULATION: people,
    }
    return ParsedTitle(
        brand=brands[0] if brands else "",
        name=name,
        form=form,
        strength=spec.strength,
        pack=spec.pack,
        population=people,
        attributes={attribute: values for attribute, values in found.items() if values},
    )


def split_brand(text: str) -> tuple[tuple[str, ...], str]:
    """The brands in leading brackets, shop words left out, and what follows the brackets."""
    brands: dict[str, None] = {}
    at = 0
    while match := BRACKETED.match(text, at):
        words = (word.strip() for word in match[1].split("/"))
        brands.update((word, None) for word in words if is_word(word) and word.lower() not in SHOP_WORDS)
        at = match.end()
    body = text[at:].strip()
    return tuple(brands), body.removesuffix("]").removesuffix("】") if at else body


def is_word(text: str) -> bool:
    """Whether there is a letter or a figure in it."""
    return any(char.isalnum() for char in text)


def split_plain_brand(
    body: str, form: "FormWord | None", spec: Spec
) -> tuple[tuple[str, ...], str, "FormWord | None", Spec]:
    """A brand without brackets: `X牌name`, or a short first word before a word that ends in a form."""
    rest = body
    while (word := rest.partition(" ")[0]) in SHOP_WORDS and word != rest:
        rest = rest[len(word) + 1 :]
    if sign := BRAND_SIGN.match(rest):
        brand, rest = sign[1], rest[sign.end() :].strip()
    else:
        brand, _, rest = rest.partition(" ")
        if not is_plain_brand(brand, rest):
            return (), body, form, spec
    spec = parse_spec(rest)
    return (brand,), rest, find_form(rest, spec), spec


def is_plain_brand(word: str, rest: str) -> bool:
    """Whether a first word stands before a name as a brand does."""
    if not 1 < len(word) <= LONGEST_BRAND_WORD or word.endswith("药") or TOKEN.search(word):
        return False
    following = rest.split(" ", 1)[0]
    form = find_form(following)
    return form is not None and form.start > 0 and find_form(word) is None


@dataclass(frozen=True, slots=True)
class FormWord:
    """A dosage form as `text[start:end]` says it."""

    start: int
    end: int
    canonical: str


def find_form(text: str, spec: Spec | None = None) -> FormWord | None:
    """The first dosage form that ends a name: never at the beginning, never after a figure.

    Behind the specification stand words to sell by; there a form counts only as a word of its own.
    """
    words = form_words()
    end_of_name = spec.start if spec and spec.start > 0 else len(text)
    for start in range(len(text)):
        if start > end_of_name and text[start - 1] != " ":
            continue
        for length in words.lengths_at(text, start):
            if ends_a_name(text, start, start + length):
                return FormWord(start, start + length, words.names[text[start : start + length].lower()])
    return None


def ends_a_name(text: str, start: int, end: int) -> bool:
    """Whether the form word at `text[start:end]` has a name before it, and (a single character) nothing behind."""
    if text[start:end].endswith("用"):
        return end < len(text)
    before = text[start - 1] if start else ""
    if end - start > 1:
        return start > 1 and not before.isdigit()
    if not before.isalpha() and not (before.isdigit() and text[start - 2 : start - 1].isalpha()):
        return False
    after = text[end : end + 1]
    return not after.isalpha() or after.isascii() or after in "ⅠⅡⅢI"


def parse_spec(text: str) -> Spec:
    """The strength and the pack of a title or of a specification: `10ml:160mg*10支/盒`, `0.3g*36s`, `280ml`."""
    text = unicodedata.normalize("NFKC", text[:LONGEST_TITLE])
    strength = pack = ""
    start = -1
    for run in runs(text):
        start = run[0].start if start < 0 else start
        dose = dose_of(run)
        if dose and not strength:
            strength = dose.text
            pack = joined(run[run.index(dose) + 1 :]) or pack
        elif not pack:
            pack = joined(run)
    return Spec(strength, pack[:100], start)


def dose_of(run: list[Token]) -> Token | None:
    """The strength in a run: its first amount, unless that is a bare weight or volume with no count behind."""
    first = run[0]
    if first.is_count or (first.is_bulk and len(run) == 1):
        return None
    return first


def joined(tokens: list[Token]) -> str:
    """The pack as the tokens say it."""
    return "*".join(token.text for token in tokens)


def runs(text: str) -> Iterator[list[Token]]:
    """The amounts and counts of a text, those that a multiplication sign (or nothing) joins together."""
    run: list[Token] = []
    for token in tokens(text):
        if run and text[run[-1].end : token.start].strip().lower() not in {"", *TIMES}:
            yield run
            run = []
        run.append(token)
    if run:
        yield run


def tokens(text: str) -> Iterator[Token]:
    """Every amount and count of a text; `/盒` after a count belongs to it."""
    for match in TOKEN.finditer(text):
        is_count = match["count"] is not None
        words = match[0] if is_count else (match["sum"] or match["amount"])
        yield Token(match.start(), match.end(), "".join(words.split()), is_count)


def name_in(body: str, form: FormWord | None, spec: Spec, *, branded: bool) -> str:
    """The name: up to and with its form; without one, a short text before the specification."""
    if form and (spec.start < 0 or form.end <= spec.start):
        return body[: form.end].split(" ")[-1].strip("()·,-*")
    text = (body[: spec.start] if spec.start >= 0 else body).split("(")[0].strip("()·,-* ")
    if " " in text or len(text) > LONGEST_PLAIN_NAME or not (branded or spec.start >= 0 or form is None):
        return ""
    return text


def find_populations(text: str) -> Iterator[str]:
    """For whom the title says it is, each once; words of warning (`孕妇禁用`) don't count."""
    words = population_words()
    found: set[str] = set()
    at = 0
    while at < len(text):
        length = next(words.lengths_at(text, at), 0)
        if not length:
            at += 1
            continue
        name = words.names[text[at : at + length].lower()]
        at += length
        if name not in found and not WARNING.match(text, at):
            found.add(name)
            yield name


@dataclass(frozen=True, slots=True)
class Words:
    """Words in lower case with what each names, and the length of the longest."""

    names: Mapping[str, str]
    longest: int

    def lengths_at(self, text: str, at: int) -> Iterator[int]:
        """How long the words are that begin at `text[at]`, the longest first."""
        return (n for n in range(min(self.longest, len(text) - at), 0, -1) if text[at : at + n].lower() in self.names)


@cache
def form_words() -> Words:
    """Every word for a dosage form."""
    return words_of((word, form.name) for form in forms() for word in (*form.aliases, form.name))


@cache
def population_words() -> Words:
    """Every word of two characters or more for a population."""
    return words_of((word, row.name) for row in populations() for word in (*row.aliases, row.name) if len(word) > 1)


def words_of(pairs: Iterable[tuple[str, str]]) -> Words:
    """A table of words from pairs of a word and what it names."""
    names = {word.lower(): name for word, name in pairs}
    return Words(names, max(map(len, names), default=0))
