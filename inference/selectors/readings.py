"""What is kept of how pairs were read, as far as it still holds."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Max, QuerySet, TextField
from django.db.models.functions import Cast

from annotation.models import Pair, Product, ProductImage
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.passages import Search
from inference.models import PairReading, PictureReading
from inference.pipeline.chain import Chain
from inference.pipeline.kept_reading import KeptReading
from inference.pipeline.key import CODE_VERSION, digest_of
from inference.pipeline.parameters import Parameters
from inference.selectors.outside import OutsideSearch
from inference.selectors.passages import DocumentSearch

MOST_AT_ONCE = 10_000
"""Products looked up in one query: databases bound how many values it may name."""
KEPT = ("pair_id", "case", "base", "query_side", "product_side", "mismatched")


def context_of(chain: Chain) -> str:
    """The digest of all that decides how a chain reads a pair, beside the pair itself."""
    return reading_context(chain.lexicon, chain.search, chain.parameters, chain.by_model.identity)


def reading_context(lexicon: Lexicon, search: Search, parameters: Parameters, stages: str = "") -> str:
    """The digest of knowledge, documents, parameters and code; `stages` names the models that perform some, if any."""
    documents = repr(search.state) if isinstance(search, DocumentSearch | OutsideSearch) else ""
    told = [lexicon.digest, documents, parameters.to_json(), CODE_VERSION]
    return digest_of([*told, stages] if stages else told)


def kept_readings(
    pairs: QuerySet[Any] | Iterable[int], context: str, cases: Mapping[int, str] | None = None
) -> dict[int, KeptReading]:
    """What is kept of these pairs in a context and still holds, by pair. `pairs`: ids, or a query for them.

    `cases` are digests of their texts, where somebody took them already.
    """
    cases = case_digests(pairs) if cases is None else cases
    rows = PairReading.objects.filter(context=context, pair_id__in=pairs).order_by().values_list(*KEPT)
    return {pair: KeptReading(*kept) for pair, case, *kept in rows.iterator() if cases.get(pair) == case}


def case_digests(pairs: QuerySet[Any] | Iterable[int]) -> dict[int, str]:
    """A digest of the texts of each pair: the query, and all that the catalogue holds of the product."""
    asked = list(Pair.objects.filter(pk__in=pairs).order_by().values_list("pk", "query__text", "product_id"))
    products = product_digests({product for _pair, _query, product in asked})
    return {pair: _short(f"{query}\n{products[product]}") for pair, query, product in asked}


def product_digests(products: Iterable[int]) -> Mapping[int, str]:
    """A digest of what is known of each product, the words read on its pictures included."""
    wanted = sorted(products)
    fields = (Cast("given", TextField()), Cast("parsed", TextField()))
    found: dict[int, str] = {}
    for start in range(0, len(wanted), MOST_AT_ONCE):
        some = wanted[start : start + MOST_AT_ONCE]
        pictures = _pictures(some)
        rows = Product.objects.filter(pk__in=some).order_by().values_list("pk", "title", "indication", *fields)
        found |= {row[0]: _short("\n".join((*row[1:], pictures.get(row[0], "")))) for row in rows.iterator()}
    return found


def _pictures(products: list[int]) -> Mapping[int, str]:
    """The pictures of products in their order, each with the newest reading of it."""
    images = ProductImage.objects.filter(product__in=products).order_by("product_id", "position", "pk")
    shown: dict[int, list[str]] = defaultdict(list)
    for product, sha256 in images.values_list("product_id", "sha256"):
        shown[product].append(sha256)
    digests = {sha256 for one in shown.values() for sha256 in one}
    read = PictureReading.objects.filter(sha256__in=digests).order_by().values_list("sha256").annotate(Max("pk"))
    newest = dict(read) if digests else {}
    return {product: " ".join(f"{sha256}.{newest.get(sha256)}" for sha256 in one) for product, one in shown.items()}


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
