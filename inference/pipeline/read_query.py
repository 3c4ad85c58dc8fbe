"""Reading a query: what the shopper names, and what is left that nothing is known of."""

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Entry, Hit, Kind
from inference.pipeline.composite import composite_names
from inference.pipeline.contents import contents
from inference.pipeline.named_by_use import asked_by_use
from inference.pipeline.negation import ruled_out
from inference.pipeline.reading import MOST_MENTIONS, Gathered, Reading, add_medicine, kinds_named
from inference.pipeline.recognise import recognise
from inference.pipeline.steps import CommonName, Rewrite
from inference.pipeline.uses import fitting
from rules.engine.attributes import Attribute
from rules.engine.text import normalise

GOODS = frozenset({Kind.MEDICINE, Kind.CATEGORY})
DEVICES = "器械"
SUPPLEMENTS = "营养"
BY_USE = frozenset({"中药", "西药", "健康"})
"""Top categories in which another word for a category may be one medicine of it: 碘酊 among the iodophors."""


def read_query(text: str, lexicon: Lexicon) -> Reading:
    """What a normalised query says. Only mentions of origin `text` are asked for; the rest is knowledge of them."""
    found = asked_by_use(recognise(text, lexicon), lexicon)
    out = ruled_out(found, lexicon)
    held = contents(found, lexicon)
    if out or held:
        found = found.without([*((one.start, one.end) for one in out), *((one.start, one.end) for one in held)])
    hits, forms, rest = found.names, found.forms, found.rest
    names = composite_names(hits, forms, rest)
    gathered = Gathered()
    for name in names:
        gathered.add(Attribute.CORE_NAME, text[name.start : name.end], name.start, name.end)
    parts = {hit for name in names for hit in name.hits}
    goods = [hit for hit in hits if kinds_named(hit) & GOODS]
    alone = len(hits) == 1 and not forms and not rest
    for hit in hits:
        take = _take_part if hit in parts else _take
        for entry in _meant(hit, goods, lexicon, alone=alone):
            take(hit, entry, gathered, lexicon)
    for hit in forms:
        origin = "text" if _asks_form(text, hit, hits, lexicon) else "knowledge"
        gathered.add(Attribute.DOSAGE_FORM, hit.entries[0].value, hit.start, hit.end, origin)
    for one in held:
        for ingredient in one.ingredients:
            gathered.add(Attribute.INGREDIENT, ingredient, *one.at)
    for start, end, strength in found.strengths:
        gathered.add(Attribute.STRENGTH, strength, start, end)
    left = tuple(word for start, end, word in rest if not any(n.start <= start and end <= n.end for n in names))
    near = tuple(entry.value for hit in parts for entry in hit.entries if entry.kind is Kind.MEDICINE)
    excluded = tuple(mention for one in out for mention in one.mentions)[:MOST_MENTIONS]
    reading = Reading(text, tuple(gathered.mentions), gathered.frozen_values(), left, near, excluded=excluded)
    return fitting(reading, lexicon)


def _asks_form(text: str, form: Hit, hits: list[Hit], lexicon: Lexicon) -> bool:
    """Whether a dosage form is asked for, or only the end of a word for goods: 体温计, 鱼油, 钙片.

    A remedy named by use and form asks for both: 止咳糖浆.
    """
    name = next((hit for hit in hits if hit.start <= form.start and form.end <= hit.end), None)
    if name is None:
        return True
    if lexicon.forms[form.entries[0].value].route == DEVICES:
        return False
    categories = [entry.value for entry in name.entries if entry.kind is Kind.CATEGORY]
    if not categories or not _means_category(name, lexicon):
        return True
    own = any(normalise(category) == text[name.start : name.end] for category in categories)
    return not own and lexicon.kinds_of(categories[0])[-1] in BY_USE | {SUPPLEMENTS}


def _meant(hit: Hit, goods: list[Hit], lexicon: Lexicon, *, alone: bool) -> list[Entry]:
    """Which of the things that a word may name it means here. A complaint after which a Chinese medicine is
    called (风湿骨痛) is meant itself where neither a dosage form nor anything else is named."""
    kinds = kinds_named(hit)
    dropped: set[Kind] = set()
    if Kind.BRAND in kinds and any(other is not hit for other in goods):
        dropped = {Kind.MEDICINE, Kind.CATEGORY}
    elif kinds >= GOODS:
        dropped = {Kind.MEDICINE, Kind.EFFICACY} if _means_category(hit, lexicon) else {Kind.CATEGORY, Kind.EFFICACY}
    elif Kind.MEDICINE in kinds:
        dropped = {Kind.MEDICINE} if alone and _is_complaint(hit, lexicon) else {Kind.EFFICACY, Kind.NEED}
    return [entry for entry in hit.entries if entry.kind not in dropped]


def _is_complaint(hit: Hit, lexicon: Lexicon) -> bool:
    """Whether a word names a complaint and nothing but Chinese medicines besides."""
    medicines = [lexicon.medicines[entry.value] for entry in hit.entries if entry.kind is Kind.MEDICINE]
    kinds = kinds_named(hit)
    is_use = bool(kinds & {Kind.EFFICACY, Kind.NEED}) and Kind.BRAND not in kinds
    return is_use and all(row.category == "中药" for row in medicines)


def _means_category(hit: Hit, lexicon: Lexicon) -> bool:
    """Whether a word that names both a category and one thing in it asks for the category."""
    categories = [entry.value for entry in hit.entries if entry.kind is Kind.CATEGORY]
    if any(len(normalise(category)) == hit.end - hit.start for category in categories):
        return True
    made = any(lexicon.medicines[e.value].ingredients for e in hit.entries if e.kind is Kind.MEDICINE)
    return not (made and lexicon.kinds_of(categories[0])[-1] in BY_USE)


def _take(hit: Hit, entry: Entry, gathered: Gathered, lexicon: Lexicon) -> None:
    """Take up what a word asks for, and what is known of it."""
    attribute = {
        Kind.EFFICACY: Attribute.EFFICACY,
        Kind.POPULATION: Attribute.POPULATION,
        Kind.REGION: Attribute.REGION,
    }
    match entry.kind:
        case Kind.MEDICINE:
            gathered.add(Attribute.CORE_NAME, entry.value, hit.start, hit.end)
            add_medicine(gathered, lexicon, entry.value, hit.start, hit.end)
        case Kind.BRAND:
            _take_brand(hit, entry.value, gathered, lexicon)
        case Kind.CATEGORY:
            _take_category(hit, entry.value, gathered, lexicon)
        case Kind.NEED:
            _take_need(hit, entry.value, gathered, lexicon)
        case _:
            gathered.add(attribute[entry.kind], entry.value, hit.start, hit.end)


def _take_part(hit: Hit, entry: Entry, gathered: Gathered, lexicon: Lexicon) -> None:
    """A word that is part of a longer name only adds what is known of it."""
    match entry.kind:
        case Kind.MEDICINE:
            add_medicine(gathered, lexicon, entry.value, hit.start, hit.end)
        case Kind.EFFICACY:
            gathered.add(Attribute.EFFICACY, entry.value, hit.start, hit.end, "knowledge")
        case Kind.NEED:
            for term in lexicon.needs[entry.value].efficacy:
                gathered.add(Attribute.EFFICACY, term, hit.start, hit.end, "knowledge")


def _take_category(hit: Hit, category: str, gathered: Gathered, lexicon: Lexicon) -> None:
    gathered.add(Attribute.CATEGORY, category, hit.start, hit.end)
    for term in lexicon.efficacy_of_category(category):
        gathered.add(Attribute.EFFICACY, term, hit.start, hit.end, "knowledge")
    medicine = lexicon.medicines.get(category)
    for ingredient in medicine.ingredients if medicine and len(medicine.ingredients) == 1 else ():
        gathered.add(Attribute.INGREDIENT, ingredient, hit.start, hit.end, "knowledge")


def _take_brand(hit: Hit, name: str, gathered: Gathered, lexicon: Lexicon) -> None:
    gathered.add(Attribute.BRAND, name, hit.start, hit.end)
    if medicine := lexicon.brands[name].stands_for:
        gathered.add(Attribute.CORE_NAME, medicine, hit.start, hit.end, "knowledge")
        add_medicine(gathered, lexicon, medicine, hit.start, hit.end)


def _take_need(hit: Hit, says: str, gathered: Gathered, lexicon: Lexicon) -> None:
    """What a need means; whom it is for only where its words say so (宝宝退烧), not by its nature (痛经)."""
    need = lexicon.needs[says]
    for attribute, values in ((Attribute.EFFICACY, need.efficacy), (Attribute.CATEGORY, need.category)):
        for value in values:
            gathered.add(attribute, value, hit.start, hit.end)
    said = any(Kind.POPULATION in kinds_named(part) for part in lexicon.name_hits(normalise(says)))
    for population in need.population:
        gathered.add(Attribute.POPULATION, population, hit.start, hit.end, "text" if said else "knowledge")


def common_names(query: Reading, lexicon: Lexicon, rewrites: tuple[Rewrite, ...] = ()) -> tuple[CommonName, ...]:
    """The medicines that the query names by another name than their common one, with the words that were typed."""
    typed = {one.after: one.before for one in rewrites if one.kept}
    found: dict[CommonName, None] = {}
    for mention in query.mentions:
        if mention.attribute is not Attribute.CORE_NAME or mention.value not in lexicon.medicines:
            continue
        word = query.text[mention.start : mention.end]
        said = typed.get(word, word)
        if normalise(mention.value) not in said:
            found[CommonName(said, mention.value)] = None
    return tuple(found)


def tags_of(query: Reading, lexicon: Lexicon) -> tuple[str, ...]:
    """The top categories that the query's words lie in: those it names, or else those of its medicines."""
    named = [m.value for m in query.mentions if m.attribute is Attribute.CATEGORY and m.origin == "text"]
    medicines = [lexicon.medicines[name] for name in query.of(Attribute.CORE_NAME) if name in lexicon.medicines]
    found = named or [kind for row in medicines for kind in (row.category, *row.kinds)]
    found = found or list(query.of(Attribute.CATEGORY))
    return tuple(dict.fromkeys(lexicon.kinds_of(kind)[-1] for kind in found if kind))
