"""Knowledge learned from imported products and leaflets: what the lexicon lacks, and where each entry is from. Pure.

What several sources say is put to the vote: what fewer than half of those that speak of it say is left out. An entry
of the lexicon is never changed where it says something, only filled in where a field is empty.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from inference.knowledge.leaflet_facts import (
    MOST_TERMS,
    efficacy_in,
    forbidden_for,
    indication_of,
    ingredients_in,
    meant_for,
    section,
    told_by_name,
)
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.makers import bare_maker
from inference.knowledge.naming import ASIDE, Named, is_brand_word, named, trade_name
from inference.knowledge.records import Brand, Kind, Medicine
from rules.engine.text import normalise

SHARE = 0.5
"""The part of the sources that must agree."""
CERTAIN_SHARE = 0.8
"""The part of a trade name's products that must be of the one medicine that it stands for."""
FEWEST_PRODUCTS = 2
"""A name with no efficacy is learned only when so many products go by it."""
KIND_SHARE, CATEGORY_SHARE = 0.5, 0.8
"""The part of the medicines for the same use that must be of a kind, of a top category."""
MOST_FORMS = 6
LONGEST_SOURCE = 300
FILLED = ("efficacy", "contraindicated", "ingredients")
"""The fields of a known medicine that are filled in where they are empty."""


@dataclass(frozen=True, slots=True)
class Source:
    """A product or a leaflet, as far as something can be learned from it. `leaflet`: its id, empty for a product."""

    name: str
    brand: str = ""
    form: str = ""
    maker: str = ""
    indication: str = ""
    leaflet: str = ""
    sections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Learned:
    """A new entry, or one of the lexicon with an empty field filled in, and where that comes from."""

    record: Medicine | Brand
    source: str
    from_leaflet: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """A source with the medicine that it is of."""

    source: Source
    medicine: Named


def learn(sources: Iterable[Source], lexicon: Lexicon) -> list[Learned]:
    """Every entry that the sources give and the lexicon lacks, medicines first, in the order of their names."""
    groups: dict[str, list[Spoken]] = defaultdict(list)
    for source in sources:
        if medicine := named(source.name, lexicon):
            groups[medicine.name].append(Spoken(source, medicine))
    kinds = kinds_by_use(lexicon)
    substances = frozenset(word for row in lexicon.medicines.values() for word in (row.name, *row.ingredients))
    medicines = [
        learned
        for name, group in sorted(groups.items())
        if (learned := (filled if group[0].medicine.known else new_medicine)(name, group, lexicon, substances, kinds))
    ]
    usable = {name for name, group in groups.items() if group[0].medicine.known} | {
        one.record.name for one in medicines
    }
    return [*medicines, *trade_names((one for name in sorted(usable) for one in groups.get(name, ())), lexicon)]


Kinds = Mapping[tuple[str, str], tuple[str, str]]
"""For an efficacy and a route the top category and the narrower one that most of its medicines are in."""


def new_medicine(
    name: str, group: Sequence[Spoken], lexicon: Lexicon, substances: frozenset[str], kinds: Kinds
) -> Learned | None:
    """A medicine that the lexicon lacks."""
    efficacy = agreed_efficacy(group, lexicon) or told_by_name(name, lexicon)
    if not efficacy and len({one.source.maker for one in group}) < FEWEST_PRODUCTS:
        return None
    forms = tuple(form for form, _ in Counter(one.medicine.form for one in group if one.medicine.form).most_common())
    route = lexicon.forms[forms[0]].route if forms else ""
    category, kind = kinds.get((efficacy[0], route), ("", "")) if efficacy else ("", "")
    record = Medicine(
        name=name,
        category=category,
        kinds=(kind,) if kind else (),
        efficacy=efficacy,
        forms=forms[:MOST_FORMS],
        route=route,
        population=agreed_audience(name, group, lexicon),
        contraindicated=agreed_barred(group, lexicon),
        ingredients=agreed_ingredients(group, substances),
    )
    return learned_from(record, group)


def filled(
    name: str, group: Sequence[Spoken], lexicon: Lexicon, substances: frozenset[str], kinds: Kinds
) -> Learned | None:
    """A medicine of the lexicon with its empty fields filled in, if there is anything to fill in."""
    row = lexicon.medicines[name]
    record = row
    if not row.efficacy:
        record = replace(record, efficacy=agreed_efficacy(group, lexicon))
    if not row.contraindicated:
        barred = tuple(one for one in agreed_barred(group, lexicon) if not is_for(one, row, lexicon))
        record = replace(record, contraindicated=barred)
    if not row.ingredients:
        record = replace(record, ingredients=agreed_ingredients(group, substances))
    fields = [name for name in FILLED if getattr(record, name) != getattr(row, name)]
    if not fields:
        return None
    learned = learned_from(record, telling(group))
    return replace(learned, source=f"{', '.join(fields)}: {learned.source}; the rest as before"[:LONGEST_SOURCE])


def is_for(population: str, row: Medicine, lexicon: Lexicon) -> bool:
    """Whether a medicine is made for a population, so that nobody believes it is forbidden for it."""
    lying = {*lexicon.populations_of(population), *populations_of(row.name, lexicon)}
    return (
        population in row.population
        or bool(lying & set(row.population))
        or population in populations_of(row.name, lexicon)
    )


def telling(group: Sequence[Spoken]) -> list[Spoken]:
    """The sources with sections or an indication, which are those that fields are filled in from."""
    return [one for one in group if one.source.sections or one.source.indication]


def learned_from(record: Medicine, group: Sequence[Spoken]) -> Learned:
    """The entry with the sources that it is from."""
    leaflets = [one.source for one in group if one.source.leaflet]
    return Learned(record, told(leaflets, len(group) - len(leaflets)), from_leaflet=bool(leaflets))


def told(leaflets: Sequence[Source], products: int) -> str:
    """Where something is from: the first leaflet by name, and how many others there are."""
    words = []
    if leaflets:
        first = leaflets[0]
        words.append(f"leaflet {first.leaflet} {first.name}" + (f", {first.maker}" if first.maker else ""))
    if len(leaflets) > 1:
        words.append(f"{len(leaflets) - 1} more leaflets" if len(leaflets) > 2 else "1 more leaflet")
    if products:
        words.append("catalogue, 1 product" if products == 1 else f"catalogue, {products} products")
    return "; ".join(words)[:LONGEST_SOURCE]


def majority(said: Sequence[Iterable[str]]) -> list[str]:
    """The words that at least half of the sources say, the more often said and the earlier said first."""
    counts: Counter[str] = Counter()
    places: dict[str, int] = {}
    for words in said:
        for place, word in enumerate(dict.fromkeys(words)):
            counts[word] += 1
            places[word] = min(places.get(word, place), place)
    kept = [word for word in counts if counts[word] >= SHARE * len(said)]
    return sorted(kept, key=lambda word: (places[word], -counts[word]))


def agreed_efficacy(group: Sequence[Spoken], lexicon: Lexicon) -> tuple[str, ...]:
    """What the sources agree that it is for, the main uses first."""
    texts = dict.fromkeys(indication_of(one.source.sections) or one.source.indication for one in group)
    said = [terms for text in texts if text and (terms := efficacy_in(text, lexicon))]
    return tuple(majority(said)[:MOST_TERMS])


def agreed_barred(group: Sequence[Spoken], lexicon: Lexicon) -> tuple[str, ...]:
    """Whom the leaflets agree that it is forbidden for."""
    said = [sorted(forbidden_for(one.source.sections, lexicon)) for one in group if one.source.sections]
    return tuple(sorted(majority(said)))


def agreed_audience(name: str, group: Sequence[Spoken], lexicon: Lexicon) -> tuple[str, ...]:
    """Whom the name says it is for, or else whom the leaflets agree that it is for."""
    said = [told for one in group if (told := meant_for(one.source.sections, lexicon))]
    return populations_of(name, lexicon) or tuple(majority(said))


def agreed_ingredients(group: Sequence[Spoken], substances: frozenset[str]) -> tuple[str, ...]:
    """The list of ingredients that most of the leaflets give."""
    texts = (section(one.source.sections, "成分", "成份") for one in group if one.source.sections)
    counts = Counter(found for text in texts if text and (found := ingredients_in(text, substances)))
    if not counts:
        return ()
    best, times = counts.most_common(1)[0]
    return best if times >= SHARE * counts.total() else ()


def populations_of(name: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Whom a name itself says it is for: 小儿."""
    hits = (hit for hit in lexicon.name_hits(name) if hit.end - hit.start > 1)
    found = (entry.value for hit in hits for entry in hit.entries if entry.kind is Kind.POPULATION)
    return tuple(dict.fromkeys(found))


def kinds_by_use(lexicon: Lexicon) -> Kinds:
    """For every main use and route the category and the kind that most of such medicines are in."""
    categories: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    kinds: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in lexicon.medicines.values():
        for route in row.route.split("|") if row.efficacy else ():
            categories[row.efficacy[0], route][row.category] += 1
            kinds[row.efficacy[0], route].update(row.kinds[:1])
    return {use: (most(categories[use], CATEGORY_SHARE), most(kinds[use], KIND_SHARE)) for use in categories}


def most(counts: Counter[str], share: float) -> str:
    """What is counted most, if it is more than a share of all."""
    best = counts.most_common(1)
    return best[0][0] if best and best[0][1] > share * counts.total() else ""


def trade_names(group: Iterable[Spoken], lexicon: Lexicon) -> Iterator[Learned]:
    """The trade names that the lexicon lacks, each with the medicine that it stands for."""
    found: dict[str, list[Spoken]] = defaultdict(list)
    for one in group:
        word = trade_name(one.source.brand, one.source.name)
        if word and not is_makers(word, one.source.maker) and is_brand_word(word, lexicon):
            found[word].append(one)
    for word, said in sorted(found.items()):
        medicines = Counter(one.medicine.name for one in said)
        medicine, times = medicines.most_common(1)[0]
        if times < CERTAIN_SHARE * len(said):
            continue
        meant = [one for one in said if one.medicine.name == medicine]
        forms = {one.medicine.form for one in meant}
        makers = {one.source.maker for one in meant if one.source.maker}
        if len(makers) > 1:
            continue  # a trade name is one maker's; what several write there is a word of another kind
        record = Brand(word, (), maker_of(makers), medicine, next(iter(forms)) if len(forms) == 1 else "")
        leaflets = [one.source for one in meant if one.source.leaflet]
        yield Learned(record, told(leaflets, len(meant) - len(leaflets)), from_leaflet=bool(leaflets))


def maker_of(makers: Iterable[str]) -> str:
    """The one maker's name as the lexicon writes makers."""
    return next((bare_maker(ASIDE.sub("", normalise(one)).strip()) for one in makers), "")


def is_makers(word: str, maker: str) -> bool:
    """Whether a word is part of its maker's name, and so the name of a house and not of a medicine."""
    return word in maker.lower()
