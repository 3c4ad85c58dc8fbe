"""How bad cases come and go over the weeks: arrivals, age, share harmful, time to triage and to fix, regressions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import TruncWeek
from django.utils import timezone

from annotation.enums import CaseState, CaseVerb, Severity
from annotation.models import BadCase, CaseMove, CaseReport
from annotation.selectors.cases import overdue_at

WEEKS = 12
MOST_GROUPS = 12
"""Categories or causes that are told apart; the rest count together."""
MOST_TIMES = 20_000
"""Cases whose times are looked at for a median."""
OTHERS = ""
BY = ("category", "cause")


@dataclass(frozen=True, slots=True)
class Week:
    """What happened in the week that begins on a Monday. Times are medians in days, None where nothing was done."""

    monday: date
    arrived: int
    harmful: int
    reports: int
    triaged: int
    fixed: int
    verified: int
    regressed: int
    days_to_triage: float | None
    days_to_fix: float | None

    @property
    def is_told(self) -> bool:
        """Whether anything happened."""
        return any((self.arrived, self.reports, self.triaged, self.fixed, self.verified, self.regressed))

    @property
    def share_harmful(self) -> float | None:
        """Of those that came in, the share that could harm a patient."""
        return self.harmful / self.arrived if self.arrived else None


@dataclass(frozen=True, slots=True)
class Group:
    """One category or cause over the weeks; `name` is empty for the others together, or where nobody said."""

    name: str
    arrived: tuple[int, ...]
    regressed: tuple[int, ...]
    open: int
    harmful: int

    @property
    def total(self) -> int:
        """All that came in."""
        return sum(self.arrived)


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand now. Ages are in days, None where nothing is open."""

    open: int
    harmful: int
    overdue: int
    median_age: float | None
    oldest_harmful: float | None
    by_state: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """All that the watch page and the weekly summary show."""

    standing: Standing
    weeks: tuple[Week, ...]
    groups: tuple[Group, ...]


def figures(*, weeks: int = WEEKS, by: str = "category", until: datetime | None = None) -> Figures:
    """The last weeks, the one that `until` (now) lies in the last, told by category or by cause."""
    mondays = mondays_until(until or timezone.now(), weeks)
    return Figures(standing(), weekly(mondays), groups(mondays, by=by if by in BY else BY[0]))


def mondays_until(until: datetime, weeks: int) -> list[date]:
    """The Mondays of so many weeks, the week of `until` last."""
    today = timezone.localdate(until)
    last = today - timedelta(days=today.weekday())
    return [last - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]


def standing() -> Standing:
    """How things stand now."""
    now = timezone.now()
    waiting = BadCase.objects.filter(is_open=True)
    counts = waiting.aggregate(
        open=Count("pk"),
        harmful=Count("pk", filter=Q(severity=Severity.HARMFUL)),
        overdue=Count("pk", filter=overdue_at(now)),
        oldest=Min("created_at", filter=Q(severity=Severity.HARMFUL)),
    )
    middle = waiting.order_by("created_at").values_list("created_at", flat=True)
    at = middle[counts["open"] // 2 : counts["open"] // 2 + 1] if counts["open"] else ()
    states = BadCase.objects.order_by().values_list("state").annotate(cases=Count("pk"))
    return Standing(
        open=counts["open"],
        harmful=counts["harmful"],
        overdue=counts["overdue"],
        median_age=next((days(now - one) for one in at), None),
        oldest_harmful=days(now - counts["oldest"]) if counts["oldest"] else None,
        by_state={**dict.fromkeys(CaseState.values, 0), **dict(states)},
    )


def weekly(mondays: Sequence[date]) -> tuple[Week, ...]:
    """What happened in each of these weeks."""
    since = midnight(mondays[0])
    arrived = _by_week(BadCase.objects.filter(created_at__gte=since), "created_at")
    harmful = _by_week(BadCase.objects.filter(created_at__gte=since, severity=Severity.HARMFUL), "created_at")
    reports = _by_week(CaseReport.objects.filter(at__gte=since), "at")
    triaged = _times(since, "triaged_at")
    fixed = _times(since, "fixed_at")
    verified = _by_week(BadCase.objects.filter(verified_at__gte=since), "verified_at")
    regressed = _by_week(regressions(since), "action__at")
    return tuple(
        Week(
            monday=monday,
            arrived=arrived.get(monday, 0),
            harmful=harmful.get(monday, 0),
            reports=reports.get(monday, 0),
            triaged=len(triaged.get(monday, ())),
            fixed=len(fixed.get(monday, ())),
            verified=verified.get(monday, 0),
            regressed=regressed.get(monday, 0),
            days_to_triage=middle_of(triaged.get(monday, ())),
            days_to_fix=middle_of(fixed.get(monday, ())),
        )
        for monday in mondays
    )


def groups(mondays: Sequence[date], *, by: str) -> tuple[Group, ...]:
    """Categories or causes over these weeks, those with most arrivals first, the rest together at the end."""
    since = midnight(mondays[0])
    came = _by_group(BadCase.objects.filter(created_at__gte=since), "created_at", by)
    broke = _by_group(regressions(since), "action__at", f"case__{by}")
    now = BadCase.objects.filter(is_open=True).order_by().values_list(by)
    counted = now.annotate(all=Count("pk"), bad=Count("pk", filter=Q(severity=Severity.HARMFUL)))
    waiting = {name: (total, bad) for name, total, bad in counted}
    names = sorted(came.keys() | broke.keys() | waiting.keys(), key=lambda one: (-sum(came.get(one, {}).values()), one))
    named = [name for name in names if name != OTHERS][:MOST_GROUPS]
    rest = [name for name in names if name not in named]
    found = [_group(name, [name], mondays, came, broke, waiting) for name in named]
    return tuple([*found, _group(OTHERS, rest, mondays, came, broke, waiting)] if rest else found)


def regressions(since: datetime) -> QuerySet[CaseMove]:
    """The times that a fixed case came back."""
    return CaseMove.objects.filter(action__verb=CaseVerb.REGRESS, action__at__gte=since)


def middle_of(times: Sequence[float]) -> float | None:
    """The median of some times; None of none."""
    return median(times) if times else None


def days(time: timedelta) -> float:
    """A stretch of time in days."""
    return time.total_seconds() / 86_400


def midnight(day: date) -> datetime:
    """When a day begins here."""
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def _by_week(rows: "QuerySet[BadCase] | QuerySet[CaseReport] | QuerySet[CaseMove]", field: str) -> dict[date, int]:
    counted = rows.order_by().annotate(week=TruncWeek(field)).values_list("week").annotate(count=Count("pk"))
    return {timezone.localdate(week): count for week, count in counted}


def _by_group(rows: "QuerySet[BadCase] | QuerySet[CaseMove]", field: str, by: str) -> dict[str, dict[date, int]]:
    counted = rows.order_by().annotate(week=TruncWeek(field)).values_list(by, "week").annotate(count=Count("pk"))
    found: dict[str, dict[date, int]] = {}
    for name, week, count in counted:
        found.setdefault(name, {})[timezone.localdate(week)] = count
    return found


def _times(since: datetime, field: str) -> dict[date, list[float]]:
    """How many days cases waited for something that was done since, by the week it was done in; the newest of many."""
    rows = BadCase.objects.filter(**{f"{field}__gte": since}).order_by("-pk").values_list("created_at", field)
    found: dict[date, list[float]] = {}
    for came, done in rows[:MOST_TIMES]:
        day = timezone.localdate(done)
        found.setdefault(day - timedelta(days=day.weekday()), []).append(max(days(done - came), 0.0))
    return found


def _group(
    name: str,
    members: Sequence[str],
    mondays: Sequence[date],
    came: Mapping[str, Mapping[date, int]],
    broke: Mapping[str, Mapping[date, int]],
    waiting: Mapping[str, tuple[int, int]],
) -> Group:
    return Group(
        name=name,
        arrived=tuple(sum(came.get(one, {}).get(monday, 0) for one in members) for monday in mondays),
        regressed=tuple(sum(broke.get(one, {}).get(monday, 0) for one in members) for monday in mondays),
        open=sum(waiting.get(one, (0, 0))[0] for one in members),
        harmful=sum(waiting.get(one, (0, 0))[1] for one in members),
    )
