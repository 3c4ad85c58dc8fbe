"""What the pages show of a knowledge entry: its fields with links, its source, and the difference of two versions."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from annotation.category_names import category_name
from inference.enums import EntryKind, EntryOrigin
from inference.knowledge.faults import words_in
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.overlay import Content, Version, content_of, record_of
from inference.knowledge.records import Kind
from inference.knowledge.schema import FIELDS, Field
from inference.knowledge.sources import Bilingual, english_names, shipped_sources
from inference.models import EntryVersion
from inference.selectors.entries import Standing
from inference.selectors.relations import Group
from inference.selectors.shelf import Shelved
from inference.views.entry_links import entry_address, list_address
from rules.engine.diff import word_diff
from rules.views.shown import DiffRow, language

PLURALS = {
    Kind.MEDICINE: gettext_noop("Medicines and goods"),
    Kind.BRAND: gettext_noop("Brands"),
    Kind.NEED: gettext_noop("Needs"),
    Kind.EFFICACY: gettext_noop("Efficacy terms"),
    Kind.CATEGORY: gettext_noop("Categories"),
    Kind.FORM: gettext_noop("Dosage forms"),
    Kind.POPULATION: gettext_noop("Populations"),
}
COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.MEDICINE: ("category", "efficacy", "forms", "population"),
    Kind.BRAND: ("aliases", "maker", "stands_for", "form"),
    Kind.NEED: ("efficacy", "category", "population"),
    Kind.EFFICACY: ("group", "synonyms", "near", "opposed"),
    Kind.CATEGORY: ("parent", "aliases"),
    Kind.FORM: ("parent", "route", "aliases"),
    Kind.POPULATION: ("broader", "aliases", "excludes"),
}
"""The fields that the list of a kind shows."""
WORDS_IN_A_CELL = 5
SYMMETRIC = ("near", "complementary", "opposed")
BETWEEN = " · "


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a field. `url` is the page of the entry it names, if there is one; `elsewhere`: that entry says it.

    `within` is what a dosage form is a kind of, narrowest first.
    """

    text: str
    url: str = ""
    elsewhere: bool = False
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of an entry in words."""

    label: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Entries that relate to an entry alike. `url` lists all of them where only some are shown."""

    label: str
    words: tuple[Word, ...]
    total: int
    url: str


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """One version of an entry with what it changed of the one before; the first with all that it says."""

    number: int
    version: EntryVersion | None
    origin: str
    source: str
    withdrawn: bool
    diff: tuple[DiffRow, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A field in the list: its first words, and how many more there are. `several`: it holds a list."""

    label: str
    text: str
    more: int
    several: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in the list. `english` is its name in English on an English page, where its file says so."""

    name: str
    english: str
    url: str
    cells: tuple[Cell, ...]
    origin: str
    by_person: bool
    shipped: bool
    withdrawn: bool
    number: int


def table_labels(kind: Kind) -> list[str]:
    """What the columns of a kind's list are called."""
    return [gettext(field.label) for field in columns(kind)]


def columns(kind: Kind) -> list[Field]:
    """The fields in the list of a kind."""
    fields = {field.name: field for field in FIELDS[kind]}
    return [fields[name] for name in COLUMNS[kind]]


def shown_row(entry: Shelved) -> Row:
    """An entry of the shelf as a row."""
    return Row(
        name=entry.name,
        english=english_name(entry.kind, entry.name),
        url=entry_address(entry.kind, entry.name),
        cells=tuple(cell(field, getattr(entry.record, field.name)) for field in columns(entry.kind)),
        origin=str(EntryOrigin(entry.origin).label),
        by_person=entry.origin is EntryOrigin.CORRECTION,
        shipped=entry.origin is EntryOrigin.FILES,
        withdrawn=entry.withdrawn,
        number=entry.number,
    )


def cell(field: Field, value: str | Sequence[str] | frozenset[str]) -> Cell:
    """A field's value in the list."""
    words = [value] if isinstance(value, str) else sorted(value) if isinstance(value, frozenset) else list(value)
    words = [category_name(word) for word in words] if field.names is Kind.CATEGORY else words
    return Cell(
        gettext(field.label), BETWEEN.join(words[:WORDS_IN_A_CELL]), max(len(words) - WORDS_IN_A_CELL, 0), field.many
    )


def in_language(text: Bilingual) -> str:
    """A text in the language of the page."""
    return text.chinese if language() == "zh" else text.english


def source_of(kind: Kind, name: str, origin: str, source: str) -> str:
    """Where a version comes from; of what the files say, in the language of the page."""
    known = shipped_sources().get((kind, name))
    shipped = known and (origin == EntryOrigin.FILES or source == known.english)
    return in_language(known) if known and shipped else source


def english_name(kind: Kind, name: str) -> str:
    """What an entry is called in English, on an English page."""
    return english_names().get((kind, name), "") if language() == "en" else ""


def facts_of(standing: Standing, lexicon: Lexicon) -> list[Fact]:
    """The fields that an entry fills, with links to the entries that they name."""
    facts = [Fact(gettext(field.label), words_of(field, standing, lexicon)) for field in FIELDS[standing.kind]]
    return [fact for fact in facts if fact.words]


def words_of(field: Field, standing: Standing, lexicon: Lexicon) -> tuple[Word, ...]:
    """The words of a field; those of an efficacy relation that only the other entry states are marked."""
    own = words_in(standing.content, field)
    if field.closed:
        own = tuple(word for text in own for word in text.split("|"))
    row = lexicon.efficacy.get(standing.name) if standing.kind is Kind.EFFICACY else None
    others = sorted(getattr(row, field.name) - set(own)) if row and field.name in SYMMETRIC else []
    if field.name == "near" and row:
        others = [word for word in others if word not in row.broader]
    brand = lexicon.brands.get(standing.name) if field.name == "stands_for" else None
    return (
        *(
            Word(word, link(field, brand.stands_for if brand else word, lexicon), within=wider(field, word, lexicon))
            for word in own
        ),
        *(Word(word, link(field, word, lexicon), elsewhere=True) for word in others),
    )


def wider(field: Field, word: str, lexicon: Lexicon) -> tuple[str, ...]:
    """What a dosage form that a medicine or a brand comes in is a kind of."""
    return lexicon.forms_of(word)[1:] if field.names is Kind.FORM and field.name != "parent" else ()


def link(field: Field, name: str, lexicon: Lexicon) -> str:
    """The page of the entry that a word of a field names."""
    return entry_address(field.names, name) if field.names and name in known_names(field.names, lexicon) else ""


def known_names(kind: Kind, lexicon: Lexicon) -> Container[str]:
    """The names of the entries of a kind that are in use."""
    of: Mapping[Kind, Container[str]] = {
        Kind.MEDICINE: lexicon.medicines,
        Kind.BRAND: lexicon.brands,
        Kind.NEED: lexicon.needs,
        Kind.EFFICACY: lexicon.efficacy,
        Kind.CATEGORY: lexicon.categories,
        Kind.FORM: lexicon.forms,
        Kind.POPULATION: lexicon.populations,
    }
    return of[kind]


def shown_group(group: Group, name: str) -> ShownGroup:
    """A group of related entries as links."""
    words = tuple(Word(one, entry_address(group.kind, one)) for one in group.names)
    more = group.place and group.total > len(words)
    url = list_address(group.kind, names=f"{group.place}:{name}") if more else ""
    return ShownGroup(gettext(group.label), words, group.total, url)


def shown_versions(standing: Standing, versions: Sequence[EntryVersion]) -> list[ShownVersion]:
    """The versions, newest first, each beside what it changed of the next."""
    if not standing.stored:
        return [only_shipped(standing)]
    before = [*versions[1:], None]
    return [shown_version(version, older) for version, older in zip(versions, before, strict=True)]


def only_shipped(standing: Standing) -> ShownVersion:
    """The one version of an entry that nobody has touched."""
    source = source_of(standing.kind, standing.name, EntryOrigin.FILES, standing.source)
    return ShownVersion(1, None, EntryOrigin.FILES.value, source, False, (), ())


def shown_version(version: EntryVersion, before: EntryVersion | None) -> ShownVersion:
    """A stored version beside the one before."""
    kind = Kind(version.kind)
    return ShownVersion(
        number=version.number,
        version=version,
        origin=version.origin,
        source=source_of(kind, version.name, version.origin, version.source),
        withdrawn=version.withdrawn,
        diff=content_diff(kind, before.content, version.content) if before else (),
        facts=() if before else plain_facts(kind, version.content),
    )


def plain_facts(kind: Kind, content: Content) -> tuple[Fact, ...]:
    """The fields that a version fills, without links."""
    return tuple(
        Fact(gettext(field.label), tuple(map(Word, words)))
        for field in FIELDS[kind]
        if (words := words_in(content, field))
    )


def content_diff(kind: Kind, before: Content, after: Content) -> tuple[DiffRow, ...]:
    """The fields in which two versions differ."""
    old, new = (content_of(record_of(Version(kind, "", content))) for content in (before, after))
    rows = []
    for field in FIELDS[kind]:
        was, now = (BETWEEN.join(words_in(content, field)) for content in (old, new))
        if was != now:
            rows.append(DiffRow(gettext(field.label), word_diff(was, now)))
    return tuple(rows)


def kind_word(kind: Kind) -> str:
    """What an entry of a kind is called."""
    return str(EntryKind(kind.value).label)


def kind_words(kind: Kind) -> str:
    """What the entries of a kind are called."""
    return gettext(PLURALS[kind])
