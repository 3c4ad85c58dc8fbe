"""Blind first: the pairs of which a person sees no level, gold, vote or ruling before their own answer."""

from collections.abc import Iterable
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, Model, OuterRef, QuerySet

from annotation.enums import QueuedState
from annotation.models import Assignment, BadCase, BenchmarkRelease, QueuedPair, ReleasedPair

Row = TypeVar("Row", bound=Model)
SEE_ALL = ("annotation.manage_labelling", "annotation.rule_conflict")
"""Who leads the labelling, or rules on it, sees what others said."""

TRIAGE = "annotation.triage_case"
MOST_NAMED = 500
"""Pairs that a query names; of more the database is asked for all that are unanswered."""


def is_blind(by: User | AnonymousUser) -> bool:
    """Whether a person labels pairs and neither leads that nor rules on it."""
    return by.has_perm("annotation.label_pair") and not any(by.has_perm(one) for one in SEE_ALL)


def unanswered(by: User) -> QuerySet[QueuedPair]:
    """What a person may yet be asked: open pairs of any queue that have no label of theirs. Gold is always open."""
    own = Assignment.objects.filter(queued=OuterRef("pk"), person=by, label__isnull=False)
    return QueuedPair.objects.filter(~Exists(own), state=QueuedState.OPEN).order_by()


def awaits_answers(by: User | AnonymousUser) -> bool:
    """Whether there is a pair of which a person is not to see yet what anybody says."""
    return isinstance(by, User) and is_blind(by) and unanswered(by).exists()


def hidden_pairs(by: User | AnonymousUser, pairs: Iterable[int]) -> frozenset[int]:
    """Those of some pairs of which a person is not to see yet what anybody says."""
    ids = set(pairs)
    if not ids or not isinstance(by, User) or not is_blind(by):
        return frozenset()
    rows = unanswered(by).values_list("pair_id", flat=True)
    return frozenset(ids.intersection(rows.filter(pair__in=ids) if len(ids) <= MOST_NAMED else rows))


def without_hidden(rows: QuerySet[Row], by: User | AnonymousUser, *, pair: str = "pair") -> QuerySet[Row]:
    """The rows whose pair a person may see the level of; `pair` leads from a row to its pair."""
    if not isinstance(by, User) or not is_blind(by):
        return rows
    return rows.filter(~Exists(unanswered(by).filter(pair=OuterRef(pair))))


def hidden_rows(releases: Iterable[BenchmarkRelease], by: User | AnonymousUser) -> frozenset[int]:
    """The rows of some benchmark releases whose level a person is not to see yet."""
    if not isinstance(by, User) or not is_blind(by):
        return frozenset()
    rows = ReleasedPair.objects.filter(release__in=list(releases), pair__in=unanswered(by).values("pair_id"))
    return frozenset(rows.order_by().values_list("pk", flat=True))


def cases_seen(cases: QuerySet[BadCase], by: User | AnonymousUser) -> QuerySet[BadCase]:
    """The bad cases that a person may see: they say what is expected. Who sorts them sees all."""
    return cases if by.has_perm(TRIAGE) else without_hidden(cases, by)


def sees_case(case: BadCase, by: User | AnonymousUser) -> bool:
    """Whether a person may see a bad case."""
    return not hidden_of_cases(by, [case])


def hidden_of_cases(by: User | AnonymousUser, cases: Iterable[BadCase]) -> frozenset[int]:
    """The pairs of those bad cases that a person may not see."""
    return frozenset() if by.has_perm(TRIAGE) else hidden_pairs(by, (case.pair_id for case in cases))
