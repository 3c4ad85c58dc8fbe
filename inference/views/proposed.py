"""Entries that a model proposes: asking about names that the knowledge lacks, and deciding on what comes of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from inference.entry_form import EntryForm, filled, offered, posted
from inference.enums import EntryOrigin
from inference.inquiry_form import InquiryForm
from inference.knowledge.faults import Names
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Kind
from inference.models import NameInquiry, ProposedEntry
from inference.name_tasks import ask_about_names
from inference.selectors.entries import Standing
from inference.selectors.knowledge import lexicon_in_use, tables_in_use
from inference.selectors.proposed import cost_so_far, entries_of, inquiries, waiting_entries
from inference.selectors.unknown_names import names_left
from inference.services.name_inquiries import begin_inquiry, stop_inquiry
from inference.services.proposed_entries import Changed, accept_entry, decline_entry
from inference.views.entry_links import entry_address
from inference.views.entry_shown import Fact, facts_of
from rules.views.refusals import said_on
from rules.views.roles import actor

PAGE_SIZE = 20
NAMES_SHOWN = 12
REFUSED = 422
MAY_CORRECT = permission_required("inference.correct_knowledge", raise_exception=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposed entry as a page shows it; `url` is the page of the entry where there is one."""

    entry: ProposedEntry
    facts: tuple[Fact, ...]
    url: str


@require_safe
def proposed(request: HttpRequest) -> HttpResponse:
    """The entries that wait for somebody, with the form that has a model asked."""
    return _page(request, InquiryForm())


@require_POST
@MAY_CORRECT
def ask(request: HttpRequest) -> HttpResponse:
    """Have a model asked about names."""
    form = InquiryForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            inquiry = begin_inquiry(by=actor(request), endpoint=data["endpoint"], most=data["most"])
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            ask_about_names.delay(inquiry.pk)
            return redirect("inference:proposed_of", inquiry.pk)
    return _page(request, form, REFUSED)


@require_safe
@vary_on_headers("HX-Request")
def inquiry(request: HttpRequest, pk: int) -> HttpResponse:
    """One round of asking: how far it is, what it took, and what it brought."""
    found = get_object_or_404(inquiries(), pk=pk)
    page = Paginator(entries_of(found), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "inquiry": found,
        "cost": cost_so_far(found),
        "page": page,
        "rows": shown(page, lexicon_in_use()),
        "may_correct": request.user.has_perm("inference.correct_knowledge"),
    }
    fragment = "#progress" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"inference/name_inquiry.html{fragment}", context)


@require_POST
@MAY_CORRECT
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask about no further names."""
    found = get_object_or_404(NameInquiry, pk=pk)
    with said_on(request):
        stop_inquiry(by=actor(request), inquiry=found)
    return redirect("inference:proposed_of", found.pk)


@require_POST
@MAY_CORRECT
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what a model proposed."""
    entry = get_object_or_404(ProposedEntry, pk=pk)
    with said_on(request):
        accept_entry(by=actor(request), proposed=entry)
        messages.success(request, _("%(name)s is in use from now on.") % {"name": entry.name})
    return _back(request)


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_CORRECT
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a proposed entry: what it says is changed, and then written."""
    entry = get_object_or_404(ProposedEntry, pk=pk)
    kind = Kind(entry.kind)
    if request.method != "POST":
        form = filled(kind, entry.content, entry.expected_number)
        form.initial["source"] = entry.source
        return _form_page(request, form, entry)
    form = posted(kind, request.POST)
    if form.is_valid():
        said = Changed(form.content(), form.cleaned_data["source"], form.cleaned_data["note"])
        try:
            accept_entry(by=actor(request), proposed=entry, changed=said)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(name)s is in use from now on.") % {"name": entry.name})
            return redirect(entry_address(kind, entry.name))
    return _form_page(request, form, entry, REFUSED)


def _form_page(request: HttpRequest, form: EntryForm, entry: ProposedEntry, status: int = 200) -> HttpResponse:
    kind = Kind(entry.kind)
    context = {"form": form, "entry": entry, "offered": offered(kind, Names(tables_in_use()))}
    return render(request, "inference/proposed_change.html", context, status=status)


@require_POST
@MAY_CORRECT
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave out what a model proposed."""
    entry = get_object_or_404(ProposedEntry, pk=pk)
    with said_on(request):
        decline_entry(by=actor(request), proposed=entry, note=request.POST.get("note", ""))
        messages.success(request, _("%(name)s stays out, and no model is asked about it again.") % {"name": entry.name})
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """The list again, at the page that was shown."""
    at = request.POST.get("page", "")
    return redirect(reverse("inference:proposed_entries") + (f"?page={at}" if at.isdigit() else ""))


def _page(request: HttpRequest, form: InquiryForm, status: int = 200) -> HttpResponse:
    names = names_left()
    page = Paginator(waiting_entries(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "endpoints": len(form.fields["endpoint"].queryset),  # type: ignore[attr-defined]
        "names": names[:NAMES_SHOWN],
        "unknown": len(names),
        "latest": inquiries().first(),
        "page": page,
        "rows": shown(page, lexicon_in_use()),
        "may_correct": request.user.has_perm("inference.correct_knowledge"),
    }
    return render(request, "inference/proposed_entries.html", context, status=status)


def shown(entries: Iterable[ProposedEntry], lexicon: Lexicon) -> list[Shown]:
    """Proposed entries with their fields in words."""
    return [_shown(entry, lexicon) for entry in entries]


def _shown(entry: ProposedEntry, lexicon: Lexicon) -> Shown:
    kind = Kind(entry.kind)
    standing = Standing(kind, entry.name, entry.expected_number, entry.content, entry.source, EntryOrigin.CORRECTION)
    known = entry.expected_number or (hasattr(entry, "verdict") and entry.verdict.accepted)
    return Shown(entry, tuple(facts_of(standing, lexicon)), entry_address(kind, entry.name) if known else "")
