"""The entries of the knowledge as a list that is searched and filtered, kept in memory until an entry changes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from inference.enums import EntryOrigin
from inference.knowledge.overlay import Record, Version, by_name, record_of
from inference.knowledge.records import Kind
from inference.knowledge.references import naming
from inference.knowledge.schema import ALSO_CALLED, FIELDS
from inference.models import EntryVersion
from inference.selectors.entries import FIELDS_OF_STANDING, Standing, stored
from inference.selectors.knowledge import State, lexicon_of, state_at, tables_of
from rules.engine.text import normalise

WORDS_SEARCHED = 8
FACETS: Mapping[Kind, str] = {Kind.MEDICINE: "category", Kind.EFFICACY: "group", Kind.FORM: "route"}
"""The field by which entries of a kind are told apart, where there is one of few values."""
WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Shelved:
    """An entry on the shelf. Its texts are made comparable only when somebody searches."""

    kind: Kind
    name: str
    record: Record
    origin: EntryOrigin
    number: int
    withdrawn: bool

    @cached_property
    def called(self) -> frozenset[str]:
        """Its names, normalised."""
        return frozenset(map(normalise, (self.name, *getattr(self.record, ALSO_CALLED[self.kind], ()))))

    @cached_property
    def words(self) -> str:
        """All that it says, normalised."""
        said = [value for field in FIELDS[self.kind] if (value := getattr(self.record, field.name))]
        return normalise(
            " ".join([self.name, *(value if isinstance(value, str) else " ".join(value) for value in said)])
        )

    @property
    def group(self) -> str:
        """Its value of the facet of its kind."""
        facet = FACETS.get(self.kind, "")
        return getattr(self.record, facet) if facet else ""

    @property
    def state(self) -> str:
        """Where it comes from, or that it was withdrawn."""
        return WITHDRAWN if self.withdrawn else self.origin.value


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. `names` is a field with a name that is in it, as `efficacy:感冒`."""

    text: str = ""
    group: str = ""
    state: str = ""
    names: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """All entries by kind, with what is needed to look for some."""

    state: State
    entries: Mapping[Kind, tuple[Shelved, ...]]

    def found(self, kind: Kind, wanted: Wanted) -> Sequence[Shelved]:
        """The entries of a kind that are wanted; those called so before those that only say it."""
        words = [normalise(word) for word in wanted.text.split()[:WORDS_SEARCHED]]
        found = [one for one in self.entries[kind] if all(word in one.words for word in words)]
        if wanted.group:
            found = [one for one in found if wanted.group in one.group.split("|")]
        if wanted.state:
            found = [one for one in found if one.state == wanted.state]
        else:
            found = [one for one in found if not one.withdrawn]
        if wanted.names:
            named = self._naming(kind, wanted.names)
            found = [one for one in found if one.name in named]
        return sorted(found, key=lambda one: nearness(one, normalise(wanted.text))) if words else found

    def counts(self, text: str) -> Mapping[Kind, int]:
        """How many entries of each kind a text finds."""
        return {kind: len(self.found(kind, Wanted(text))) for kind in self.entries}

    def groups(self, kind: Kind) -> list[str]:
        """The values of the facet of a kind, the commonest first."""
        counts = Counter(value for one in self.entries[kind] for value in one.group.split("|") if value)
        return [value for value, _n in counts.most_common()]

    def _naming(self, kind: Kind, names: str) -> frozenset[str]:
        place, _colon, name = names.partition(":")
        field = next((field for field in FIELDS[kind] if field.name == place), None)
        if field is None or field.names is None:
            return frozenset()
        return frozenset(naming(field.names, name, lexicon_of(self.state)).get((kind, place), ()))


def nearness(entry: Shelved, text: str) -> int:
    """How near what an entry is called is to a text: called so, called a longer name, or only saying it."""
    if text == normalise(entry.name):
        return 0
    if text in entry.called:
        return 1
    return 2 if any(text in name for name in entry.called) else 3


def shelf_in_use() -> Shelf:
    """The shelf with every entry version there is, for the price of one small query."""
    return shelf_of(state_at())


@lru_cache(maxsize=2)
def shelf_of(state: State) -> Shelf:
    """The shelf of a state of the knowledge."""
    rows = EntryVersion.objects.filter(pk__lte=state.newest).order_by("pk").values_list(*FIELDS_OF_STANDING)
    newest = {(Kind(row[0]), row[1]): row for row in rows}
    standing = {key: stored(row) for key, row in newest.items()}
    tables = tables_of(state)
    entries = {}
    for kind in FIELDS:
        there = by_name(tables, kind)
        gone = {n: one for (of, n), one in standing.items() if of is kind and one.withdrawn}
        withdrawn = {n: record_of(Version(kind, n, one.content)) for n, one in gone.items()}
        every = (there | withdrawn).items()
        entries[kind] = tuple(shelved(kind, name, row, standing.get((kind, name))) for name, row in every)
    return Shelf(state, entries)


def shelved(kind: Kind, name: str, row: Record, standing: Standing | None) -> Shelved:
    """One entry as the shelf has it."""
    return Shelved(
        kind,
        name,
        row,
        standing.origin if standing else EntryOrigin.FILES,
        standing.number if standing else 1,
        bool(standing and standing.withdrawn),
    )
