"""Telling those who fixed a case that it is wrong again, and those who triage that a harmful one waits for too long."""

from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from annotation.enums import Severity
from annotation.models import BadCase, CaseAction
from annotation.selectors.cases import waiting_harmful
from annotation.services.triage import PERMISSION
from rules.enums import NotificationKind
from rules.models import Notification
from rules.services.notifications import tell_of

BACKEND = "django.contrib.auth.backends.ModelBackend"


def tell_regressed(action: CaseAction) -> int:
    """Tell each person whose cases an action reopened, once, and in one line; how many mails are to be sent."""
    ids = action.moves.values_list("case_id", flat=True)
    cases = BadCase.objects.filter(pk__in=ids, fixed_by__is_active=True).select_related("pair__query", "pair__product")
    by_person: dict[int, list[BadCase]] = {}
    for case in cases.order_by("-severity", "pk"):
        if case.fixed_by_id:
            by_person.setdefault(case.fixed_by_id, []).append(case)
    return sum(
        tell_of(
            NotificationKind.REGRESSED,
            f"regressed:{action.pk}",
            [person],
            title=f"{mine[0].pair.query.text} / {mine[0].pair.product.title}"[:200],
            path=path_of(mine),
            params={"count": len(mine)},
        )
        for person, mine in by_person.items()
    )


def path_of(cases: list[BadCase]) -> str:
    """The page of a case, or the inbox with those that came back to a person."""
    try:
        if len(cases) == 1:
            return reverse("annotation:case", args=[cases[0].pk])
        return f"{reverse('annotation:cases')}?state=regressed&assignee=me"
    except NoReverseMatch:
        return "/"


def tell_overdue() -> int:
    """Tell that cases which could harm a patient wait for too long; how many mails are to be sent. Safe to call again.

    Told are those who triage, each of the cases that are theirs or nobody's; again only when another one has come to
    wait for too long, and of all that came in within one hour once.
    """
    newest = waiting_harmful().order_by("-created_at").first()
    if newest is None:
        return 0
    event = f"overdue:{newest.created_at:%Y%m%d%H}"
    told = set(Notification.objects.filter(event=event).values_list("recipient_id", flat=True))
    people = User.objects.with_perm(PERMISSION, backend=BACKEND).exclude(pk__in=told)
    return sum(_tell_overdue(person.pk, event) for person in people)


def _tell_overdue(person: int, event: str) -> int:
    mine = waiting_harmful().filter(Q(assignee=None) | Q(assignee=person))
    oldest = mine.select_related("pair__query", "pair__product").order_by("created_at", "pk").first()
    if oldest is None:
        return 0
    return tell_of(
        NotificationKind.OVERDUE,
        event,
        [person],
        title=f"{oldest.pair.query.text} / {oldest.pair.product.title}"[:200],
        path=f"{reverse('annotation:cases')}?severity={Severity.HARMFUL.value}&overdue=yes",
        params={"count": mine.count()},
    )
