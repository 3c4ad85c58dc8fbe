"""Who is told of what happens to a proposal, what a person was told, and which mails are due."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import F, QuerySet
from django.utils import timezone

from rules.enums import NotificationKind, Verdict
from rules.models import MailLanguage, Notification, NotificationPreference, Proposal, Review


@dataclass(frozen=True, slots=True)
class Wish:
    """Where somebody wants to be told."""

    in_app: bool = True
    by_mail: bool = True


def authors_of(proposal: Proposal) -> set[int]:
    """Everybody who wrote in a proposal."""
    return {proposal.created_by_id, *proposal.authors.values_list("pk", flat=True)}


def reviewers_of(proposal: Proposal) -> set[int]:
    """Everybody who reviewed a proposal or said something about it."""
    return set(Review.objects.filter(proposal=proposal).values_list("by_id", flat=True))


def approvers_of(proposal: Proposal) -> set[int]:
    """Everybody who ever approved a proposal."""
    given = Review.objects.filter(proposal=proposal, verdict=Verdict.APPROVE)
    return set(given.values_list("by_id", flat=True))


def possible_reviewers(proposal: Proposal) -> set[int]:
    """Everybody who may review a proposal and did not write in it."""
    people = User.objects.with_perm("rules.review_proposal").values_list("pk", flat=True)
    return set(people) - authors_of(proposal)


def wishes(kind: NotificationKind, people: Iterable[int]) -> dict[int, Wish]:
    """What each of these people, as far as they are active, wants of one kind; no mail where there is no address."""
    known = User.objects.filter(pk__in=list(people), is_active=True).values_list("pk", "email")
    told = NotificationPreference.objects.filter(kind=kind, person__in=[pk for pk, _email in known])
    rows = {row.person_id: row for row in told}
    return {
        pk: Wish(rows[pk].in_app if pk in rows else True, bool(email) and (rows[pk].by_mail if pk in rows else True))
        for pk, email in known
    }


def told_void(proposal: Proposal) -> bool:
    """Whether an approval of a proposal may have become void without anybody having been told."""
    told = Notification.objects.filter(proposal=proposal, kind=NotificationKind.VOID).values_list("event", flat=True)
    given = Review.objects.filter(proposal=proposal, verdict=Verdict.APPROVE).values_list("pk", flat=True)
    return {void_event(pk) for pk in given} <= set(told)


def void_event(review_id: int) -> str:
    """What the fact that this approval is void is called."""
    return f"void:{review_id}"


def notifications_of(person: User) -> "QuerySet[Notification]":
    """What a person was told, unread first, then the newest."""
    shown = Notification.objects.filter(recipient=person, shown=True).select_related("proposal__published", "actor")
    return shown.order_by(F("read_at").asc(nulls_first=True), "-pk")


def unread_count(person: User) -> int:
    """How much a person has not read."""
    return Notification.objects.filter(recipient=person, shown=True, read_at=None).count()


def mails_due() -> "QuerySet[Notification]":
    """What is to be mailed by now, the oldest first."""
    return Notification.objects.filter(mail_due__lte=timezone.now()).order_by("mail_due", "pk")


def mail_language(person: User) -> str:
    """The language that a person's mails are written in."""
    row = MailLanguage.objects.filter(person=person).first()
    return row.language if row else settings.LANGUAGE_CODE


def preferences_of(person: User) -> dict[str, Wish]:
    """What a person wants of each kind."""
    rows = NotificationPreference.objects.filter(person=person)
    told = {row.kind: Wish(row.in_app, row.by_mail) for row in rows}
    return {kind: told.get(kind, Wish()) for kind in NotificationKind.values}
