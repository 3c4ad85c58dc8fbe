"""How bad cases come and go: the watch page, the weekly summary to print, and what one edit would fix."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from annotation.category_names import category_name
from annotation.charts import Series, lines
from annotation.clusters import cluster_words
from annotation.enums import Cause, Severity
from annotation.selectors import cases as questions
from annotation.selectors.case_figures import BY, Figures, Group, Week, figures, weekly
from annotation.selectors.cases import CaseFilter, Cluster
from annotation.templatetags.stretches import HOURS, IN_HOURS

SPANS = (4, 12, 26, 52)
SPAN = 12
CAUSES = {one.value: one.label for one in Cause}
MOST_URGENT = 10
MANY = 2
"""Cases that are worth naming as a group."""
CHARTED = 3
"""Categories or causes that a chart shows: as many as can be told apart by line and colour."""


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A category or cause with its name in words."""

    name: str
    query: str
    group: Group

    @property
    def came_back(self) -> int:
        """How often a fixed one came back."""
        return sum(self.group.regressed)


@dataclass(frozen=True, slots=True)
class ClusterShown:
    """A cluster with what is to blame in words, and how harmful its worst case is."""

    words: str
    severity: str
    query: str
    cluster: Cluster


@require_safe
def watch(request: HttpRequest) -> HttpResponse:
    """The last weeks as charts and a table; told by category or by cause."""
    by = request.GET.get("by", "")
    said = request.GET.get("weeks", "")
    weeks = int(said) if said in map(str, SPANS) else SPAN
    by = by if by in BY else BY[0]
    found = figures(weeks=weeks, by=by)
    context = {
        "figures": found,
        "by": by,
        "weeks": weeks,
        "spans": SPANS,
        "charts": charts(found.weeks),
        "groups": shown(found.groups, by),
        "group_chart": group_chart(found, by),
    }
    return render(request, "annotation/case_watch.html", context)


@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """What happened in one week beside the one before it, to be printed; without a day the last one, or this one if nothing happened then."""
    day = day_asked(request.GET.get("of", "")) or last_told()
    until = timezone.make_aware(datetime(day.year, day.month, day.day, 12))
    by_category = figures(weeks=2, by="category", until=until)
    by_cause = figures(weeks=2, by="cause", until=until)
    before, this = by_category.weeks
    urgent = questions.inbox(CaseFilter(severity=str(Severity.HARMFUL.value)))
    context = {
        "this": this,
        "before": before,
        "last_day": this.monday + timedelta(days=6),
        "earlier": this.monday - timedelta(days=7),
        "later": this.monday + timedelta(days=7),
        "is_past": this.monday + timedelta(days=7) <= timezone.localdate(),
        "standing": by_category.standing,
        "categories": shown(by_category.groups, "category"),
        "causes": shown(by_cause.groups, "cause"),
        "urgent": urgent[:MOST_URGENT],
        "clusters": clusters_shown(questions.clusters(most=MOST_URGENT, least=MANY)),
    }
    return render(request, "annotation/case_week.html", context)


@require_safe
def clusters(request: HttpRequest) -> HttpResponse:
    """What is to blame for most open cases: the edits that would fix most."""
    context = {"clusters": clusters_shown(questions.clusters(least=MANY)), "alone": questions.cases_alone()}
    return render(request, "annotation/case_clusters.html", context)


def day_asked(said: str) -> date | None:
    """The day named, if any."""
    try:
        day = parse_date(said)
    except ValueError:
        day = None
    return day if day and 2000 <= day.year <= 2200 else None


def last_told() -> date:
    """A day of the last week; of this one where nothing happened in that."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday() + 7)
    return monday if weekly([monday])[0].is_told else today


def group_chart(found: Figures, by: str) -> SafeString | None:
    """What came in of the three that most came in of, over the weeks."""
    top = [one for one in found.groups if one.name and one.total][:CHARTED]
    series = [Series(name_of(one.name, by), one.arrived) for one in top]
    return over_weeks(found.weeks, _("Came in, a week"), _("cases"), series)


def labels_of(weeks: Sequence[Week]) -> list[str]:
    """The Mondays, so many of them as there is room for."""
    every = max(1, len(weeks) // 6)
    return [formats.date_format(one.monday, "m-d") if place % every == 0 else "" for place, one in enumerate(weeks)]


def charts(weeks: Sequence[Week]) -> list[tuple[str, SafeString | None]]:
    """The charts with their titles; none where there is nothing to draw."""
    to_triage, to_fix = [one.days_to_triage for one in weeks], [one.days_to_fix for one in weeks]
    unit, times = told_in(Series(_("to triage"), to_triage), Series(_("to fix"), to_fix))
    drawn = (
        (
            _("Came in, a week"),
            _("cases"),
            [
                Series(_("cases"), [one.arrived for one in weeks]),
                Series(_("could harm a patient"), [one.harmful for one in weeks]),
                Series(_("reports"), [one.reports for one in weeks]),
            ],
        ),
        (
            _("Done, a week"),
            _("cases"),
            [
                Series(_("triaged"), [one.triaged for one in weeks]),
                Series(pgettext("bad case", "fixed"), [one.fixed for one in weeks]),
                Series(_("came back"), [one.regressed for one in weeks]),
            ],
        ),
        (_("Time until it was done, median"), unit, times),
    )
    return [(title, over_weeks(weeks, title, unit, series)) for title, unit, series in drawn]


def told_in(*series: Series) -> tuple[str, list[Series]]:
    """Stretches of days in the unit that tells most, and its name."""
    if any(value and value >= IN_HOURS for one in series for value in one.values):
        return _("days"), list(series)
    hours = [[None if value is None else HOURS * value for value in one.values] for one in series]
    return _("hours"), [Series(one.name, values) for one, values in zip(series, hours, strict=True)]


def over_weeks(weeks: Sequence[Week], title: str, unit: str, series: Sequence[Series]) -> SafeString | None:
    """A chart over the weeks; nothing where nothing happened in any."""
    if not any(value for one in series for value in one.values):
        return None
    return lines(labels_of(weeks), series, title=title, unit=unit, along=_("week of"))


def shown(groups: Sequence[Group], by: str) -> list[GroupShown]:
    """Categories or causes in words, those that there is nothing to say of left out."""
    return [
        GroupShown(name_of(one.name, by), urlencode({by: one.name}) if one.name else "", one)
        for one in groups
        if one.total or one.open or sum(one.regressed)
    ]


def name_of(name: str, by: str) -> str:
    """A category or cause in words."""
    if not name:
        return _("others, or not said")
    return str(CAUSES.get(name, name)) if by == "cause" else category_name(name)


def clusters_shown(found: Sequence[Cluster]) -> list[ClusterShown]:
    """Clusters in words."""
    return [
        ClusterShown(
            cluster_words(one.cluster),
            str(Severity(one.worst).label),
            CaseFilter(cluster=one.cluster).to_query(),
            one,
        )
        for one in found
    ]
