"""The audit trail."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rules import selectors

PAGE_SIZE = 100


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first, and whether those shown are whole."""
    subject, verb = (request.GET.get(name, "").replace("\0", "") for name in ("subject", "verb"))
    page = Paginator(selectors.audit_events(subject=subject, verb=verb), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "subject": subject, "verb": verb, "broken": selectors.verify_events(page)}
    return render(request, "rules/audit.html", context)
