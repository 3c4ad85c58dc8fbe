"""What knowledge is learned from: the products and leaflets of the database, and the lexicon without anything learned."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator

from django.db.models import Max

from annotation.models import Product
from inference.enums import DocumentKind, EntryOrigin
from inference.knowledge.leaflets import NAMES
from inference.knowledge.learn import Source
from inference.knowledge.lexicon import Lexicon, load_lexicon
from inference.knowledge.overlay import Version, overlaid
from inference.knowledge.records import Kind
from inference.models import EntryVersion, Passage
from rules.engine.attributes import Attribute

ROWS = 500
FACT = re.compile("(通用名称|商品名称|规格|生产企业)：(.*?)。(?=通用名称：|商品名称：|规格：|生产企业：|$)", re.DOTALL)
"""The facts of a leaflet's passage of names."""
PREFIX = "leaflet:"
LEARNED = frozenset({EntryOrigin.PRODUCT, EntryOrigin.LEAFLET})


def taught_lexicon() -> Lexicon:
    """The shipped knowledge with what people corrected, so that learning again comes to the same."""
    rows = EntryVersion.objects.filter(origin=EntryOrigin.CORRECTION).order_by("pk")
    versions = rows.values_list("kind", "name", "content", "withdrawn")
    shipped = load_lexicon()
    tables = overlaid(shipped.tables, (Version(Kind(kind), *said) for kind, *said in versions))
    return shipped if tables is shipped.tables else Lexicon(tables)


def sources() -> Iterator[Source]:
    """Every leaflet, then every product whose name is known, in the order they came in."""
    yield from leaflets()
    yield from products()


def products() -> Iterator[Source]:
    """The products that a merchant named, or whose title shows brand, name and dosage form plainly."""
    rows = Product.objects.order_by("pk").values_list("given", "parsed", "manufacturer", "indication")
    for given, parsed, maker, indication in rows.iterator(ROWS):
        plain = first(parsed, Attribute.BRAND) and first(parsed, Attribute.DOSAGE_FORM)
        if name := first(given, Attribute.CORE_NAME) or (plain and first(parsed, Attribute.CORE_NAME)):
            yield Source(name, brand=first(given, Attribute.BRAND), maker=maker, indication=indication)


def first(values: dict[str, list[str]], attribute: Attribute) -> str:
    """The first value of an attribute, or an empty text."""
    return next(iter(values.get(attribute.value) or ()), "")


def leaflets() -> Iterator[Source]:
    """The leaflets among the documents, put together from their passages."""
    rows = Passage.objects.filter(document__kind=DocumentKind.LEAFLET).order_by("document_id", "ordinal")
    document = ""
    sections: dict[str, str] = defaultdict(str)
    for external_id, heading, text in rows.values_list("document__external_id", "heading", "text").iterator(ROWS):
        if external_id != document:
            if document:
                yield leaflet(document, sections)
            document, sections = external_id, defaultdict(str)
        sections[heading] += text
    if document:
        yield leaflet(document, sections)


def leaflet(external_id: str, sections: dict[str, str]) -> Source:
    """One leaflet by the headings of its passages."""
    facts = dict(FACT.findall(sections.get(NAMES, "")))
    told = {heading: text for heading, text in sections.items() if heading != NAMES}
    name = facts.get("通用名称", "")
    return Source(
        name,
        brand=facts.get("商品名称", ""),
        maker=facts.get("生产企业", ""),
        leaflet=external_id.removeprefix(PREFIX),
        sections=told,
    )


def outlived(taught: Collection[tuple[Kind, str]]) -> list[EntryVersion]:
    """The newest versions of entries that were learned once and that nothing teaches any more."""
    newest: dict[tuple[Kind, str], tuple[int, str, bool]] = {}
    rows = EntryVersion.objects.order_by("number").values_list("kind", "name", "pk", "origin", "withdrawn")
    for kind, name, pk, origin, withdrawn in rows.iterator(ROWS):
        newest[Kind(kind), name] = pk, origin, withdrawn
    gone = [pk for key, (pk, origin, out) in newest.items() if origin in LEARNED and not out and key not in taught]
    return list(EntryVersion.objects.filter(pk__in=gone).order_by("pk"))


def newest_passage() -> int:
    """The newest passage there is, which tells whether leaflets came in since; 0 before the first."""
    newest: int | None = Passage.objects.aggregate(newest=Max("pk"))["newest"]
    return newest or 0
