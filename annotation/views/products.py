"""The list of products and the page of one."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotation import selectors
from annotation.models import Product
from annotation.selectors.blind import hidden_pairs

PAGE_SIZE = 50
LONGEST_SEARCH = 200


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """Every product, or those that hold the words searched."""
    text = words_asked(request)
    page = Paginator(selectors.products_matching(text), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(product, selectors.attributes_of(product)) for product in page]
    return render(request, "annotation/products.html", {"q": text, "page": page, "rows": rows})


def words_asked(request: HttpRequest) -> str:
    """The words that an address searches for."""
    return request.GET.get("q", "").replace("\0", "")[:LONGEST_SEARCH].strip()


@require_safe
def product(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of one product, and its pairs."""
    found = get_object_or_404(Product.objects.prefetch_related("images"), pk=pk)
    page = Paginator(selectors.pairs_of(found), PAGE_SIZE).get_page(request.GET.get("page"))
    hidden = hidden_pairs(request.user, [pair.pk for pair in page])
    context = {"product": found, "attributes": selectors.attributes_of(found), "page": page, "hidden": hidden}
    return render(request, "annotation/product.html", context)
