"""Reporting a bad case from where it was seen, in two keystrokes; and keeping and forgetting views of the inbox."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from annotation.case_forms import ReportForm, ViewForm
from annotation.case_keys import LEVEL_KEYS, SEVERITY_KEYS
from annotation.models import CaseView, Pair
from annotation.reasons import ReasonError
from annotation.selectors.cases import CaseFilter
from annotation.services.case_import import pair_for
from annotation.services.case_views import delete_view, save_view
from annotation.services.cases import PERMISSION, Reported, report_case
from rules.services.permissions import require


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def report(request: HttpRequest) -> HttpResponse:
    """The form, filled in from the page it was opened on; a POST reports."""
    form = ReportForm(request.POST if request.method == "POST" else None, initial=started(request))
    context: dict[str, Any] = {"form": form, "level_keys": LEVEL_KEYS, "severity_keys": SEVERITY_KEYS}
    code = 200
    if request.method == "POST":
        try:
            reported = taken(request, form)
        except ValidationError as error:
            form.add_error(None, error)
        if not form.errors:
            return answered(request, reported)
        code = 422
    context["pair"] = pair_shown(form)
    part = "#form" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"annotation/case_report.html{part}", context, status=code)


def started(request: HttpRequest) -> dict[str, str]:
    """What the address of the form says."""
    said = {name: request.GET.get(name, "") for name in ("pair", "query", "title", "given", "place")}
    return said | {"key": uuid4().hex}


def pair_shown(form: ReportForm) -> Pair | None:
    """The pair that the form is about, where it is stored."""
    said = str(form["pair"].value() or "")
    known = Pair.objects.select_related("query", "product")
    return known.filter(pk=int(said)).first() if said.isascii() and said.isdigit() and len(said) < 17 else None


def taken(request: HttpRequest, form: ReportForm) -> Reported | None:
    """Report what the form says. Raises ValidationError for a pair that can't be."""
    if not form.is_valid():
        return None
    require(request.user, PERMISSION)
    said = dict(form.cleaned_data)
    pk, query, title = said.pop("pair"), said.pop("query"), said.pop("title")
    known = Pair.objects.select_related("query", "product")
    if pk:
        return report_case(by=request.user, pair=get_object_or_404(known, pk=pk), **said)  # type: ignore[arg-type]
    try:
        pair = pair_for(query=query, product_id="", title=title)
    except ReasonError as error:
        raise ValidationError(_(error.reason) % error.params) from error
    return report_case(by=request.user, pair=pair, **said)  # type: ignore[arg-type]


def answered(request: HttpRequest, reported: Reported | None) -> HttpResponse:
    """What came of it: on the page it was reported from, or the case's page."""
    assert reported is not None
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "annotation/case_report.html#done", {"reported": reported})
    said = _("Reported as bad case %(case)d.") if reported.is_new else _("Counted on bad case %(case)d.")
    messages.success(request, said % {"case": reported.case.pk})
    return redirect("annotation:case", reported.case.pk)


@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the filter of the inbox under a name."""
    form, chosen = ViewForm(request.POST), CaseFilter.from_query(request.POST)
    try:
        if form.is_valid():
            save_view(by=request.user, chosen=chosen, **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("The view was kept."))
        else:
            messages.error(request, _("Give the view a name of at most 80 characters."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(f"{reverse('annotation:cases')}?{chosen.to_query()}")


@require_POST
def forget_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own."""
    if view := CaseView.objects.filter(pk=pk).first():  # a second click finds none, and all is as it should be
        delete_view(by=request.user, view=view)  # type: ignore[arg-type]
    messages.success(request, _("The view was forgotten."))
    return redirect("annotation:cases")
