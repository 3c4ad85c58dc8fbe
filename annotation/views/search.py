"""The search of the frame: rules, products and pairs by any word."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotation import selectors
from annotation.views.products import words_asked
from rules.models import ReleaseEntry
from rules.selectors import current_release, library
from rules.views.library import library_row

MOST_SHOWN = 10


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The first rules in force, products and pairs that hold every word, and how many there are of each."""
    text = words_asked(request)
    rules, products, pairs = rules_matching(text), selectors.products_matching(text), selectors.pairs_matching(text)
    counts = {"rules": rules.count(), "products": products.count(), "pairs": pairs.count()}
    context = {
        "q": text,
        "counts": counts,
        "found": any(counts.values()),
        "rules": [library_row(entry) for entry in rules[:MOST_SHOWN]],
        "products": products[:MOST_SHOWN],
        "pairs": pairs[:MOST_SHOWN],
    }
    return render(request, "annotation/search.html", context if text else {"q": ""})


def rules_matching(text: str) -> QuerySet[ReleaseEntry]:
    """The rules in force that hold every word of `text`."""
    release = current_release()
    return library(release, text=text) if release else ReleaseEntry.objects.none()
