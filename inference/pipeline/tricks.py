"""Merchant tricks: what a title claims that the product does not own.

Every finder answers with what it is certain of. A claim it is unsure of stays with the product: an honest title
called a trick does more harm than a trick that passes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Kind, Medicine
from inference.pipeline.brand_tricks import comparisons, foreign_brands, raw_materials
from inference.pipeline.reading import kinds_named
from inference.pipeline.steps import Trick
from inference.pipeline.stuffed_uses import stuffed_uses
from inference.pipeline.title_words import BUNDLE, LONGEST_TITLE, Title
from inference.pipeline.trace import Mention
from rules.engine.attributes import Attribute, gettext_noop

TRICKS = {
    "foreign_brand": gettext_noop("brand of another maker"),
    "comparison": gettext_noop("compared with another product"),
    "raw_material": gettext_noop("only the ingredients are said to come from there"),
    "stuffed_name": gettext_noop("name of another product"),
    "stuffed_form": gettext_noop("another dosage form"),
    "stuffed_use": gettext_noop("the product is not for that"),
    "stuffed_population": gettext_noop("not for them"),
    "catalogue_conflict": gettext_noop("the catalogue says otherwise"),
}
"""Every kind of trick with its English wording, the key of its translation."""

COUNT = re.compile(r"\d ?([片丸])")
ASIDE = re.compile(r"\([^()]*\)")
LONE_FORM = re.compile(r"(?<=[^\d\s] )[片丸散膏](?= |$)|(?<=[㐀-鿿][片丸散膏])[片丸散膏]{2,}(?=[^㐀-鿿]|$)")
"""Forms of one character that stand alone (膏 片 丸), or three of them in a row."""
ORAL_GROUPS = {
    "片": "tablet",
    "胶囊": "capsule",
    "丸": "pill",
    "颗粒": "granules",
    "散": "granules",
    "粉": "granules",
    "口服液": "liquid",
    "煎膏": "paste",
    "膏": "paste",
}
ALIKE_FORMS = (frozenset({"liquid", "paste"}),)
APPLIED = frozenset({"外用", "眼用", "鼻用", "吸入", "阴道", "直肠", "注射", "耳用"})
MADE_OF = re.compile(r"含\S*$")
"""What stands before an ingredient."""


def found_in(title: Title) -> list[Trick]:
    """Every claim of a title that is not the product's own, in the order of the title."""
    told = [*comparisons(title), *raw_materials(title)]
    taken = {(one.start, one.end) for one in told}
    further = [*foreign_brands(title, told), *stuffed_forms(title)]
    if not any(one.start == title.start for one in told):  # or else the name at the head is not the product's
        further += [*stuffed_names(title), *stuffed_populations(title), *stuffed_uses(title)]
    return sorted((*told, *(one for one in further if (one.start, one.end) not in taken)), key=lambda one: one.start)


def stuffed_names(title: Title) -> Iterator[Trick]:
    """Medicines named behind the product's own that share neither ingredient nor use with it."""
    if title.start < 0 or BUNDLE.search(title.text) or not (own := _rows(title.names, title.lexicon)):
        return
    kin = {word for row in own for word in told_of(row)}
    forms = {one.start for one in title.mentions if one.attribute is Attribute.DOSAGE_FORM}
    for hit in title.hits:
        if hit.start < title.end or kinds_named(hit) != {Kind.MEDICINE} or not _stands_alone(title, hit.start):
            continue
        rows = _rows([entry.value for entry in hit.entries], title.lexicon)
        strange = all(row.efficacy and not kin & told_of(row) for row in rows)
        if rows and strange and (hit.end in forms or _is_name(rows[0], title.text[hit.start : hit.end])):
            yield Trick("stuffed_name", Attribute.CORE_NAME, rows[0].name, hit.start, hit.end, title.names[0])


def told_of(row: Medicine) -> set[str]:
    """The words by which two medicines may have something in common."""
    return {row.name, *row.ingredients, *row.relatives, *row.efficacy}


def _is_name(row: Medicine, said: str) -> bool:
    """Whether words are a name and no way to say what something is good for: a substance, or with its form."""
    return (row.name == said and row.ingredients == (said,)) or said[-1] in ORAL_GROUPS


def _rows(names: Iterable[str], lexicon: Lexicon) -> list[Medicine]:
    return [lexicon.medicines[name] for name in names if name in lexicon.medicines]


def _stands_alone(title: Title, start: int) -> bool:
    """Whether words begin a word, perhaps behind others of their list, and are no ingredient."""
    if MADE_OF.search(title.text, title.end, start):
        return False
    return title.text[start - 1] in " ,，、/;" or start in {hit.end for hit in title.hits}


def stuffed_forms(title: Title) -> Iterator[Trick]:
    """Dosage forms that the product can't come in beside its own: 膏 片 丸."""
    said = sorted(_forms_said(title), key=lambda one: one.start)
    groups = {one: group for one in said if (group := form_group(one.value, title.lexicon))}
    own = _own_form(title, groups)
    if own is None:
        return
    for one, group in groups.items():
        if one.start > own.start and _apart(group, groups[own]) and _bare(title.text, one):
            yield Trick("stuffed_form", Attribute.DOSAGE_FORM, one.value, one.start, one.end, own.value)


def _forms_said(title: Title) -> Iterator[Mention]:
    """Dosage forms outside parentheses, with those of one character that stand for nothing else."""
    text = title.text[:LONGEST_TITLE]
    mentions = [one for one in title.mentions if one.attribute is Attribute.DOSAGE_FORM and one.start >= title.body]
    asides = [match.span() for match in ASIDE.finditer(text)] if len(mentions) > 1 else []
    yield from (one for one in mentions if not any(start <= one.start < end for start, end in asides))
    spans = [match.span() for match in LONE_FORM.finditer(text, title.body)]
    if not spans:
        return
    last = len(text[: spans[0][0]].rstrip()) - 1  # the name in front may end in a form of its own: 健脾膏 片 丸
    known = {one.start for one in mentions}
    for at in (last, *(at for start, end in spans for at in range(start, end))):
        if at not in known and text[at] in ORAL_GROUPS:
            yield Mention(Attribute.DOSAGE_FORM, text[at], at, at + 1)


def _own_form(title: Title, groups: Mapping[Mention, str]) -> Mention | None:
    """The form that the count is of, if one of several is, or else the first."""
    count = COUNT.search(title.text[:LONGEST_TITLE])
    counted = ORAL_GROUPS[count[1]] if count else ""
    return next((one for one, group in groups.items() if group == counted), next(iter(groups), None))


def _bare(text: str, one: Mention) -> bool:
    """Whether a form stands as a word of its own, or in a row of forms."""
    before, behind = text[one.start - 1 : one.start], text[one.end : one.end + 1]
    in_row = one.end - one.start == 1 and before in ORAL_GROUPS
    return in_row or (before == " " and behind in ("", " "))


def form_group(form: str, lexicon: Lexicon) -> str:
    """What a form is among those that one product is not made in side by side; empty where that can't be said."""
    row = lexicon.forms.get(form)
    if row is None:
        return ORAL_GROUPS.get(form, "")
    if row.route in APPLIED:
        return row.route
    return ORAL_GROUPS.get(lexicon.forms_of(form)[-1], "")


def _apart(one: str, other: str) -> bool:
    return one != other and {one, other} not in ALIKE_FORMS


def stuffed_populations(title: Title) -> Iterator[Trick]:
    """Populations that the product's medicine must not be given to, or that its name leaves out (小儿…, 成人)."""
    said = [one for one in title.mentions if one.attribute is Attribute.POPULATION]
    claimed = [one for one in said if one.start >= max(title.end, 0)]
    if not claimed or not title.names:
        return
    barred = {name for row in _rows(title.names, title.lexicon) for name in row.contraindicated}
    left_out = {other for name in _populations_in_name(title) for other in title.lexicon.excluded_by(name)}
    for one in claimed:
        if one.value in left_out or barred & set(title.lexicon.populations_of(one.value)):
            yield Trick("stuffed_population", Attribute.POPULATION, one.value, one.start, one.end, title.names[0])


def _populations_in_name(title: Title) -> Iterator[str]:
    """Whom the words of the name say it is for, be they part of a longer word."""
    name = title.text[title.start : title.end] if title.start >= 0 else ""
    for hit in title.lexicon.name_hits(name):
        for entry in hit.entries:
            if entry.kind is Kind.POPULATION and hit.end - hit.start > 1:
                yield entry.value
