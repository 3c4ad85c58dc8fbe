"""Pairs of the catalogue as the pipeline is asked them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from annotation.models import Pair, Product
from inference.pipeline.case import Case, Picture
from inference.selectors.pictures import pictures_by_digest
from rules.engine.attributes import Attribute, Values

KNOWN = frozenset(Attribute)


def cases_of(pair_ids: Iterable[int]) -> Mapping[int, Case]:
    """The case of every pair, in four queries however many there are, the words on the pictures included."""
    rows = list(
        Pair.objects.filter(pk__in=list(pair_ids)).order_by("pk").values_list("pk", "query__text", "product_id")
    )
    products = Product.objects.filter(pk__in={product for _pair, _query, product in rows}).order_by()
    shown = _products_as_shown(products.prefetch_related("images"))
    return {pair: replace(shown[product], query=query) for pair, query, product in rows}


def _products_as_shown(products: Iterable[Product]) -> dict[int, Case]:
    """Every product as a case that asks nothing yet."""
    known = {product.pk: product for product in products}
    read = pictures_by_digest(image.sha256 for product in known.values() for image in product.images.all())
    return {pk: _asked("", product, read) for pk, product in known.items()}


def case_of(pair: Pair) -> Case:
    """One pair as the pipeline is asked it."""
    return _case(pair, pictures_by_digest(image.sha256 for image in pair.product.images.all()))


def case_with(query: str, product: Product) -> Case:
    """Any query with a product of the catalogue."""
    return _asked(query, product, pictures_by_digest(image.sha256 for image in product.images.all()))


def _case(pair: Pair, read: Mapping[str, Picture]) -> Case:
    return _asked(pair.query.text, pair.product, read)


def _asked(query: str, product: Product, read: Mapping[str, Picture]) -> Case:
    return Case(
        query=query,
        title=product.title,
        given=attributes_of(product),
        indication=product.indication,
        pictures=tuple(read[image.sha256] for image in product.images.all() if image.sha256 in read),
    )


def attributes_of(product: Product) -> Values:
    """What is known of a product: what the merchant gave, and where that is silent what its title says."""
    merged = {**product.parsed, **{name: values for name, values in product.given.items() if values}}
    return {Attribute(name): frozenset(values) for name, values in merged.items() if name in KNOWN and values}
