"""Questions about bad cases: the inbox by filter, its counts, one case with its history, clusters, saved views."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from annotation.enums import CaseOrigin, CaseState, Cause, LinkKind, Occasion, Severity
from annotation.models import BadCase, CaseAction, CaseLink, CaseMove, CaseReport, CaseView
from annotation.similarity import plain

AGE_LIMITS = {
    Severity.HARMFUL: timedelta(days=1),
    Severity.MISLEADING: timedelta(days=7),
    Severity.NUISANCE: timedelta(days=30),
}
"""How long a case may wait until it counts as overdue."""
MOST_COUNTED = 1000
"""Matches beyond so many are not counted one by one."""
OPEN = "open"
ALL = "all"
MINE = "me"
NOBODY = "nobody"
WORDS_SEARCHED = 8
PERSON = 150


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases the inbox shows. `state`: open (as it comes), all, or one; `assignee`: me, nobody or a user name."""

    state: str = OPEN
    severity: str = ""
    cause: str = ""
    assignee: str = ""
    category: str = ""
    origin: str = ""
    occasion: str = ""
    cluster: str = ""
    overdue: str = ""
    q: str = ""

    @classmethod
    def from_query(cls, said: Mapping[str, str]) -> "CaseFilter":
        """What an address says. What it doesn't understand is left out."""
        known: Mapping[str, Collection[str]] = {
            "state": (OPEN, ALL, *CaseState.values),
            "severity": [str(value) for value in Severity.values],
            "cause": (NOBODY, *Cause.values),
            "origin": CaseOrigin.values,
            "occasion": Occasion.values,
            "overdue": ("yes",),
        }
        told = {}
        for field in fields(cls):
            value = str(said.get(field.name, "")).replace("\0", "").strip()[:200]
            if value and value in known.get(field.name, (value,)):
                told[field.name] = value
        return cls(**told)

    def to_query(self) -> str:
        """The part of an address that says it; empty for the filter as it comes."""
        standard = CaseFilter()
        return urlencode({name: value for name, value in asdict(self).items() if value != getattr(standard, name)})


@dataclass(frozen=True, slots=True)
class Matches:
    """How many cases match: exactly, or `more` than can be counted at once."""

    count: int
    more: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    """Open cases with the same to blame, going wrong the same way; one edit may fix them all."""

    cluster: str
    given: str
    expected: str
    cases: int
    reports: int
    worst: int
    first: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """All that happened to a case, the newest first."""

    moves: Sequence[CaseMove]
    reports: Sequence[CaseReport]
    links: Sequence[CaseLink]


def inbox(chosen: CaseFilter, *, by: User | None = None) -> QuerySet[BadCase]:
    """The cases that a filter shows: the most harmful first, of these the oldest. `by` is who `me` stands for."""
    found = BadCase.objects.filter(_state(chosen), _assignee(chosen, by))
    for name in ("category", "origin", "occasion", "cluster"):
        if value := getattr(chosen, name):
            found = found.filter(**{name: value})
    if chosen.severity:
        found = found.filter(severity=int(chosen.severity))
    if chosen.cause:
        found = found.filter(cause="" if chosen.cause == NOBODY else chosen.cause)
    if chosen.overdue:
        found = found.filter(overdue_at(timezone.now()), is_open=True)
    for word in plain(chosen.q).split()[:WORDS_SEARCHED]:
        found = found.filter(words__contains=word)
    related = found.select_related("pair__query", "pair__product", "assignee")
    return related.order_by("-severity", "created_at", "pk")


def matches(cases: QuerySet[BadCase]) -> Matches:
    """How many cases match, without counting a crowd."""
    count = cases.order_by()[: MOST_COUNTED + 1].values("pk").count()
    return Matches(min(count, MOST_COUNTED), count > MOST_COUNTED)


def overdue_at(now: datetime) -> Q:
    """Cases that wait for longer than their severity allows."""
    return reduce(or_, (Q(severity=severity, created_at__lt=now - limit) for severity, limit in AGE_LIMITS.items()))


def is_overdue(case: BadCase) -> bool:
    """Whether an open case has waited for too long."""
    return case.is_open and timezone.now() - case.created_at > AGE_LIMITS[Severity(case.severity)]


def open_harmful() -> int:
    """How many open cases could harm a patient; the index answers."""
    return BadCase.objects.filter(is_open=True, severity=Severity.HARMFUL).count()


def waiting_harmful() -> QuerySet[BadCase]:
    """The cases that could harm a patient and wait for too long."""
    limit = timezone.now() - AGE_LIMITS[Severity.HARMFUL]
    return BadCase.objects.filter(is_open=True, severity=Severity.HARMFUL, created_at__lt=limit)


def overdue_harmful() -> int:
    """How many cases that could harm a patient wait for too long."""
    return waiting_harmful().count()


def oldest_harmful() -> BadCase | None:
    """The open case that could harm a patient and has waited longest."""
    found = BadCase.objects.filter(is_open=True, severity=Severity.HARMFUL)
    return found.select_related("pair__query", "pair__product").order_by("created_at", "pk").first()


def case_of(pk: int) -> BadCase | None:
    """One case with what its page shows."""
    related = BadCase.objects.select_related(
        "pair__query", "pair__product", "assignee", "fixed_by", "master__pair__query"
    )
    return related.filter(pk=pk).first()


def cases_of_pair(pair_id: int) -> QuerySet[BadCase]:
    """The cases of a pair, the newest first."""
    return BadCase.objects.filter(pair=pair_id).select_related("assignee").order_by("-pk")


def history(case: BadCase, *, most: int = 100) -> CaseHistory:
    """What happened to a case, at most so many rows of each kind."""
    moves = case.moves.select_related("action__by", "action__undone").order_by("-pk")[:most]
    reports = case.reported.select_related("by").order_by("-pk")[:most]
    return CaseHistory(list(moves), list(reports), list(links_of([case.pk])))


def links_of(cases: Collection[int]) -> QuerySet[CaseLink]:
    """What cases are linked to now."""
    found = CaseLink.objects.filter(case__in=cases, removed=None)
    return found.select_related("proposal", "version__rule", "label__benchmark").order_by("pk")


def duplicates_of(case: BadCase) -> QuerySet[BadCase]:
    """The cases that were merged into one."""
    return case.duplicates.select_related("pair__query", "pair__product").order_by("pk")


def cases_in(proposal_id: int) -> QuerySet[BadCase]:
    """The cases of a proposal, the most harmful first."""
    linked = CaseLink.objects.filter(proposal=proposal_id, kind=LinkKind.PROPOSAL, removed=None).values("case_id")
    found = BadCase.objects.filter(pk__in=linked).select_related("pair__query", "pair__product", "assignee")
    return found.order_by("-severity", "created_at", "pk")


def last_action(by: User) -> CaseAction | None:
    """The newest action of a person that can be undone: no undoing, and not undone."""
    mine = CaseAction.objects.filter(by=by, undoes=None, undone=None)
    return mine.order_by("-pk").first()


def clusters(*, most: int = 50, least: int = 1) -> list[Cluster]:
    """What is to blame for most open cases, by how many one edit would fix; groups of `least` or more."""
    rows = (
        _clustered()
        .filter(cases__gte=least)
        .annotate(total=Sum("reports"), worst=Max("severity"), first=Min("pk"), oldest=Min("created_at"))
    )
    return [
        Cluster(
            cluster=row["cluster"],
            given=row["given"],
            expected=row["expected"],
            cases=row["cases"],
            reports=row["total"],
            worst=row["worst"],
            first=row["first"],
            oldest=row["oldest"],
        )
        for row in rows.order_by("-cases", "-worst", "cluster")[:most]
    ]


def cases_alone() -> int:
    """How many open cases share what is to blame with no other."""
    return _clustered().filter(cases=1).count()


def _clustered() -> "QuerySet[Any, Any]":
    found = BadCase.objects.filter(is_open=True).exclude(cluster="").order_by()
    return found.values("cluster", "given", "expected").annotate(cases=Count("pk"))


def views_for(person: User) -> QuerySet[CaseView]:
    """The saved views that a person sees: their own, and those for everybody."""
    return (
        CaseView.objects.filter(Q(shared=True) | Q(created_by=person))
        .select_related("created_by")
        .order_by("name", "pk")
    )


def categories(*, most: int = 100) -> list[str]:
    """The categories that open cases have, the most frequent first."""
    rows = BadCase.objects.filter(is_open=True).exclude(category="").order_by().values_list("category")
    return [name for (name, _cases) in rows.annotate(cases=Count("*")).order_by("-cases", "category")[:most]]


def _state(chosen: CaseFilter) -> Q:
    if chosen.state == OPEN:
        return Q(is_open=True)
    return Q() if chosen.state == ALL else Q(state=chosen.state)


def _assignee(chosen: CaseFilter, by: User | None) -> Q:
    if not chosen.assignee:
        return Q()
    if chosen.assignee == NOBODY:
        return Q(assignee=None)
    return Q(assignee=by) if chosen.assignee == MINE and by else Q(assignee__username=chosen.assignee[:PERSON])


def unexamined(*, most: int) -> QuerySet[BadCase]:
    """Open cases that nobody looked into, the newest first: what comes in now is shown with what is to blame."""
    waiting = BadCase.objects.filter(examined_at=None, state__in=[CaseState.NEW, CaseState.TRIAGED])
    return waiting.order_by("-pk")[:most]


def open_like(cases: Collection[BadCase], *, most: int) -> list[BadCase]:
    """Open cases with the same to blame as these, the most harmful first, then the newest of all."""
    if most <= 0:
        return []
    known = [case.pk for case in cases]
    waiting = BadCase.objects.filter(is_open=True).exclude(pk__in=known).select_related("pair__query", "pair__product")
    blamed = {case.cluster for case in cases if case.cluster}
    alike = list(waiting.filter(cluster__in=blamed).order_by("-severity", "-pk")[:most]) if blamed else []
    rest = waiting.exclude(pk__in=[case.pk for case in alike]).order_by("-pk")[: most - len(alike)]
    return [*alike, *rest]


def siblings_of(case: BadCase, *, most: int) -> list[BadCase]:
    """Open cases that go wrong in the same way: the same given and expected, the same to blame, then the same at fault."""
    if not case.cluster:
        return []
    same = BadCase.objects.filter(is_open=True, given=case.given, expected=case.expected).exclude(pk=case.pk)
    related = same.select_related("pair__query", "pair__product").order_by("-severity", "-pk")
    blamed = list(related.filter(cluster=case.cluster)[:most])
    others = related.filter(faults=case.faults).exclude(cluster=case.cluster) if case.faults else related.none()
    return [*blamed, *others[: most - len(blamed)]]
