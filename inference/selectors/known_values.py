"""Which of the values that rules name the pipeline can read of a query or of a product of the catalogue."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache

import ahocorasick
from django.db.models import Count, Max

from annotation.models import Product
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.words import COUNTRIES, PROVINCES, RELEASE
from inference.pipeline.chain import Chain
from inference.pipeline.read_given import canonical_values
from inference.pipeline.reading import read_strengths
from inference.pipeline.release import all_forms
from inference.pipeline.trace import Failure
from inference.selectors.cases import attributes_of, case_with
from inference.selectors.chains import chain_with
from inference.selectors.hints import CLOSED
from inference.selectors.knowledge import lexicon_in_use
from rules.engine.attributes import Attribute, Side, Values
from rules.engine.situation import limited
from rules.engine.text import normalise
from rules.selectors.known_values import KnownValues, Named

LIMITED = (CLOSED | {Attribute.REGION}) - {Attribute.STRENGTH}
"""Attributes that have the values of the knowledge and no others, on either side."""
MOST_READ = 300
"""Products that are read for one value that only stands somewhere in them, before it is taken for one they have."""
ANY_QUERY = "?"
Asked = frozenset[tuple[Attribute, str]]


def values_known(named: Named) -> KnownValues:
    """The values that a side lacks: words of no knowledge, and names that no product of the catalogue has.

    A query may hold any brand, name and ingredient.
    """
    lexicon = lexicon_in_use()
    known = of_knowledge(lexicon)
    strange = frozenset(
        (one, value) for one, values in named.items() for value in values if not _is_known(one, value, known)
    )
    gone = frozenset(one for one in strange if one[0] in LIMITED or one[0] is Attribute.STRENGTH)
    unsold = strange - gone
    if unsold:
        unsold -= _sold(_catalogue(), lexicon, unsold)
    absent = {(side, *one) for one in gone for side in (Side.QUERY, Side.PRODUCT)}
    absent |= {(Side.PRODUCT, *one) for one in unsold}
    others = {one: known[one] - values for one, values in named.items() if one in LIMITED}
    instead = {one: words for one in gone | unsold if (words := worded(*one, lexicon))}
    return KnownValues(limited(named, absent, others), instead)


@lru_cache(maxsize=2)
def of_knowledge(lexicon: Lexicon) -> dict[Attribute, frozenset[str]]:
    """Every value that the knowledge can give an attribute, whatever the text."""
    medicines, needs = lexicon.medicines.values(), lexicon.needs.values()
    kinds = [name for one in medicines for name in (one.category, *one.kinds)]
    people = [name for one in medicines for name in one.population]
    uses = [term for one in medicines for term in one.efficacy]
    for need in needs:
        kinds += need.category
        people += need.population
        uses += need.efficacy
    forms = [*lexicon.forms, *(form for one in medicines for form in one.forms)]
    return {
        Attribute.BRAND: frozenset(lexicon.brands),
        Attribute.CORE_NAME: frozenset(lexicon.medicines) | {one.stands_for for one in lexicon.brands.values()},
        Attribute.EFFICACY: _with(lexicon.broader_efficacy, (*lexicon.efficacy, *uses)),
        Attribute.CATEGORY: _with(lexicon.kinds_of, (*lexicon.categories, *kinds)),
        Attribute.DOSAGE_FORM: _with(lambda form: all_forms(form, lexicon), (*forms, *RELEASE)),
        Attribute.INGREDIENT: frozenset(name for one in medicines for name in one.ingredients),
        Attribute.POPULATION: _with(lexicon.populations_of, (*lexicon.populations, *people)),
        Attribute.REGION: frozenset((*PROVINCES, *COUNTRIES)),
    }


def _with(above: Callable[[str], tuple[str, ...]], values: Iterable[str]) -> frozenset[str]:
    """Values with all that lies above them."""
    return frozenset(name for value in values if value for name in above(value))


def _is_known(attribute: Attribute, value: str, known: dict[Attribute, frozenset[str]]) -> bool:
    if attribute is Attribute.STRENGTH:  # there are as many as figures: any that is written as the pipeline writes it
        return value in {found for _start, _end, found in read_strengths(f"{value}*1")}
    return value in known[attribute]


def worded(attribute: Attribute, value: str, lexicon: Lexicon) -> tuple[str, ...]:
    """How the pipeline calls what somebody typed, where it knows it by another name."""
    found = dict.fromkeys(canonical_values(attribute, normalise(value), lexicon))
    return tuple(one for one in found if one != value)


def _catalogue() -> str:
    """Stands for the products as they are now."""
    state = Product.objects.aggregate(count=Count("pk"), newest=Max("pk"), changed=Max("updated_at"))
    return "/".join(map(str, state.values()))


@lru_cache(maxsize=16)
def _sold(catalogue: str, lexicon: Lexicon, asked: Asked) -> Asked:
    """Those of some names that a product has. Only products are read in which one of them stands, and few of each."""
    words, left = ahocorasick.Automaton(), set(asked)
    for value in {value for _attribute, value in asked if value}:
        words.add_word(value, value)
    words.make_automaton()
    chain, reads = chain_with(()), Counter[str]()
    for product in Product.objects.prefetch_related("images").order_by("pk").iterator(chunk_size=1000):
        standing = {value for _end, value in words.iter(_text_of(product))} if left else set()
        wanted = {one for one in left if one[1] in standing}
        had = _values_of(product, chain) if wanted else {}
        reads.update(value for _attribute, value in wanted)
        left -= {one for one in wanted if one[1] in had.get(one[0], ()) or reads[one[1]] >= MOST_READ}
    return asked - left


def _text_of(product: Product) -> str:
    """All that a name can be read from."""
    given = (value for values in attributes_of(product).values() for value in values)
    return normalise("\n".join([product.title, *given]))


def _values_of(product: Product, chain: Chain) -> Values:
    read = chain.understand(case_with(ANY_QUERY, product))
    return {} if isinstance(read, Failure) else read.facts.product
