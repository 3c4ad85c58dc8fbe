"""The knowledge: its entries as a list, and the page of one."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from annotation.selectors.blind import without_hidden
from inference.entry_form import KnowledgeFilter
from inference.enums import EntryOrigin
from inference.knowledge.records import Kind
from inference.knowledge.schema import FIELDS
from inference.knowledge.sources import shipped_version
from inference.selectors.entries import Standing, standing_of, versions_of
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.relations import documents_about, led_by_needs, lies_in, named_in, terms_of, touched_by
from inference.selectors.shelf import FACETS, Shelf, shelf_in_use
from inference.views.entry_links import entry_address, list_address
from inference.views.entry_shown import (
    Word,
    english_name,
    facts_of,
    in_language,
    kind_word,
    kind_words,
    shown_group,
    shown_row,
    shown_versions,
    source_of,
    table_labels,
)

PAGE_SIZE = 50
VERSIONS_SHOWN = 20
JUDGMENTS_SHOWN = 20
DOCUMENTS_SHOWN = 10
LONGEST_NAME = 200


@require_safe
def knowledge(request: HttpRequest, kind: Kind = Kind.MEDICINE) -> HttpResponse:
    """The entries of one kind, filtered by what the address says."""
    shelf = shelf_in_use()
    chosen = KnowledgeFilter(request.GET, kind=kind, groups=shelf.groups(kind) if kind in FACETS else ())
    wanted = chosen.wanted()
    page = Paginator(shelf.found(kind, wanted), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "kind": kind,
        "kind_words": kind_words(kind),
        "tabs": tabs(shelf, kind, wanted.text),
        "q": wanted.text,
        "names": wanted.names.partition(":")[2],
        "facets": chosen.facets(),
        "labels": table_labels(kind),
        "page": page,
        "rows": [shown_row(entry) for entry in page],
        "shipped": shipped_version(),
        "news": in_language(shipped_version().news),
        "may_correct": request.user.has_perm("inference.correct_knowledge"),
    }
    return render(request, "inference/knowledge.html", context)


def tabs(shelf: Shelf, kind: Kind, text: str) -> list[dict[str, object]]:
    """The kinds of entries with how many the text finds in each."""
    counts = shelf.counts(text)
    query = {"q": text} if text else {}
    return [
        {"label": kind_words(one), "count": counts[one], "url": list_address(one, **query), "current": one is kind}
        for one in FIELDS
    ]


@require_safe
def entry(request: HttpRequest, kind: Kind) -> HttpResponse:
    """One entry: what it says, how it relates to others, where it comes from, and how it came to say it."""
    standing = entry_or_404(request, kind)
    name, lexicon = standing.name, lexicon_in_use()
    history = versions_of(kind, name)
    page = Paginator(history, VERSIONS_SHOWN).get_page(request.GET.get("page"))
    shown = list(history[page.start_index() - 1 : page.end_index() + 1]) if page.paginator.count else []
    terms = standing.content.get("efficacy", ())
    groups = [*named_in(kind, name, lexicon), *led_by_needs(kind, name, lexicon)]
    documents = documents_about(name) if kind is Kind.MEDICINE else documents_about(name).none()
    facts = facts_of(standing, lexicon)
    context = {
        "standing": standing,
        "kind_word": kind_word(kind),
        "kind_words": kind_words(kind),
        "english": english_name(kind, name),
        "source": source_of(kind, name, standing.origin, standing.source),
        "origin": EntryOrigin(standing.origin).label,
        "facts": facts,
        "said_elsewhere": any(word.elsewhere for fact in facts for word in fact.words),
        "lies_in": [Word(one, entry_address(kind, one)) for one in lies_in(kind, name, lexicon)[:-1]],
        "terms": terms_of(terms, lexicon),
        "groups": [shown_group(group, name) for group in groups],
        "documents": documents[:DOCUMENTS_SHOWN],
        "document_count": documents.count(),
        "page": page,
        "versions": shown_versions(standing, shown)[: max(len(page), 1)],
        "may_correct": request.user.has_perm("inference.correct_knowledge"),
        "addresses": {page: entry_address(kind, name, page) for page in PAGES},
    }
    return render(request, "inference/knowledge_entry.html", context)


PAGES = ("entry", "entry_correct", "entry_withdraw", "entry_judgments", "entry_preview")


@require_safe
def judgments(request: HttpRequest, kind: Kind) -> HttpResponse:
    """The judgments of the newest run that an entry had part in: a fragment of its page, and a page of its own."""
    standing = entry_or_404(request, kind)
    touched = touched_by(kind, standing.name)
    found = without_hidden(touched.judgments, request.user) if touched else None
    page = Paginator(found, JUDGMENTS_SHOWN).get_page(request.GET.get("page")) if found is not None else None
    context = {
        "standing": standing,
        "kind_word": kind_word(kind),
        "touched": touched,
        "page": page,
        "address": entry_address(kind, standing.name),
        "judgments_address": entry_address(kind, standing.name, "entry_judgments"),
    }
    fragment = "#judgments" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"inference/knowledge_judgments.html{fragment}", context)


@require_safe
def entry_named(request: HttpRequest, subject: str) -> HttpResponse:
    """Where the audit trail's name of an entry leads: to its page, or to what is called like it."""
    kind, _slash, name = subject.partition("/")
    if kind not in FIELDS:
        raise Http404
    if "\0" not in name and standing_of(Kind(kind), name).number:
        return redirect(entry_address(Kind(kind), name))
    return redirect(list_address(Kind(kind), q=name))


def entry_or_404(request: HttpRequest, kind: Kind) -> Standing:
    """How the entry stands that the address names."""
    name = request.GET.get("name", "")
    if not name or len(name) > LONGEST_NAME or "\0" in name:  # PostgreSQL refuses a NUL
        raise Http404
    standing = standing_of(kind, name)
    if not standing.number:
        raise Http404
    return standing
