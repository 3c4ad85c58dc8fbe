"""Whether a picture shows the use, the form, the audience and the strength that the title states."""

import re
from collections.abc import Iterable, Iterator

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Kind
from inference.pipeline.printed import Line, Printed
from inference.pipeline.reading import Reading, kinds_named, read_strengths
from inference.pipeline.relate import relate_efficacy
from inference.pipeline.stated import CERTAIN, FINE_PRINT, PROMINENT, Shown, match_shown, stated
from inference.pipeline.steps import AttributeMatch, Consistency
from inference.pipeline.trace import EfficacyRelation
from rules.engine.attributes import Attribute

FORM_SIZE = 0.3
"""Share of the largest text from which a line may say the dosage form."""
LONGEST_LABEL, LONGEST_NAME = 14, 24
"""Characters of a line that labels the product, and of its name in large letters; longer ones are sentences."""
DEVICE = "器械"
OPPOSITES = (("寒", "热"), ("阴", "阳"))
"""What makes opposite kinds of one complaint: 风寒感冒 and 风热感冒."""
WARNING = re.compile("禁|慎|忌|不宜|不得|不可|监护|接触|遵医嘱|远离|勿|以外|误")


def match_efficacy(printed: Printed, product: Reading, lexicon: Lexicon) -> AttributeMatch | None:
    """The uses on the picture against those of the title.

    Other uses are not inconsistent, for a package lists what a title leaves out; the opposite kind of the same
    complaint is, and so is a use opposed to all that the title states.
    """
    title = stated(product, Attribute.EFFICACY)
    every = product.of(Attribute.EFFICACY)
    if not every:
        return None
    shown = list({one.value: one for one in _uses(reversed(printed.lines), lexicon)}.values())
    if opposite := _opposite(shown, title, every):
        return match_shown(Attribute.EFFICACY, Consistency.INCONSISTENT, title, opposite)
    related = [(relate_efficacy(every, (one.value,), lexicon).relation, one) for one in shown]
    if same := [one for relation, one in related if relation is EfficacyRelation.SAME]:
        return match_shown(Attribute.EFFICACY, Consistency.CONSISTENT, title or every, same)
    near = (EfficacyRelation.NEAR, EfficacyRelation.COMPLEMENTARY)
    if close := [one for relation, one in related if relation in near]:
        return match_shown(Attribute.EFFICACY, Consistency.PARTLY, title or every, close)
    if opposed := [one for relation, one in related if relation is EfficacyRelation.OPPOSED]:
        return match_shown(Attribute.EFFICACY, Consistency.INCONSISTENT, title or every, opposed)
    return match_shown(Attribute.EFFICACY, Consistency.NOT_SHOWN, title or every)


def _opposite(shown: list[Shown], title: tuple[str, ...], every: tuple[str, ...]) -> list[Shown]:
    """Uses on the picture opposite to one that the title states and the picture does not show."""
    on_picture = {one.value for one in shown}
    missing = [term for term in title if term not in on_picture]
    return [one for one in shown if one.value not in every and any(is_opposite(one.value, term) for term in missing)]


def _uses(lines: Iterable[Line], lexicon: Lexicon) -> Iterator[Shown]:
    for line in lines:
        if WARNING.search(line.text):
            continue
        for hit in line.names:
            for entry in hit.entries:
                if entry.kind is Kind.EFFICACY:
                    yield Shown(entry.value, line)
                elif entry.kind is Kind.NEED:
                    yield from (Shown(term, line) for term in lexicon.needs[entry.value].efficacy)


def is_opposite(one: str, other: str) -> bool:
    """Whether two terms differ in nothing but an opposition of Chinese medicine."""
    return one != other and any(
        one.replace(left, right) == other or one.replace(right, left) == other for left, right in OPPOSITES
    )


def match_form(printed: Printed, product: Reading, lexicon: Lexicon) -> AttributeMatch | None:
    """The dosage form on the picture against the title's: the same or a narrower one, a broader one, or another."""
    title = tuple(form for form in stated(product, Attribute.DOSAGE_FORM) if not _is_device(form, lexicon))
    if not title:
        return None
    shown = list(_forms(printed.lines))
    if same := [one for one in shown if set(lexicon.forms_of(one.value)) & set(title)]:
        return match_shown(Attribute.DOSAGE_FORM, Consistency.CONSISTENT, title, same[:4])
    if broader := [one for one in shown if any(one.value in lexicon.forms_of(form) for form in title)]:
        return match_shown(Attribute.DOSAGE_FORM, Consistency.PARTLY, title, broader[:4])
    if other := [one for one in shown if _is_certain(one.line) and not _is_device(one.value, lexicon)]:
        return match_shown(Attribute.DOSAGE_FORM, Consistency.INCONSISTENT, title, other[:4])
    return match_shown(Attribute.DOSAGE_FORM, Consistency.NOT_SHOWN, title)


def _is_device(form: str, lexicon: Lexicon) -> bool:
    row = lexicon.forms.get(form)
    return row is None or row.route == DEVICE


def _is_certain(line: Line) -> bool:
    return line.size >= FINE_PRINT and line.score >= CERTAIN


def _forms(lines: Iterable[Line]) -> Iterator[Shown]:
    """Forms at the end of a label, as names have them; a number in front counts pieces."""
    for line in lines:
        longest = LONGEST_NAME if line.size >= PROMINENT else LONGEST_LABEL
        if line.size < FORM_SIZE or len(line.text) > longest or line.is_company or line.chinese < 1:
            continue
        for hit in line.forms:
            counted = hit.start > 0 and (line.text[hit.start - 1].isdigit() or line.text[hit.start - 1] in "/每")
            if not counted and (hit.end == len(line.text) or not line.text[hit.end].isalpha()):
                yield Shown(hit.entries[0].value, line)


def match_population(printed: Printed, product: Reading, lexicon: Lexicon) -> AttributeMatch | None:
    """Whom the picture says the product is for. A warning is for others, and is not looked at."""
    title = stated(product, Attribute.POPULATION)
    if not title:
        return None
    shown = list(_audiences(printed.lines))
    if same := [one for one in shown if any(_is_among(one.value, who, lexicon) for who in title)]:
        return match_shown(Attribute.POPULATION, Consistency.CONSISTENT, title, same[:4])
    labels = [one for one in shown if len(one.line.text) <= LONGEST_LABEL and one.line.score >= CERTAIN]
    other = [one for one in labels if all(_excludes(one.value, who, lexicon) for who in title)]
    if other:
        return match_shown(Attribute.POPULATION, Consistency.INCONSISTENT, title, other[:4])
    return match_shown(Attribute.POPULATION, Consistency.NOT_SHOWN, title)


def _audiences(lines: Iterable[Line]) -> Iterator[Shown]:
    for line in lines:
        if WARNING.search(line.text) or line.is_company:
            continue
        for hit in line.names:
            if Kind.POPULATION in kinds_named(hit):
                yield from (Shown(entry.value, line) for entry in hit.entries if entry.kind is Kind.POPULATION)


def _is_among(one: str, other: str, lexicon: Lexicon) -> bool:
    return one in lexicon.populations_of(other) or other in lexicon.populations_of(one)


def _excludes(one: str, other: str, lexicon: Lexicon) -> bool:
    return other in lexicon.excluded_by(one) or one in lexicon.excluded_by(other)


def match_strength(printed: Printed, product: Reading, lexicon: Lexicon) -> AttributeMatch | None:
    """The strength on the picture. Another one counts only if it is the only one there, in the same unit."""
    title = stated(product, Attribute.STRENGTH)
    if not title:
        return None
    lines = [line for line in printed.lines if len(line.words) == 1]
    shown = [Shown(found, line) for line in lines for _, _, found in read_strengths(line.text)]
    if same := [one for one in shown if one.value in title]:
        return match_shown(Attribute.STRENGTH, Consistency.CONSISTENT, title, same[:4])
    units = {_unit(value) for value in title}
    other = [one for one in shown if _unit(one.value) in units]
    if len({one.value for one in other}) == 1 and any(one.line.score >= CERTAIN for one in other):
        return match_shown(Attribute.STRENGTH, Consistency.INCONSISTENT, title, other[:4])
    return match_shown(Attribute.STRENGTH, Consistency.NOT_SHOWN, title)


def _unit(strength: str) -> str:
    """What a strength is measured in; grams and milligrams are one."""
    unit = strength.lstrip("0123456789.")
    return "mg" if unit in {"g", "mg", "μg"} else unit
