"""The standard name that a model tells of a title, as far as title, catalogue and lexicon bear out its parts."""

from dataclasses import dataclass
from typing import NamedTuple

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.case import Case
from inference.pipeline.reading import Reading, read_strengths, stands_in
from rules.engine.attributes import Attribute
from rules.engine.text import normalise


@dataclass(frozen=True, slots=True)
class NamedParts:
    """Brand, name, form and strength as told, normalised; empty where nothing was."""

    brand: str = ""
    name: str = ""
    form: str = ""
    strength: str = ""


class Standard(NamedTuple):
    """`[brand]name+form strength`, and the parts that nothing bears out."""

    name: str
    unborne: tuple[str, ...]


def standard_of(parts: NamedParts, product: Reading, case: Case, lexicon: Lexicon) -> Standard:
    """The standard name of the parts that are borne out; empty where the name itself is not."""
    borne = {
        "brand": _known(parts.brand, Attribute.BRAND, product, case, lexicon),
        "name": _known(parts.name, Attribute.CORE_NAME, product, case, lexicon),
        "form": _known(parts.form, Attribute.DOSAGE_FORM, product, case, lexicon),
        "strength": _strength_known(parts.strength, product),
    }
    told = {"brand": parts.brand, "name": parts.name, "form": parts.form, "strength": parts.strength}
    unborne = tuple(value for part, value in told.items() if value and not borne[part])
    if not borne["name"]:
        return Standard("", unborne)
    brand = f"[{parts.brand}]" if borne["brand"] else ""
    form = parts.form if borne["form"] and not parts.name.endswith(parts.form) else ""
    strength = parts.strength if borne["strength"] else ""
    return Standard(f"{brand}{parts.name}{form} {strength}".strip(), unborne)


def _known(said: str, attribute: Attribute, product: Reading, case: Case, lexicon: Lexicon) -> bool:
    """Whether words stand in the title or in what is given, or mean what was read there."""
    if not said:
        return False
    texts = (product.text, *(normalise(one) for one in case.given.get(attribute, ())))
    return any(stands_in(said, text) for text in texts) or bool(meant(said, lexicon) & set(product.of(attribute)))


def meant(said: str, lexicon: Lexicon) -> set[str]:
    """What words stand for from end to end, by the names that the lexicon goes by."""
    hits = (*lexicon.name_hits(said), *lexicon.form_hits(said))
    return {said} | {entry.value for hit in hits if hit.end - hit.start == len(said) for entry in hit.entries}


def _strength_known(said: str, product: Reading) -> bool:
    """Whether every amount told stands in the title, in whichever unit."""
    if not said:
        return False
    amounts = {amount for _start, _end, amount in read_strengths(said)}
    if not amounts:
        return stands_in(said, product.text)
    return amounts <= set(product.of(Attribute.STRENGTH)) or amounts <= {
        amount for _start, _end, amount in read_strengths(product.text)
    }
