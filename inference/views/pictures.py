"""The pictures of a product with the words read on them, and reading them again."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from annotation.models import Product
from inference.selectors.picture_pages import pictures_of_product
from inference.selectors.pictures import ocr_engine
from inference.services.pictures import PERMISSION, read_again, to_read_again

PRODUCTS = Product.objects.prefetch_related("images")


@require_GET
def pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """Every picture of a product; the product's page fetches it as a fragment."""
    product = get_object_or_404(PRODUCTS, pk=pk)
    engine = ocr_engine()
    found = pictures_of_product(product)
    unread = any(one.state == "unread" for one in found.pictures)
    context = {
        "product": product,
        "pictures": found.pictures,
        "summary": found.summary if len(found.pictures) > 1 else (),
        "engine": engine,
        "waits": bool(engine) and unread,
        "may_read": bool(engine) and request.user.has_perm(PERMISSION) and bool(to_read_again(product, engine)),
    }
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(request, "inference/pictures.html#pictures" if htmx else "inference/pictures.html", context)


@require_POST
def read_pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """Read what failed, waits or was read by another reader; then the pictures again."""
    product = get_object_or_404(PRODUCTS, pk=pk)
    try:
        count = read_again(by=request.user, product=product)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        said = ngettext("%(count)s picture was read.", "%(count)s pictures were read.", count)
        messages.success(request, said % {"count": count})
    return redirect("inference:pictures", pk=product.pk)
