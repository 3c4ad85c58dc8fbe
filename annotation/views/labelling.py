"""How a benchmark is labelled: its state and settings, its guideline, and the pairs in its queue."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation.category_names import category_name
from annotation.enums import QueuedOrigin, QueuedState
from annotation.labelling_forms import NEEDS, CasesForm, GoldForm, GuidelineForm, QueueFilter, SampleForm, SettingsForm
from annotation.models import Benchmark, QueuedPair
from annotation.selectors.labelling import guideline_versions, labelling_of, newest_guideline, progress_of
from annotation.selectors.queue import categories_of, queue_of, short_of_people, with_texts
from annotation.selectors.queue_sources import case_ids, known_levels
from annotation.services.guidelines import write_guideline
from annotation.services.labelling import PERMISSION, change_labelling, open_labelling
from annotation.services.queueing import Queued, queue_cases, queue_pairs, queue_sample
from annotation.views.adjudication import quote_ruling
from rules.engine.attributes import Level
from rules.services.permissions import require

PAGE_SIZE = 50
VERSIONS = 20
CATEGORIES = 15


@require_http_methods(["GET", "HEAD", "POST"])
def labelling(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the labelling is and how it goes; a POST opens it or changes that."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    found = labelling_of(benchmark)
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST":
        require(request.user, PERMISSION)
        if form.is_valid() and is_set(request, benchmark, form):
            return redirect("annotation:labelling", slug)
    context = {
        **around(request, benchmark),
        "labelling": found,
        "form": form,
        "progress": progress_of(benchmark),
        "short": short_of_people(benchmark).count() if request.user.has_perm(PERMISSION) else 0,
        "categories": categories_of(benchmark)[:CATEGORIES],
        "guideline": newest_guideline(benchmark.pk),
    }
    return render(request, "annotation/labelling.html", context, status=422 if form.errors else 200)


def around(request: HttpRequest, benchmark: Benchmark) -> dict[str, Any]:
    """What all pages of the labelling of a benchmark show."""
    return {
        "benchmark": benchmark,
        "may_manage": request.user.has_perm(PERMISSION),
        "may_label": request.user.has_perm("annotation.label_pair"),
    }


def is_set(request: HttpRequest, benchmark: Benchmark, form: SettingsForm) -> bool:
    """Open the labelling as a valid form says, or change it; False where the form has an error now."""
    found, said = labelling_of(benchmark), dict(form.cleaned_data)
    try:
        if found is None:
            is_open = said.pop("is_open")
            found = open_labelling(by=request.user, benchmark=benchmark, **said)
            said = {"is_open": is_open}
        change_labelling(by=request.user, labelling=found, **said)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    messages.success(request, _("Stored."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def guideline(request: HttpRequest, slug: str) -> HttpResponse:
    """What annotators go by, with its earlier versions; a POST writes the next one."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    newest = newest_guideline(benchmark.pk)
    form = GuidelineForm(request.POST if request.method == "POST" else None, newest=newest)
    quote_ruling(form, benchmark, request.GET.get("ruling"))
    if request.method == "POST":
        require(request.user, PERMISSION)
        if form.is_valid() and is_written(request, benchmark, form):
            return redirect("annotation:guideline", slug)
    context = {
        **around(request, benchmark),
        "form": form,
        "newest": newest,
        "levels": list(Level),
        "page": Paginator(guideline_versions(benchmark), VERSIONS).get_page(request.GET.get("page")),
    }
    return render(request, "annotation/labelling_guideline.html", context, status=422 if form.errors else 200)


def is_written(request: HttpRequest, benchmark: Benchmark, form: GuidelineForm) -> bool:
    """Write the next guideline; False where the form has an error now."""
    said = form.cleaned_data
    try:
        made = write_guideline(
            by=request.user, benchmark=benchmark, text=said["text"], sentences=form.sentences(), seen=said["seen"]
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    messages.success(request, _("Version %(number)s is what annotators go by now.") % {"number": made.number})
    return True


@require_safe
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """The pairs to be labelled with what is known of them, for who leads the labelling, and forms that add more."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    return queue_page(request, benchmark)


def queue_page(request: HttpRequest, benchmark: Benchmark, **refused: Any) -> HttpResponse:
    """The page of the queue; `refused` are forms that say why they were."""
    require(request.user, PERMISSION)
    chosen = QueueFilter(request.GET)
    pairs = queue_of(benchmark, **{name: chosen.chosen(name) for name in ("state", "origin", "needs")})
    page = Paginator(pairs, PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = with_texts(cast("QuerySet[QueuedPair]", page.object_list))
    context = {
        **around(request, benchmark),
        "facets": [
            facet(_("State"), "state", QueuedState.choices, chosen),
            facet(_("Origin"), "origin", QueuedOrigin.choices, chosen),
            facet(_("Needs"), "needs", NEEDS, chosen),
        ],
        "page": page,
        "sample_form": SampleForm(),
        "cases_form": CasesForm(),
        "gold_form": GoldForm(benchmark=benchmark),
        "open_form": next(iter(refused), ""),
    }
    return render(request, "annotation/labelling_pairs.html", context | refused, status=422 if refused else 200)


def facet(label: str, name: str, choices: Any, chosen: QueueFilter) -> dict[str, Any]:
    """One filter of the queue."""
    return {"name": name, "label": label, "choices": choices, "current": chosen.chosen(name)}


@require_POST
def add_pairs(request: HttpRequest, slug: str, source: str) -> HttpResponse:
    """Put pairs in the queue: a sample of the catalogue, those of bad cases, or hidden gold ones."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    require(request.user, PERMISSION)
    form = source_form(request, benchmark, source)
    if form.is_valid():
        try:
            tell(request, queued_from(request.user, benchmark, source, form.cleaned_data))  # type: ignore[arg-type]
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect("annotation:queue", slug)
    return queue_page(request, benchmark, **{f"{source}_form": form})


def source_form(request: HttpRequest, benchmark: Benchmark, source: str) -> SampleForm | CasesForm | GoldForm:
    """The form of one of the places that pairs come from, as it was sent."""
    if source == "gold":
        return GoldForm(request.POST, benchmark=benchmark)
    return CasesForm(request.POST) if source == "cases" else SampleForm(request.POST)


def queued_from(by: User, benchmark: Benchmark, source: str, said: dict[str, Any]) -> Queued:
    """Queue what a valid form asks for."""
    if source == "cases":
        return queue_cases(by=by, benchmark=benchmark, cases=case_ids(open_only=said["which"] == "open"))
    if source == "gold":
        levels = known_levels(said["source"], without=benchmark, size=said["size"])
        return queue_pairs(by=by, benchmark=benchmark, pairs=list(levels), origin=QueuedOrigin.SAMPLE, gold=levels)
    return queue_sample(
        by=by,
        benchmark=benchmark,
        size=said["size"],
        quotas=said["quotas"] or None,
        hard=said["among"] == "hard",
        disagreement=said["among"] == "disagreement",
        recent_days=said["recent_days"] or 0,
        fill=said["fill"],
    )


def tell(request: HttpRequest, queued: Queued) -> None:
    """Say how many pairs came in, and what could not be had."""
    added = ngettext("%(n)s pair was added.", "%(n)s pairs were added.", queued.added) % {"n": queued.added}
    already = _("%(n)s were in the queue already.") % {"n": queued.already} if queued.already else ""
    messages.add_message(request, messages.SUCCESS if queued.added else messages.WARNING, f"{added} {already}".strip())
    for category, missing in queued.missing.items():
        said = {"category": category_name(category), "n": missing}
        messages.warning(request, _("Of “%(category)s” there are %(n)s too few.") % said)
