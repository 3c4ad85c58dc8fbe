"""Pairs of the catalogue as the pipeline is asked them."""

from collections.abc import Iterable, Mapping

from annotation.models import Pair, Product
from inference.pipeline.case import Case
from rules.engine.attributes import Attribute, Values

KNOWN = frozenset(Attribute)


def cases_of(pair_ids: Iterable[int]) -> Mapping[int, Case]:
    """The case of every pair, in three queries however many there are."""
    pairs = Pair.objects.filter(pk__in=list(pair_ids)).select_related("query", "product")
    return {pair.pk: case_of(pair) for pair in pairs.prefetch_related("product__images")}


def case_of(pair: Pair) -> Case:
    """One pair as the pipeline is asked it."""
    product = pair.product
    return Case(
        query=pair.query.text,
        title=product.title,
        given=attributes_of(product),
        indication=product.indication,
        pictures=(),
    )


def attributes_of(product: Product) -> Values:
    """What is known of a product: what the merchant gave, and where that is silent what its title says."""
    merged = {**product.parsed, **{name: values for name, values in product.given.items() if values}}
    return {Attribute(name): frozenset(values) for name, values in merged.items() if name in KNOWN and values}
