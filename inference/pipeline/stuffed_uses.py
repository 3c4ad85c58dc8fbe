"""Uses and kinds of goods in a title, behind the product's own name, that have nothing to do with its medicine."""

from collections.abc import Iterable, Iterator

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Entry, Hit, Kind, Medicine
from inference.pipeline.reading import kinds_named
from inference.pipeline.relate import relate_efficacy
from inference.pipeline.steps import Trick
from inference.pipeline.title_words import BUNDLE, Title
from inference.pipeline.trace import EfficacyRelation
from inference.pipeline.uses import OUTSIDE, PLACES, SKIN
from rules.engine.attributes import Attribute

USES = frozenset({Kind.EFFICACY, Kind.NEED, Kind.CATEGORY})
NAMES = frozenset({Kind.MEDICINE, Kind.BRAND})
"""What a word of use may name as well: 伟哥."""
DRUGS = frozenset({"中药", "西药"})
ATTRIBUTES = {
    Kind.EFFICACY: Attribute.EFFICACY,
    Kind.NEED: Attribute.EFFICACY,
    Kind.CATEGORY: Attribute.CATEGORY,
}
STRANGE = (EfficacyRelation.OTHER, EfficacyRelation.OPPOSED)
LOOSE = frozenset({"中医调理", "营养保健", "护理耗材", "个人护理", "婴幼护理", "麻醉急救", "免疫", "其他"})
"""Groups of uses that titles of any medicine speak of: 活血, 增强免疫力, 止痛."""
SHORTEST = 2
TOPS = frozenset({"中药", "西药", "健康"})
"""Top categories that a medicine may be called by whichever it is listed under."""
SEPARATOR = " ,，、/;|"


def stuffed_uses(title: Title) -> Iterator[Trick]:
    """Words of use that the product's medicine does not serve. Where one is certainly stuffed, those that are only
    near its uses are not believed either."""
    own = [title.lexicon.medicines[name] for name in title.names if name in title.lexicon.medicines]
    if title.start < 0 or len(own) < len(title.names) or BUNDLE.search(title.text):
        return
    if not own or not all(row.efficacy and row.category in DRUGS for row in own):
        return
    served, kinds = _known(own, title)
    places = _places(title)
    said = [hit for hit in _claims(title) if not groups_of(_told(hit, title.lexicon), title.lexicon) & places]
    relations = {hit: _relation(hit, served, kinds, title) for hit in said}
    beside = groups_of(served, title.lexicon) | LOOSE
    if any(relations[hit] in STRANGE and _main_groups(hit, title.lexicon).isdisjoint(beside) for hit in said):
        for hit in said:
            if relations[hit] not in (EfficacyRelation.SAME, EfficacyRelation.UNKNOWN):
                entry = _entry(hit)
                yield Trick("stuffed_use", ATTRIBUTES[entry.kind], entry.value, hit.start, hit.end, title.names[0])


def _known(own: Iterable[Medicine], title: Title) -> tuple[tuple[str, ...], frozenset[str]]:
    """What the product is for and of which kinds, as the lexicon and its own name and catalogue have it."""
    lexicon = title.lexicon
    kinds = [kind for row in own for kind in (*row.kinds, row.category)]
    served = [term for row in own for term in row.efficacy]
    for hit in title.hits:
        if hit.end <= title.end:
            served += [term for entry in hit.entries for term in _uses_of(entry, lexicon)]
    served += [term for kind in kinds for term in lexicon.efficacy_of_category(kind)]
    return tuple(dict.fromkeys(served)), frozenset(above for kind in kinds for above in lexicon.kinds_of(kind))


def _places(title: Title) -> frozenset[str]:
    """The groups of uses of where the title's dosage forms bring a medicine: eye drops are for the eyes."""
    forms = [one.value for one in title.mentions if one.attribute is Attribute.DOSAGE_FORM]
    routes = {title.lexicon.forms[form].route for form in forms if form in title.lexicon.forms}
    groups = {group for route in routes & PLACES.keys() for group in PLACES[route].groups}
    return frozenset(groups | OUTSIDE if SKIN in routes else groups)


def _main_groups(hit: Hit, lexicon: Lexicon) -> frozenset[str]:
    """The group of what a word of use chiefly means."""
    return groups_of(_told(hit, lexicon)[:1], lexicon)


def _claims(title: Title) -> Iterator[Hit]:
    """The words of use behind the product's name that stand by themselves, or in a row that does."""
    row: list[Hit] = []
    forms = {one.end for one in title.mentions if one.attribute is Attribute.DOSAGE_FORM}
    for hit in title.hits:
        if hit.start <= title.end or hit.end in forms or not _names_use(hit):
            continue
        if row and row[-1].end != hit.start:
            yield from _alone(title.text, row)
            row = []
        row.append(hit)
    yield from _alone(title.text, row)


def _alone(text: str, row: list[Hit]) -> list[Hit]:
    """The words of a row, if nothing else runs into it."""
    if not row or text[row[0].start - 1] not in SEPARATOR or text[row[-1].end : row[-1].end + 1] not in SEPARATOR:
        return []
    return row


def _names_use(hit: Hit) -> bool:
    kinds = kinds_named(hit)
    return hit.end - hit.start >= SHORTEST and bool(kinds & USES) and kinds <= USES | NAMES


def groups_of(terms: Iterable[str], lexicon: Lexicon) -> frozenset[str]:
    """The groups that uses are of."""
    return frozenset(lexicon.efficacy[term].group for term in terms if term in lexicon.efficacy)


def _entry(hit: Hit) -> Entry:
    return min((entry for entry in hit.entries if entry.kind in USES), key=lambda entry: entry.kind is Kind.NEED)


def _relation(hit: Hit, served: tuple[str, ...], kinds: frozenset[str], title: Title) -> EfficacyRelation:
    """How a word of use stands to what the product is for; the same either way round where one is the broader."""
    lexicon = title.lexicon
    for entry in hit.entries:
        if entry.value in title.names:
            return EfficacyRelation.SAME
        if entry.kind is Kind.CATEGORY and (entry.value in kinds or entry.value in TOPS):
            return EfficacyRelation.SAME
    told = _told(hit, lexicon)
    there = relate_efficacy(told, served, lexicon).relation
    back = relate_efficacy(served, told, lexicon).relation
    return EfficacyRelation.SAME if EfficacyRelation.SAME in (there, back) else there


def _told(hit: Hit, lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for entry in hit.entries for term in _uses_of(entry, lexicon)))


def _uses_of(entry: Entry, lexicon: Lexicon) -> tuple[str, ...]:
    match entry.kind:
        case Kind.EFFICACY:
            return (entry.value,)
        case Kind.NEED:
            need = lexicon.needs[entry.value]
            return (*need.efficacy, *(term for kind in need.category for term in lexicon.efficacy_of_category(kind)))
        case Kind.CATEGORY:
            return lexicon.efficacy_of_category(entry.value)
        case Kind.MEDICINE:
            return lexicon.medicines[entry.value].efficacy
    return ()
