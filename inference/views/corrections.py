"""Correcting the knowledge: the form of an entry with its live preview, withdrawing, restoring, adding."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from annotation.models import Benchmark
from annotation.selectors.blind import hidden_pairs
from inference.entry_form import EntryForm, filled, offered, posted
from inference.knowledge.faults import Names, faults_of
from inference.knowledge.overlay import Version
from inference.knowledge.records import Kind
from inference.selectors.corrections import preview_correction
from inference.selectors.entries import Standing
from inference.selectors.knowledge import tables_in_use
from inference.services import knowledge as services
from inference.services.knowledge import EntryConflictError
from inference.views.entry_links import entry_address, list_address
from inference.views.entry_shown import content_diff, kind_word, kind_words
from inference.views.knowledge import entry_or_404
from rules.views.refusals import said_on
from rules.views.roles import actor

CONFLICT = 409
UNREADABLE = 422
FLIPS_SHOWN = 50
MAY_CORRECT = permission_required(services.PERMISSION, raise_exception=True)


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_CORRECT
def correct(request: HttpRequest, kind: Kind) -> HttpResponse:
    """The form of an entry there is. What was typed stays where it is refused."""
    standing = entry_or_404(request, kind)
    if request.method != "POST":
        return form_page(request, filled(kind, standing.content, standing.number), standing)
    form, conflict = posted(kind, request.POST), None
    if form.is_valid():
        try:
            services.correct_entry(
                by=actor(request),
                kind=kind,
                name=standing.name,
                content=form.content(),
                source=form.cleaned_data["source"],
                note=form.cleaned_data["note"],
                expected_number=form.number(),
            )
            messages.success(request, _("The correction is in use from now on."))
            return redirect(entry_address(kind, standing.name))
        except EntryConflictError as refusal:
            conflict = refusal
        except ValidationError as refusal:
            form.refuse(refusal)
    return form_page(request, form, standing, conflict)


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_CORRECT
def add(request: HttpRequest, kind: Kind) -> HttpResponse:
    """The form of a new entry."""
    if request.method != "POST":
        return form_page(request, EntryForm(kind, new=True, initial={"name": request.GET.get("name", "")}))
    form = posted(kind, request.POST, new=True)
    if form.is_valid():
        data = form.cleaned_data
        try:
            written = services.add_entry(
                by=actor(request),
                kind=kind,
                name=data["name"],
                content=form.content(),
                source=data["source"],
                note=data["note"],
            )
            messages.success(request, _("The entry is in use from now on."))
            return redirect(entry_address(kind, written.name))
        except ValidationError as refusal:
            form.refuse(refusal)
    return form_page(request, form)


def form_page(
    request: HttpRequest, form: EntryForm, standing: Standing | None = None, conflict: EntryConflictError | None = None
) -> HttpResponse:
    """The form with what was refused, if anything was."""
    kind, name = form.kind, standing.name if standing else ""
    status = CONFLICT if conflict else UNREADABLE if form.is_bound and form.errors else 200
    context = {
        "form": form,
        "standing": standing,
        "kind_word": kind_word(kind),
        "kind_words": kind_words(kind),
        "conflict": conflict,
        "diff": content_diff(kind, conflict.theirs.content, conflict.mine) if conflict else (),
        "back": entry_address(kind, name) if standing else list_address(kind),
        "preview_address": entry_address(kind, name, "entry_preview"),
        "offered": offered(kind, Names(tables_in_use())),
    }
    return render(request, "inference/knowledge_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_CORRECT
def withdraw(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Take an entry out of use, after a look at what that changes."""
    standing = entry_or_404(request, kind)
    back, note, refusals = entry_address(kind, standing.name), request.POST.get("note", ""), []
    if request.method == "POST":
        number = posted_number(request, "expected_number")
        try:
            services.withdraw_entry(by=actor(request), kind=kind, name=standing.name, note=note, expected_number=number)
            messages.success(request, _("The entry is withdrawn. Any of its versions can be restored."))
            return redirect(back)
        except ValidationError as refusal:
            refusals = list(refusal.messages)
    context = {
        "standing": standing,
        "note": note,
        "refusals": refusals,
        "back": back,
        "preview_address": entry_address(kind, standing.name, "entry_preview"),
    }
    return render(request, "inference/knowledge_withdraw.html", context, status=UNREADABLE if refusals else 200)


@require_POST
@MAY_CORRECT
def restore(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Let an entry say again what one of its versions said."""
    standing = entry_or_404(request, kind)
    with said_on(request):
        services.restore_version(
            by=actor(request),
            kind=kind,
            name=standing.name,
            number=posted_number(request, "number"),
            expected_number=posted_number(request, "expected_number"),
        )
        messages.success(request, _("The version is in use again."))
    return redirect(entry_address(kind, standing.name))


@require_POST
@MAY_CORRECT
def preview(request: HttpRequest, kind: Kind) -> HttpResponse:
    """What the entry as typed, or its withdrawal, would change on a benchmark."""
    name = (request.GET.get("name") or request.POST.get("name", "")).strip()
    version = Version(
        kind,
        name,
        services.tidy(kind, posted(kind, request.POST).content()),
        withdrawn="withdraw" in request.POST,
    )
    new = not request.GET.get("name")
    faults = () if version.withdrawn else faults_of(kind, name, version.content, Names(tables_in_use()), new=new)
    benchmark = Benchmark.objects.order_by("pk").first()
    ready = not faults and benchmark is not None
    seen = preview_correction(benchmark=benchmark, version=version) if ready and benchmark else None
    flips = seen.flips if seen else ()
    hidden = hidden_pairs(request.user, [one.pair.pair_id for one in flips])
    context = {
        "seen": seen,
        "flips": [one for one in flips if one.pair.pair_id not in hidden][:FLIPS_SHOWN],
        "benchmark": benchmark,
        "faults": [services.said(fault) for fault in faults],
        "name": name,
        "kind_word": kind_word(kind),
        "back": entry_address(kind, name) if not new else list_address(kind),
    }
    fragment = "#preview" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"inference/knowledge_preview.html{fragment}", context)


def posted_number(request: HttpRequest, name: str) -> int:
    """A number that was sent; -1, which no version has, where it is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1
