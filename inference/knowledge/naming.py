"""What products and leaflets call a medicine and its brand, made comparable with the names of the lexicon. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from annotation.titles import find_form
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Kind
from inference.knowledge.scan import longest
from inference.knowledge.words import COMPANY_WORDS, NOISE, PROVINCES, SALT_SUFFIXES, SALTS
from rules.engine.text import normalise

LONGEST_NAME = 30
SHORT_CORE = 2
"""A core name of so few characters is only a name together with its dosage form: 骨刺片."""
LEARNABLE = re.compile(r"[㐀-鿿][㐀-鿿a-z0-9α-ω·\-]{1,14}")
TRADE_NAME = re.compile(r"[㐀-鿿]{3,6}|[a-z][a-z\-]{3,14}")
OWN_WORDS = 2
"""Characters of a name that say nothing known: 止痛消炎 has none and is no name."""
ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
COMPANY_END = re.compile("(?:" + "|".join(map(re.escape, COMPANY_WORDS)) + ")$")
RELEASE = re.compile(r"^(?:缓释|控释|肠溶|分散|速释|咀嚼|口服|外用|阴道|混悬|滴眼|注射用|薄膜衣|\d+号?)+")
"""What may stand between a name and its form without making another medicine of it."""
NO_FORM = frozenset({"素片"})
"""A dosage form that mostly is the end of a name and a form: 红霉素片."""
DESCRIBING = frozenset({Kind.EFFICACY, Kind.NEED, Kind.CATEGORY, Kind.POPULATION, Kind.REGION})
SALTS_FIRST = tuple(sorted(SALTS, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Named:
    """A product's common name: `name` is the lexicon's where `known`; `form` is the lexicon's form, perhaps empty."""

    name: str
    known: bool
    form: str = ""


def named(text: str, lexicon: Lexicon) -> Named | None:
    """The medicine that a product's name means: without its form and its salt, in the lexicon's words if it has it."""
    plain = ASIDE.sub("", normalise(text[: 4 * LONGEST_NAME])).strip()
    if not plain or len(plain) > LONGEST_NAME:
        return None
    if known := known_medicine(plain, lexicon):
        return known
    cut = form_start(plain, lexicon)
    core, dosage = plain[:cut], form_of(plain[cut:], lexicon)
    for candidate in without_salts(core):
        if medicine := entry_named(candidate, Kind.MEDICINE, lexicon):
            return Named(medicine, known=True, form=dosage)
    name = min(without_salts(core), key=len, default=core)
    name = plain if len(name) <= SHORT_CORE else name
    return Named(name, known=False, form=dosage) if is_learnable(name, lexicon) else None


def known_medicine(plain: str, lexicon: Lexicon) -> Named | None:
    """The medicine of the lexicon that a name begins with, where nothing but a dosage form is behind it."""
    bare = next((plain.removeprefix(salt) for salt in SALTS_FIRST if plain.startswith(salt)), plain)
    for word in dict.fromkeys((plain, bare)):
        for hit in sorted(lexicon.name_hits(word), key=lambda hit: -hit.end):
            medicine = next((entry.value for entry in hit.entries if entry.kind is Kind.MEDICINE), "")
            rest = word[hit.end :]
            form = form_of(rest, lexicon) or form_of(RELEASE.sub("", rest), lexicon)
            if medicine and hit.start == 0 and (form or not RELEASE.sub("", rest)):
                return Named(medicine, known=True, form=form or form_of(plain[form_start(plain, lexicon) :], lexicon))
    return None


def form_start(plain: str, lexicon: Lexicon) -> int:
    """Where the dosage form begins that a name ends in; the length of the name where it ends in none."""
    ends = [hit.start for hit in lexicon.form_hits(plain) if hit.end == len(plain) and hit.start >= SHORT_CORE]
    return min((at for at in ends if plain[at:] not in NO_FORM), default=len(plain))


def without_salts(core: str) -> list[str]:
    """A core name without the salt in front of it, and without the one behind."""
    bare = next((core.removeprefix(salt) for salt in SALTS_FIRST if core.startswith(salt)), core)
    found = [bare] if bare != core and len(bare) >= SHORT_CORE else []
    for name in (core, *found):
        found += [
            name.removesuffix(salt) for salt in SALT_SUFFIXES if name.endswith(salt) and len(name) > len(salt) + 2
        ][:1]
    return [name for name in dict.fromkeys(found) if name != core]


def form_of(text: str, lexicon: Lexicon) -> str:
    """The lexicon's dosage form for the words for one, or an empty text."""
    return next((h.entries[0].value for h in lexicon.form_hits(text) if h.start == 0 and h.end == len(text)), "")


def entry_named(word: str, kind: Kind, lexicon: Lexicon) -> str:
    """The entry of a kind that goes by exactly this word, or an empty text."""
    for hit in lexicon.name_hits(word):
        if hit.start == 0 and hit.end == len(word):
            return next((entry.value for entry in hit.entries if entry.kind is kind), "")
    return ""


def is_taken(word: str, lexicon: Lexicon) -> bool:
    """Whether the lexicon has something by exactly this word."""
    hits = (*lexicon.name_hits(word), *lexicon.form_hits(word))
    return any(hit.start == 0 and hit.end == len(word) for hit in hits)


def is_learnable(name: str, lexicon: Lexicon) -> bool:
    """Whether an unknown name may be a medicine's: enough of it says nothing else."""
    if not LEARNABLE.fullmatch(name) or is_taken(name, lexicon) or any(word in name for word in LONG_NOISE):
        return False
    hits = longest((*lexicon.name_hits(name), *lexicon.form_hits(name)))
    said = sum(
        hit.end - hit.start for hit in hits if {entry.kind for entry in hit.entries} & (DESCRIBING | {Kind.FORM})
    )
    brand = any(hit.start == 0 and any(entry.kind is Kind.BRAND for entry in hit.entries) for hit in hits)
    return not brand and len(name) - said >= OWN_WORDS


LONG_NOISE = tuple(word for word in NOISE if len(word) > 1)


def trade_name(text: str, name: str) -> str:
    """The trade name in what a row says of it: often the name again, with the trade name in brackets behind."""
    plain, common = normalise(text[:100]), normalise(name)
    inside = re.search(r"\(([^()]{2,20})\)$", plain)
    if plain.startswith(common) or (inside and find_form(plain[: inside.start()])):
        plain = inside[1] if inside else ""
    return plain.strip("()[]【】 ®™牌")


def is_brand_word(word: str, lexicon: Lexicon) -> bool:
    """Whether a word can be learned as a trade name: long enough, and no other word nor part of a known one."""
    if not TRADE_NAME.fullmatch(word) or COMPANY_END.search(word) or find_form(f"{word} ") is not None:
        return False
    if is_taken(word, lexicon) or any(place in word for place in PLACES):
        return False
    return word not in all_words(lexicon) and not any(
        {entry.kind for entry in hit.entries} & (DESCRIBING | {Kind.MEDICINE}) and hit.end - hit.start > 1
        for hit in lexicon.name_hits(word)
    )


PLACES = frozenset(PROVINCES)


@lru_cache(maxsize=2)
def all_words(lexicon: Lexicon) -> str:
    """Every word of the lexicon that names no brand, one a line, to look for parts of words in."""
    medicines = (word for row in lexicon.medicines.values() for word in (row.name, *row.aliases))
    terms = (word for row in lexicon.efficacy.values() for word in (row.term, *row.synonyms))
    return "\n".join(map(normalise, (*medicines, *terms, *lexicon.needs, *lexicon.categories)))
