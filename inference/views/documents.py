"""The documents that the pipeline searches: the list with its search, the page of one, passages that people add."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation.models.imports import rendered
from inference.document_forms import DocumentFilter, LeafletsForm, PassageForm
from inference.enums import DocumentKind
from inference.knowledge.records import Kind
from inference.knowledge.terms import query_terms
from inference.models import Document
from inference.selectors.documents import ShownPassage, documents_of, documents_shown, hits, marked, shown
from inference.services.documents import PERMISSION, add_passage, remove_document, replace_passage
from inference.services.leaflets import upload_leaflets
from inference.views.entry_shown import source_of

PAGE_SIZE = 50
PASSAGES_A_PAGE = 20
PROBLEMS_SHOWN = 100


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """Every document, or the passages that words find."""
    chosen = DocumentFilter(request.GET)
    text, kind = chosen.chosen("q").replace("\0", "").strip(), chosen.chosen("kind")
    context: dict[str, object] = {
        "q": text,
        "facets": [{"name": "kind", "label": _("Kind"), "choices": DocumentKind.choices, "current": kind}],
        "filtered": bool(text or kind),
        "only_entries": kind == DocumentKind.ENTRY and not text,
        "may_add": request.user.has_perm(PERMISSION),
    }
    if text:
        page = Paginator(hits(text, kind), PASSAGES_A_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "passages": [in_words(one) for one in shown(page, text)]}
    else:
        context["page"] = Paginator(documents_of(kind), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "inference/documents.html", context)


def in_words(one: ShownPassage) -> ShownPassage:
    """What was found, the source of a shipped entry in the language of the page."""
    if not one.subject:
        return one
    kind, _slash, name = one.subject.partition("/")
    return replace(one, source=source_of(Kind(kind), name, "", one.source))


@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """One document with its passages; the words searched for are marked."""
    found = get_object_or_404(documents_shown(), pk=pk)
    terms = query_terms(request.GET.get("q", ""))
    context = {
        "document": found,
        "passages": [(one.heading, list(marked(one.text, terms))) for one in found.passages.all()],
        "may_change": request.user.has_perm(PERMISSION),
    }
    return render(request, "inference/document.html", context)


@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """To the document that a trace names by its id."""
    found = Document.objects.filter(external_id=request.GET.get("id", "").replace("\0", "")).first()
    if found is None:
        messages.warning(request, _("That document is no longer there."))
        return redirect("inference:documents")
    return redirect("inference:document", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """The form of a new passage; a POST adds it."""
    form = PassageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_passage(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The passage was added. The search finds it from now on."))
            return redirect("inference:document", made.pk)
    return answered(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a passage that somebody added; a POST writes it anew."""
    found = get_object_or_404(documents_shown(), pk=pk, kind=DocumentKind.PASSAGE)
    before = {
        "title": found.title,
        "text": "\n".join(one.text for one in found.passages.all()),
        "source": found.source,
        "dated": found.dated,
    }
    form = PassageForm(request.POST or None, initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            replace_passage(by=request.user, document=found, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The passage was written anew."))
            return redirect("inference:document", found.pk)
    return answered(request, form, found)


def answered(request: HttpRequest, form: PassageForm, found: Document | None) -> HttpResponse:
    """The form, with what is wrong in it."""
    context = {"form": form, "document": found, "may_change": request.user.has_perm(PERMISSION)}
    return render(request, "inference/document_form.html", context, status=422 if form.errors else 200)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a document; a second click finds it removed."""
    found = Document.objects.filter(pk=pk).first()
    if found is None:
        messages.warning(request, _("That document is no longer there."))
        return redirect("inference:documents")
    try:
        remove_document(by=request.user, document=found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%(title)s” was removed.") % {"title": found.title})
    return redirect("inference:documents")


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The form for a file of leaflets; a POST imports it and says what it came to."""
    form = LeafletsForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form, "may_add": request.user.has_perm(PERMISSION)}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            done = upload_leaflets(by=request.user, upload=data["file"], source=data["source"], dated=data["dated"])
        except ValidationError as error:
            form.add_error("file", error)
        else:
            problems = [(one.line, rendered(one.reason, dict(one.params)), one.excerpt) for one in done.problems]
            context |= {"done": done, "problems": problems[:PROBLEMS_SHOWN]}
    return render(request, "inference/documents_upload.html", context, status=422 if form.errors else 200)
