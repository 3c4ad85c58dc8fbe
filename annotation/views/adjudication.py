"""Adjudication: one pair whose labels differ on the screen, a key for the level, a key for the reason, and the next."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from annotation.case_forms import number
from annotation.enums import RulingReason
from annotation.models import Benchmark, Labelling, QueuedPair, Ruling
from annotation.models.benchmark import LEVELS
from annotation.ruling_forms import RulingFilter, RulingForm, SubmissionForm, new_submission
from annotation.ruling_keys import level_choices, reason_choices
from annotation.selectors import rulings as questions
from annotation.selectors.blind import without_hidden
from annotation.selectors.catalogue import attributes_of
from annotation.selectors.labelling import newest_guideline
from annotation.services import rulings as service
from rules.services.permissions import require

PAGE_SIZE = 50
PART = "adjudicate-case"


@require_safe
@vary_on_headers("HX-Request")
def adjudicate(request: HttpRequest, slug: str) -> HttpResponse:
    """The next pair that waits; `after` names the one that is put off, `pair` one that is asked for."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    by = ruler(request)
    asked = number(request.GET.get("pair"))
    put_off = questions.conflict_of(benchmark, number(request.GET.get("after")))
    queued = questions.conflict_of(benchmark, asked) if asked else None
    return shown(request, benchmark, queued or questions.next_conflict(benchmark, by=by, after=put_off))


@require_POST
def rule(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Rule on a pair; the answer is the next one. A refusal says why, and what is to be done."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    by = ruler(request)
    queued = get_object_or_404(
        QueuedPair.objects.select_related("pair__query", "pair__product"), pk=pk, benchmark=benchmark
    )
    form = RulingForm(request.POST)
    if not form.is_valid():
        said = _("Choose a level and a reason.") if {"level", "reason"} & form.errors.keys() else first_error(form)
        return shown(request, benchmark, queued, form=form, wrong=said)
    try:
        service.rule(by=by, queued=queued, **form.cleaned_data)
    except ValidationError as error:
        return refused(request, benchmark, queued, form, error)
    return after(request, benchmark, questions.next_conflict(benchmark, by=by, after=queued))


@require_POST
def take_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a ruling back and show its pair again."""
    benchmark, ruling, by = named(request, slug, pk)
    form = SubmissionForm(request.POST)
    submission = form.cleaned_data["submission"] if form.is_valid() else new_submission()
    try:
        service.take_back(by=by, ruling=ruling, submission=submission)
    except ValidationError as error:
        return after(request, benchmark, questions.next_conflict(benchmark, by=by), wrong=" ".join(error.messages))
    return after(
        request, benchmark, questions.conflict_of(benchmark, ruling.queued_id), told=_("The ruling is taken back.")
    )


@require_POST
def open_case(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Open a bad case of the pair that was ruled on, and go on."""
    benchmark, ruling, by = named(request, slug, pk)
    current = questions.conflict_of(benchmark, number(request.POST.get("current")))
    queued = current or questions.next_conflict(benchmark, by=by)
    try:
        case = service.open_case(by=by, ruling=ruling)
    except ValidationError as error:
        return after(request, benchmark, queued, wrong=" ".join(error.messages))
    return after(request, benchmark, queued, told=_("Bad case #%(case)s is open.") % {"case": case.pk})


@require_safe
def rulings(request: HttpRequest, slug: str) -> HttpResponse:
    """What was ruled so far: precedents, by words, level and reason."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    chosen = RulingFilter(request.GET)
    q, level, reason = (chosen.chosen(name) for name in ("q", "level", "reason"))
    matching = questions.rulings_matching(benchmark, text=q, level=level, reason=reason)
    found = without_hidden(matching, request.user, pair="queued__pair")
    context = {
        "benchmark": benchmark,
        "q": q,
        "facets": [
            {"name": "level", "label": _("Level"), "choices": [(v, _(word)) for v, word in LEVELS], "current": level},
            {"name": "reason", "label": _("Reason"), "choices": RulingReason.choices, "current": reason},
        ],
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_rule": request.user.has_perm(service.PERMISSION),
    }
    return render(request, "annotation/rulings.html", context)


def quote_ruling(form: forms.Form, benchmark: Benchmark, asked: str | None) -> None:
    """Put the ruling that is asked for at the end of a new guideline's text, to be worded as a rule."""
    found = questions.ruling_in_force(benchmark, number(asked))
    if found is None:
        return
    pair, said = found.queued.pair, f"{found.get_reason_display()}. {found.note}".strip()
    quoted = f"{pair.query.text} / {pair.product.title}: {_(found.get_level_display())}. {said}"
    form.initial["text"] = f"{form.initial.get('text', '')}\n\n{quoted}".strip()


def ruler(request: HttpRequest) -> User:
    """The person, who may rule: the page shows what others said."""
    require(request.user, service.PERMISSION)
    assert isinstance(request.user, User)
    return request.user


def named(request: HttpRequest, slug: str, pk: int) -> tuple[Benchmark, Ruling, User]:
    """The benchmark, a ruling of it, and who asks."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    by = ruler(request)
    found = Ruling.objects.select_related("queued", "label", "before")
    return benchmark, get_object_or_404(found, pk=pk, queued__benchmark=benchmark), by


def refused(
    request: HttpRequest, benchmark: Benchmark, queued: QueuedPair, form: RulingForm, error: ValidationError
) -> HttpResponse:
    """What is wrong, beside the pair as it is now; where it no longer waits, beside the next one."""
    said = " ".join(error.messages)
    if error.code in ("stale", "settled"):
        now = questions.conflict_of(benchmark, queued.pk)
        return after(request, benchmark, now or questions.next_conflict(benchmark, by=ruler(request)), wrong=said)
    return shown(request, benchmark, queued, form=form, wrong=said)


def after(
    request: HttpRequest, benchmark: Benchmark, queued: QueuedPair | None, *, told: str = "", wrong: str = ""
) -> HttpResponse:
    """What comes after a deed: a part of the page for a script, else the page anew."""
    if request.htmx:  # type: ignore[attr-defined]
        return shown(request, benchmark, queued, told=told, wrong=wrong)
    if told or wrong:
        (messages.error if wrong else messages.success)(request, wrong or told)
    address = reverse("annotation:adjudicate", args=[benchmark.slug])
    return redirect(f"{address}?pair={queued.pk}" if queued else address)


def shown(
    request: HttpRequest,
    benchmark: Benchmark,
    queued: QueuedPair | None,
    *,
    form: RulingForm | None = None,
    told: str = "",
    wrong: str = "",
) -> HttpResponse:
    """One pair with what was said of it, or that none waits."""
    by = ruler(request)
    context = {
        "benchmark": benchmark,
        "waiting": questions.conflicts(benchmark).count(),
        "last": questions.last_ruling(benchmark, by),
        "undoing": new_submission(),
        "told": told,
        "wrong": wrong,
        "may_report": by.has_perm("annotation.report_case"),
        "may_guide": by.has_perm("annotation.manage_labelling"),
        **(case_of(queued, by, form) if queued else {}),
    }
    template = "annotation/_adjudicate_case.html" if request.htmx else "annotation/adjudicate.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=422 if wrong else 200)


def case_of(queued: QueuedPair, by: User, form: RulingForm | None) -> dict[str, Any]:
    """All that the page shows of a pair."""
    labelling = Labelling.objects.filter(benchmark=queued.benchmark_id).first()
    history = questions.rulings_so_far(queued)
    given = form.data if form else {}
    return {
        "queued": queued,
        "guideline": newest_guideline(queued.benchmark_id),
        "images": list(queued.pair.product.images.all()),
        "attributes": attributes_of(queued.pair.product),
        "votes": questions.votes_of(queued),
        "is_own": questions.is_own(queued, by),
        "held": questions.held_by_another(queued, by),
        "model_votes": questions.model_votes(queued) if labelling and labelling.shows_votes else [],
        "precedents": questions.precedents(queued),
        "history": history,
        "seen": history[0].number if history else 0,
        "submission": given.get("submission") or new_submission(),
        "chosen": {name: given.get(name, "") for name in ("level", "reason", "note")},
        "levels": level_choices(),
        "reasons": reason_choices(),
    }


def first_error(form: RulingForm) -> str:
    """The first thing that is wrong with a form."""
    return next(str(error) for errors in form.errors.values() for error in errors)
