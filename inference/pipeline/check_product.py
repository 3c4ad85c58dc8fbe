"""The product check (SI) on the title: its standard name, and brands and names in it that it does not own."""

import re
from collections.abc import Iterator
from dataclasses import replace

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.words import SALTS
from inference.pipeline.case import Case
from inference.pipeline.read_product import read_product
from inference.pipeline.reading import Reading
from inference.pipeline.steps import Trick
from inference.pipeline.title_words import title_of
from inference.pipeline.trace import Mention
from inference.pipeline.tricks import form_group, found_in, told_of
from rules.engine.attributes import Attribute

FROM_CATALOGUE = "given"
SWALLOWED = frozenset({"tablet", "capsule", "pill", "granules"})
"""Forms that nobody takes for one another; catalogues often call a vaginal tablet a tablet."""
SALT = re.compile("(?:" + "|".join(sorted(map(re.escape, SALTS), key=len, reverse=True)) + ")")
LONGEST_SALT = max(map(len, SALTS))
MOST_TRICKS = 20
ENDINGS = ("胶囊", "颗粒", "口服液", "糖浆", "片", "丸", "散", "膏")
"""Dosage forms that names of the lexicon end in."""


def tricks_in(product: Reading, lexicon: Lexicon) -> tuple[Trick, ...]:
    """The claims of a title, and of the catalogue about it, that are not the product's own."""
    title = title_of(product, lexicon)
    return (*found_in(title)[:MOST_TRICKS], *conflicts_in(product, lexicon))


def conflicts_in(product: Reading, lexicon: Lexicon) -> Iterator[Trick]:
    """What the catalogue gives that the title certainly contradicts; the title, which the shopper sees, is believed."""
    given = [one for one in product.mentions if one.origin == FROM_CATALOGUE]
    for one in given:
        if one.value in product.text:
            continue
        said = [two for two in product.mentions if two.attribute is one.attribute and two.origin == "text"]
        if said and all(_contradict(one, two, lexicon) for two in said):
            yield Trick("catalogue_conflict", one.attribute, one.value, 0, 0, said[0].value)


def _contradict(given: Mention, said: Mention, lexicon: Lexicon) -> bool:
    """Whether a product can't be both."""
    match given.attribute:
        case Attribute.DOSAGE_FORM:
            groups = form_group(given.value, lexicon), form_group(said.value, lexicon)
            return set(groups) <= SWALLOWED and groups[0] != groups[1]
        case Attribute.CORE_NAME:
            return _unrelated(given.value, said.value, lexicon)
    return False


def _unrelated(one: str, other: str, lexicon: Lexicon) -> bool:
    """Whether two known medicines share neither ingredient nor use."""
    first, second = lexicon.medicines.get(one), lexicon.medicines.get(other)
    if first is None or second is None or not first.efficacy or not second.efficacy:
        return False
    return not told_of(first) & told_of(second)


def without_tricks(product: Reading, tricks: tuple[Trick, ...], case: Case, lexicon: Lexicon) -> Reading:
    """The title read once more without what it only claims; the claimed words still stand in its text."""
    if not tricks:
        return product
    spans = tuple((one.start, one.end) for one in tricks if one.end)
    doubted = {one.attribute for one in tricks if not one.end}
    given = {attribute: values for attribute, values in case.given.items() if attribute not in doubted}
    reading = read_product(replace(case, given=given), blanked(product.text, spans), lexicon)
    return replace(reading, text=product.text, claimed=spans)


def blanked(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    """The text with blanks in place of the spans."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def standard_name(product: Reading, lexicon: Lexicon) -> str:
    """`[brand]name+form strength` as a register has it; empty where the title names nothing."""
    name = _name(product)
    if not name:
        return ""
    brand = next(iter(product.of(Attribute.BRAND)), "")
    strengths = "/".join(product.of(Attribute.STRENGTH)[:3])
    head = f"[{brand}]" if brand else ""
    return f"{head}{name}{_form(product, name, lexicon)} {strengths}".strip()


def _name(product: Reading) -> str:
    """The core name, its parts together, with the salt that the title writes in front."""
    named = [one for one in product.mentions if one.attribute is Attribute.CORE_NAME and one.origin == "text"]
    if not named:
        return next(iter(product.of(Attribute.CORE_NAME)), "")
    parts = {one.start: _in_its_form(one, product.text) for one in reversed(named)}
    joined = "".join(dict.fromkeys(parts[start] for start in sorted(parts)))
    salt = _salt_at(product.text, min(parts))
    return joined if joined.startswith(salt) else salt + joined


def _in_its_form(name: Mention, text: str) -> str:
    """The name without a dosage form that it is listed under and the title does not write: 万通筋骨片 for a plaster."""
    written = text[name.start : name.end]
    listed = next((form for form in ENDINGS if name.value.endswith(form) and not written.endswith(form)), "")
    bare = name.value.removesuffix(listed)
    return bare if len(bare) > 1 else name.value


def _salt_at(text: str, start: int) -> str:
    """The salt that stands right before a name, or that the words for it begin with."""
    if inside := SALT.match(text, start):
        return inside[0]
    before = text[max(start - LONGEST_SALT, 0) : start]
    return next((before[at:] for at in range(len(before)) if SALT.fullmatch(before, at)), "")


def _form(product: Reading, name: str, lexicon: Lexicon) -> str:
    """The dosage form that the title or the catalogue names, unless the name ends in it or in one of its kind."""
    named = [one for one in product.mentions if one.attribute is Attribute.DOSAGE_FORM and one.origin != "knowledge"]
    if not named:
        return ""
    ends = {one.end for one in product.mentions if one.attribute is Attribute.CORE_NAME and one.origin == "text"}
    form = next((one.value for one in named if one.start in ends), named[0].value)
    row = lexicon.forms.get(form)
    words = (*row.aliases, form) if row else (form,)
    return "" if form[-1] == name[-1] or name.endswith(words) else form
