"""Questions of the pages of bad cases: a piece of the inbox, what is like a case, what it may be put into."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet

from annotation.enums import CaseState
from annotation.models import BadCase, BenchmarkPair, Label
from annotation.selectors.blind import cases_seen
from rules.enums import OPEN
from rules.models import Proposal

ALIKE = 5
MOST_PROPOSALS = 50


@dataclass(frozen=True, slots=True)
class Piece:
    """Some cases of the inbox in their order, and whether there are more after them."""

    cases: list[BadCase]
    more: bool


def piece_after(found: QuerySet[BadCase], after: int, *, size: int) -> Piece:
    """The cases that come after one in the inbox; the first for 0 or for one that is not there.

    Found by the place of that case, not by counting, so that the last of 100,000 cost what the first do.
    """
    last = BadCase.objects.filter(pk=after).first() if after else None
    if last:
        found = found.filter(
            Q(severity__lt=last.severity)
            | Q(severity=last.severity, created_at__gt=last.created_at)
            | Q(severity=last.severity, created_at=last.created_at, pk__gt=last.pk)
        )
    cases = list(found[: size + 1])
    return Piece(cases[:size], len(cases) > size)


def alike(case: BadCase, by: User | AnonymousUser) -> QuerySet[BadCase]:
    """Open cases that may be the same again: of the same pair, or wrong in the same way; a few."""
    ways = [Q(pair=case.pair_id), Q(signature=case.signature)]
    if case.cluster:
        ways.append(Q(cluster=case.cluster, given=case.given, expected=case.expected))
    found = cases_seen(BadCase.objects.filter(is_open=True).exclude(pk=case.pk), by).order_by("pk")
    # Each way by an index of its own: asked at once, all open cases would be looked through.
    ids = {pk for way in ways for pk in found.filter(way).values_list("pk", flat=True)[:ALIKE]}
    return BadCase.objects.filter(pk__in=ids).select_related("pair__query", "pair__product").order_by("pk")[:ALIKE]


def siblings(case: BadCase) -> int:
    """How many other open cases have the same to blame and go wrong the same way."""
    if not case.cluster:
        return 0
    found = BadCase.objects.filter(cluster=case.cluster, given=case.given, expected=case.expected, is_open=True)
    return found.exclude(pk=case.pk).count()


def cases_by_id(ids: Collection[int]) -> list[BadCase]:
    """These cases with what a row of the inbox shows."""
    found = BadCase.objects.filter(pk__in=ids).select_related("pair__query", "pair__product", "assignee")
    return list(found.order_by("-severity", "created_at", "pk"))


def open_proposals() -> QuerySet[Proposal]:
    """The proposals that a case can be put into, the newest first."""
    return Proposal.objects.filter(state__in=OPEN).order_by("-pk")[:MOST_PROPOSALS]


def label_that_fixes(case: BadCase) -> Label | None:
    """The label of the pair that is the level expected, where it counts on a benchmark."""
    held = BenchmarkPair.objects.filter(pair=case.pair_id, label__level=case.expected, label__pair=case.pair_id)
    member = held.select_related("label").order_by("-pk").first() if case.expected else None
    return member.label if member else None


def is_mergeable(case: BadCase) -> bool:
    """Whether others can be merged into a case."""
    return case.state != CaseState.DUPLICATE
