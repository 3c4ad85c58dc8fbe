"""Those who label a benchmark: how each is getting on, who is paused, and what they flagged."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotation.charts import Series, lines
from annotation.models import Annotator, Assignment, Benchmark
from annotation.selectors.people import Day, PersonStanding, as_they_see_it, days_of, people_of
from annotation.selectors.queue import flagged
from annotation.services import watching as service
from annotation.watching import Finding, Kind
from rules.services.permissions import require
from rules.tasks import send_mails
from rules.views.refusals import said_on

PAGE_SIZE = 50
DAYS = 30
LABELLED_DAYS = 6
"""Days that a chart names; the others stand between."""


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """What one way of looking at a person's answers shows. `is_change`: the share is a change of one."""

    finding: Finding
    is_change: bool


@require_safe
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Everyone who labels, for those who lead; others are sent to their own page."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    if not request.user.has_perm(service.PERMISSION):
        return redirect("annotation:person_me", slug)
    found = people_of(benchmark)
    context = {
        "benchmark": benchmark,
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "flags": flagged(benchmark).count(),
    }
    return render(request, "annotation/people.html", context)


@require_safe
def person(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """How one person is getting on, for them and for those who lead."""
    benchmark, by = get_object_or_404(Benchmark, slug=slug), reader(request)
    may_lead = by.has_perm(service.PERMISSION)
    if by.pk != pk and not may_lead:
        raise PermissionDenied(_("You may not do this."))
    return shown(request, benchmark, get_object_or_404(User, pk=pk), may_lead=may_lead)


@require_safe
def me(request: HttpRequest, slug: str) -> HttpResponse:
    """How the person who asks is getting on."""
    benchmark, by = get_object_or_404(Benchmark, slug=slug), reader(request)
    return shown(request, benchmark, by, may_lead=by.has_perm(service.PERMISSION))


@require_POST
def pause(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give somebody no more pairs."""
    annotator, by = annotator_named(slug, pk), reader(request)
    with said_on(request):
        service.pause(by=by, annotator=annotator, reason=request.POST.get("reason", ""))
        send_mails.delay()
        messages.success(request, _("They get no more pairs until somebody lets them go on."))
    return redirect("annotation:person", slug, pk)


@require_POST
def resume(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let somebody go on."""
    annotator, by = annotator_named(slug, pk), reader(request)
    with said_on(request):
        service.resume(by=by, annotator=annotator, reason=request.POST.get("reason", ""))
        messages.success(request, _("They get pairs again. Gold answers count from now on."))
    return redirect("annotation:person", slug, pk)


@require_safe
def flags(request: HttpRequest, slug: str) -> HttpResponse:
    """What people flagged, for those who lead."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    require(request.user, service.PERMISSION)
    page = Paginator(flagged(benchmark), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "annotation/flags.html", {"benchmark": benchmark, "page": page})


@require_POST
def resolve_flag(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say that a flag was looked at."""
    found = Assignment.objects.select_related("queued")
    assignment = get_object_or_404(found, pk=pk, queued__benchmark__slug=slug)
    with said_on(request):
        service.resolve_flag(by=reader(request), assignment=assignment, note=request.POST.get("note", ""))
        messages.success(request, _("The flag is resolved."))
    return redirect("annotation:flags", slug)


def reader(request: HttpRequest) -> User:
    """Who asks."""
    assert isinstance(request.user, User)
    return request.user


def annotator_named(slug: str, pk: int) -> Annotator:
    """Somebody's row on a benchmark."""
    return get_object_or_404(Annotator, benchmark__slug=slug, person__pk=pk)


def shown(request: HttpRequest, benchmark: Benchmark, who: User, *, may_lead: bool) -> HttpResponse:
    """One person's page."""
    standing = next(iter(people_of(benchmark, only=who)), None)
    if standing and not may_lead:  # else each answer would tell whether it was gold, and right
        standing = as_they_see_it(standing)
    days = days_of(benchmark, who, days=DAYS, by_steps=not may_lead)
    context = {
        "benchmark": benchmark,
        "who": who,
        "is_me": who.pk == request.user.pk,
        "may_lead": may_lead,
        "standing": standing,
        "reason": _(standing.annotator.reason) if standing and standing.annotator.reason else "",
        "findings": findings_shown(standing) if may_lead else [],
        "charts": charts(days) if any(day.labels for day in days) else [],
    }
    return render(request, "annotation/person.html", context)


def findings_shown(standing: PersonStanding | None) -> list[ShownFinding]:
    """What there is to see of a person, the surest first."""
    watched = standing.watched if standing else None
    return [ShownFinding(one, one.kind is Kind.TIRES) for one in watched.findings] if watched else []


def charts(days: Sequence[Day]) -> list[tuple[str, SafeString]]:
    """Labels a day, and the share right on gold up to each day."""
    every = max(1, len(days) // LABELLED_DAYS)
    names = [
        formats.date_format(day.day, "m-d") if (len(days) - 1 - at) % every == 0 else "" for at, day in enumerate(days)
    ]
    drawn = [(_("Labels a day"), _("labels"), 1, [Series(_("labels"), [day.labels for day in days])])]
    if any(day.gold_seen for day in days):
        right = [100 * day.gold_right / day.gold_seen if day.gold_seen else None for day in days]
        drawn.append((_("Percent right on known pairs, a day"), "%", 100, [Series(_("percent right"), right)]))
    return [
        (title, lines(names, series, title=title, unit=unit, along=_("day"), up_to=up_to))
        for title, unit, up_to, series in drawn
    ]
