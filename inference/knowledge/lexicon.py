"""The lexicon: what is known of medicines, brands, needs, efficacy, categories, forms and populations."""

import gc
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache

from inference.knowledge.pinyin import Sounds
from inference.knowledge.records import Brand, Category, Efficacy, Entry, Form, Hit, Kind, Medicine, Need, Population
from inference.knowledge.scan import build_automaton, matches
from inference.knowledge.slips import SHORTEST_FORM, Slips
from inference.knowledge.tables import Tables, read_tables
from inference.knowledge.words import COUNTRIES, PROVINCES
from rules.engine.text import normalise

SHARE_OF_A_CATEGORY = 0.3
"""An efficacy is a category's own when this share of its medicines has it among their first two."""


class Lexicon:
    """Immutable after it is built; `digest` changes with every byte of the knowledge behind it."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.digest = tables.digest
        self.efficacy: Mapping[str, Efficacy] = symmetric({row.term: row for row in tables.efficacy})
        self.categories: Mapping[str, Category] = {row.name: row for row in tables.categories}
        self.forms: Mapping[str, Form] = {row.name: row for row in tables.forms}
        self.populations: Mapping[str, Population] = {row.name: row for row in tables.populations}
        self.medicines: Mapping[str, Medicine] = merged(tables.medicines)
        self.brands: Mapping[str, Brand] = with_canonical_medicines(tables.brands, self.medicines)
        self.needs: Mapping[str, Need] = {row.says: row for row in tables.needs}
        self._names = build_automaton(collected(self._name_words()))
        self._form_words = build_automaton(collected(self._forms_said()))
        self._category_efficacy = category_efficacy(self)

    def name_hits(self, text: str) -> Iterator[Hit]:
        """Every name, brand, need, efficacy, category, population and place in a normalised text, overlaps included."""
        return matches(self._names, text)

    def form_hits(self, text: str) -> Iterator[Hit]:
        """Every dosage form in a normalised text, overlaps included."""
        return matches(self._form_words, text)

    @cached_property
    def medicine_slips(self) -> Slips:
        """Names of medicines as shoppers mistype them."""
        rows = self.medicines.values()
        return Slips((normalise(word), row.name) for row in rows for word in (row.name, *row.aliases))

    @cached_property
    def form_slips(self) -> Slips:
        """Dosage forms as shoppers mistype them."""
        rows = self.forms.values()
        return Slips(((word, row.name) for row in rows for word in (row.name, *row.aliases)), SHORTEST_FORM)

    @cached_property
    def sounds(self) -> Sounds:
        """Every word but places as it is pronounced."""
        return Sounds((*self._name_words(), *self._forms_said()))

    def kinds_of(self, category: str) -> tuple[str, ...]:
        """A category and those it lies in, narrowest first."""
        return self._above_category.get(category) or (category,)

    def forms_of(self, form: str) -> tuple[str, ...]:
        """A dosage form and those it is one of, narrowest first."""
        return self._above_form.get(form) or (form,)

    def populations_of(self, population: str) -> tuple[str, ...]:
        """A population and those it belongs to, narrowest first."""
        return self._above_population.get(population) or (population,)

    @cached_property
    def _above_category(self) -> Mapping[str, tuple[str, ...]]:
        return upwards({name: row.parent for name, row in self.categories.items()})

    @cached_property
    def _above_form(self) -> Mapping[str, tuple[str, ...]]:
        return upwards({name: row.parent for name, row in self.forms.items()})

    @cached_property
    def _above_population(self) -> Mapping[str, tuple[str, ...]]:
        return upwards({name: row.broader for name, row in self.populations.items()})

    @cached_property
    def _excluded(self) -> Mapping[str, frozenset[str]]:
        return {
            name: frozenset(other for one in self.populations_of(name) for other in self._row_excludes(one))
            - frozenset(self.populations_of(name))
            for name in self.populations
        }

    def _row_excludes(self, population: str) -> tuple[str, ...]:
        row = self.populations.get(population)
        return row.excludes if row else ()

    def excluded_by(self, population: str) -> frozenset[str]:
        """Whom something made for `population` can't be for."""
        return self._excluded.get(population, frozenset())

    def broader_efficacy(self, term: str) -> tuple[str, ...]:
        """An efficacy and those it is a case of, narrowest first."""
        found = [term]
        for one in found:
            row = self.efficacy.get(one)
            found += [broader for broader in (row.broader if row else ()) if broader not in found]
        return tuple(found)

    def efficacy_of_category(self, category: str) -> tuple[str, ...]:
        """What products of a category are for, judged by its medicines."""
        return self._category_efficacy.get(category, ())

    def extended(self, *, medicines: Iterable[Medicine] = (), brands: Iterable[Brand] = ()) -> "Lexicon":
        """This lexicon with more rows, whose digest tells it apart. A row already here stays as it is."""
        more = tuple(row for row in medicines if row.name not in self.medicines)
        named = tuple(row for row in brands if row.name not in self.brands)
        digest = hashlib.sha256(f"{self.digest}{more!r}{named!r}".encode()).hexdigest()
        tables = self.tables
        return Lexicon(replace(tables, medicines=tables.medicines + more, brands=tables.brands + named, digest=digest))

    def _name_words(self) -> Iterator[tuple[str, Entry]]:
        for medicine in self.medicines.values():
            yield from said(Kind.MEDICINE, medicine.name, medicine.aliases)
        for brand in self.brands.values():
            yield from said(Kind.BRAND, brand.name, brand.aliases)
        for term in self.efficacy.values():
            yield from said(Kind.EFFICACY, term.term, term.synonyms)
        for need in self.needs:
            yield from said(Kind.NEED, need, ())
        for category in self.categories.values():
            yield from said(Kind.CATEGORY, category.name, category.aliases)
        for population in self.populations.values():
            yield from said(Kind.POPULATION, population.name, population.aliases)
        for place in PROVINCES + COUNTRIES:
            yield from said(Kind.REGION, place, ())

    def _forms_said(self) -> Iterator[tuple[str, Entry]]:
        for form in self.forms.values():
            yield from said(Kind.FORM, form.name, form.aliases)


def upwards(parents: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Every name with those above it, narrowest first; a circle is walked once."""
    found = {}
    for name in parents:
        lying = [name]
        while (parent := parents.get(lying[-1], "")) and parent not in lying:
            lying.append(parent)
        found[name] = tuple(lying)
    return found


def said(kind: Kind, value: str, aliases: tuple[str, ...]) -> Iterator[tuple[str, Entry]]:
    """The normalised words for one value, each with the entry it names."""
    for text in (value, *aliases):
        if word := normalise(text):
            yield word, Entry(kind, value)


def collected(words: Iterable[tuple[str, Entry]]) -> dict[str, tuple[Entry, ...]]:
    """For every word all that it names, in the order met."""
    found: dict[str, dict[Entry, None]] = defaultdict(dict)
    for word, entry in words:
        found[word][entry] = None
    return {word: tuple(entries) for word, entries in found.items()}


def merged(rows: Iterable[Medicine]) -> dict[str, Medicine]:
    """The medicines by name. What two rows say of one name is put together, the first row's words first."""
    found: dict[str, Medicine] = {}
    for row in rows:
        found[row.name] = both(found[row.name], row) if row.name in found else row
    return found


def both(first: Medicine, second: Medicine) -> Medicine:
    """What two rows of the same name say; a list of ingredients is taken whole from the first that has one."""

    def joined(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*getattr(first, name), *getattr(second, name))))

    return replace(
        first,
        aliases=joined("aliases"),
        category=first.category or second.category,
        kinds=joined("kinds"),
        efficacy=joined("efficacy"),
        forms=joined("forms"),
        route=first.route or second.route,
        population=joined("population"),
        contraindicated=joined("contraindicated"),
        ingredients=first.ingredients or second.ingredients,
        relatives=joined("relatives"),
    )


def with_canonical_medicines(rows: Iterable[Brand], medicines: Mapping[str, Medicine]) -> dict[str, Brand]:
    """The brands by name, each standing for a medicine by its canonical name where that is known by another."""
    canonical = {alias: medicine.name for medicine in medicines.values() for alias in medicine.aliases}
    canonical |= {name: name for name in medicines}
    return {row.name: replace(row, stands_for=canonical.get(row.stands_for, row.stands_for)) for row in rows}


def symmetric(rows: dict[str, Efficacy]) -> dict[str, Efficacy]:
    """The same terms with relations in both directions; a broader term is near as well."""
    near: dict[str, set[str]] = defaultdict(set)
    complementary: dict[str, set[str]] = defaultdict(set)
    opposed: dict[str, set[str]] = defaultdict(set)
    for row in rows.values():
        for relation, others in (
            (near, row.near | set(row.broader)),
            (complementary, row.complementary),
            (opposed, row.opposed),
        ):
            for other in others:
                relation[row.term].add(other)
                relation[other].add(row.term)
    return {
        term: replace(
            row,
            near=frozenset(near[term]),
            complementary=frozenset(complementary[term]),
            opposed=frozenset(opposed[term]),
        )
        for term, row in rows.items()
    }


def category_efficacy(lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    """What each category is for: what its needs say, or else what enough of its medicines are for."""
    stated: dict[str, dict[str, None]] = defaultdict(dict)
    for need in lexicon.needs.values():
        if len(need.category) == 1:
            stated[need.category[0]].update(dict.fromkeys(need.efficacy))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    members: Counter[str] = Counter()
    for medicine in lexicon.medicines.values():
        for category in {above for kind in medicine.kinds for above in lexicon.kinds_of(kind)}:
            members[category] += 1
            counts[category].update(medicine.efficacy[:2])
    found = {}
    for category, row in lexicon.categories.items():
        if not row.parent:
            continue
        common = [term for term, n in counts[category].most_common(4) if n >= SHARE_OF_A_CATEGORY * members[category]]
        found[category] = tuple(dict.fromkeys([*common, *(stated[category] if not common else ())]))
    return found


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """The lexicon of the knowledge files, read once a process.

    It stays to the end, and the garbage collector need not look through it again and again.
    """
    lexicon = Lexicon(read_tables())
    gc.freeze()
    return lexicon
