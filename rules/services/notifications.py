"""Telling people what happened to a proposal. Called after the fact, and safe to call again: each is told once."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rules.enums import CheckState, NotificationKind, ProposalState, Verdict
from rules.models import (
    Check,
    MailLanguage,
    Notification,
    NotificationPreference,
    Proposal,
    ProposalMove,
    Release,
    Review,
)
from rules.selectors.notifications import (
    Wish,
    approvers_of,
    authors_of,
    mail_language,
    possible_reviewers,
    preferences_of,
    reviewers_of,
    told_void,
    void_event,
    wishes,
)
from rules.selectors.reviews import Standing, StandingReview, standing_of
from rules.services import audit

UNDER_REVIEW = (ProposalState.IN_REVIEW, ProposalState.APPROVED, ProposalState.SCHEDULED)
READY = (ProposalState.APPROVED, ProposalState.SCHEDULED)
RECENT = timedelta(hours=1)
"""How far back a worker that starts looks for what was not told."""
VERDICTS = {
    Verdict.APPROVE: NotificationKind.APPROVED,
    Verdict.ASK: NotificationKind.CHANGES_ASKED,
    Verdict.COMMENT: NotificationKind.COMMENTED,
}


def tell_move(move: ProposalMove) -> int:
    """Tell those whom a change of state concerns; how many mails are to be sent."""
    proposal, event = move.proposal, f"move:{move.pk}"
    if (move.before, move.after) == (ProposalState.DRAFT, ProposalState.IN_REVIEW):
        return tell(NotificationKind.REVIEW_ASKED, proposal, event, possible_reviewers(proposal), actor=move.by_id)
    concerned = authors_of(proposal) | reviewers_of(proposal)
    if move.after == ProposalState.SCHEDULED and proposal.publish_at:
        moment = {"moment": proposal.publish_at.isoformat()}
        return tell(NotificationKind.SCHEDULED, proposal, event, concerned, actor=move.by_id, params=moment)
    if move.after == ProposalState.PUBLISHED and proposal.published:
        by_clock = move.before == ProposalState.SCHEDULED  # nobody pressed a button: who scheduled it is told too
        people = concerned | ({move.by_id} if by_clock and move.by_id else set())
        actor, params = None if by_clock else move.by_id, {"release": proposal.published.number}
        return tell(NotificationKind.PUBLISHED, proposal, event, people, actor=actor, params=params)
    return tell_void(proposal, actor=move.by_id) if move.after == ProposalState.IN_REVIEW else 0


def tell_review(review: Review) -> int:
    """Tell the authors what a reviewer said, and of a comment those who spoke before."""
    proposal, kind = review.proposal, VERDICTS[Verdict(review.verdict)]
    params: dict[str, Any] = {"text": review.text[:1000]}
    people = authors_of(proposal)
    if kind == NotificationKind.APPROVED:
        standing = standing_of(proposal)
        given = sum(one.review.pk <= review.pk for one in standing.approvals)
        params |= {"given": given, "needed": standing.needed}
    if kind == NotificationKind.COMMENTED:
        people |= reviewers_of(proposal)
    return tell(kind, proposal, f"review:{review.pk}", people, actor=review.by_id, params=params)


def tell_check(check: Check) -> int:
    """Tell the authors of a failed check, unless they are still drafting; and of approvals that it made void."""
    void = tell_void(check.proposal, actor=None)
    if check.state != CheckState.FAILED or check.proposal.state not in UNDER_REVIEW:
        return void
    event = f"check:{check.name}:{check.content}:{check.behind}"[:120]
    params = {"check": check.name, "summary": check.summary, "counts": check.params}
    people = authors_of(check.proposal)
    return void + tell(NotificationKind.CHECK_FAILED, check.proposal, event, people, actor=None, params=params)


def tell_void(proposal: Proposal, *, actor: int | None) -> int:
    """Tell approvers, and the authors, that an approval no longer counts since the proposal became another one."""
    if proposal.state not in UNDER_REVIEW or told_void(proposal):
        return 0
    authors = authors_of(proposal)
    return sum(
        tell(
            NotificationKind.VOID,
            proposal,
            void_event(one.review.pk),
            authors | {one.review.by_id},
            actor=actor,
            params={
                "approver": one.review.by.get_full_name() or one.review.by.get_username(),
                "differences": [[difference.part, difference.what] for difference in one.differences],
            },
        )
        for one in _void(standing_of(proposal))
    )


def tell_overtaken(release: Release) -> int:
    """Tell all behind proposals that are ready, and stand on an older release, that this one came first."""
    ready = Proposal.objects.filter(state__in=READY, base__number__lt=release.number).select_related("base")
    return sum(_tell_overtaken(proposal, release) for proposal in ready.order_by("pk"))


def _tell_overtaken(proposal: Proposal, release: Release) -> int:
    people = authors_of(proposal) | approvers_of(proposal)
    if proposal.scheduled_by_id:
        people.add(proposal.scheduled_by_id)
    params: dict[str, Any] = {"release": release.number, "base": proposal.base.number}
    if proposal.publish_at:
        params["moment"] = proposal.publish_at.isoformat()
    event = f"overtaken:{proposal.pk}:{release.number}"
    return tell(NotificationKind.OVERTAKEN, proposal, event, people, actor=None, params=params)


def tell_recent() -> int:
    """Tell what was done lately and may not have been told, where a process died right after; mails to be sent."""
    since = timezone.now() - RECENT
    moves = ProposalMove.objects.filter(at__gte=since).select_related("proposal__published").order_by("pk")
    given = Review.objects.filter(at__gte=since).select_related("proposal__base").order_by("pk")
    made = Release.objects.filter(created_at__gte=since).order_by("number")
    told = [*map(tell_move, moves), *map(tell_review, given), *map(tell_overtaken, made)]
    return sum(told)


def tell_not_published(move: ProposalMove, *, scheduler: int | None, why: str) -> int:
    """Tell who scheduled a proposal, and its authors, that it did not come into force, and why."""
    people = authors_of(move.proposal) | ({scheduler} if scheduler else set())
    event, params = f"move:{move.pk}", {"text": why[:1000]}
    return tell(NotificationKind.NOT_PUBLISHED, move.proposal, event, people, actor=None, params=params)


def tell_of(
    kind: NotificationKind, event: str, people: Iterable[int], *, title: str, path: str, params: Mapping[str, Any]
) -> int:
    """Tell people something that is about no proposal, by the title and the path of its page; mails to be sent."""
    return tell(kind, None, event, people, actor=None, params={**params, "title": title, "path": path})


def tell(
    kind: NotificationKind,
    proposal: Proposal | None,
    event: str,
    people: Iterable[int],
    *,
    actor: int | None,
    params: Mapping[str, Any] | None = None,
) -> int:
    """Write one thing down for each of these people who wants to know it, but not for who did it."""
    now = timezone.now()
    rows = [
        Notification(
            recipient_id=person,
            kind=kind,
            event=event,
            proposal=proposal,
            actor_id=actor,
            params=dict(params or {}),
            shown=wish.in_app,
            mail_due=now if wish.by_mail else None,
        )
        for person, wish in wishes(kind, set(people) - {actor}).items()
        if wish.in_app or wish.by_mail
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return sum(row.mail_due is not None for row in rows)


def mark_read(*, by: User, notification: Notification) -> bool:
    """Note that a person read something told to them; not a decision, so that the audit trail does not hold it."""
    own = Notification.objects.filter(pk=notification.pk, recipient=by, read_at=None)
    return bool(own.update(read_at=timezone.now()))


def mark_all_read(*, by: User, newest: int) -> int:
    """Note that a person read everything up to the notification `newest`, which is the last one they were shown."""
    unread = Notification.objects.filter(recipient=by, read_at=None, shown=True, pk__lte=newest)
    return unread.update(read_at=timezone.now())


@transaction.atomic
def set_preferences(*, by: User, language: str, wanted: Mapping[str, Wish]) -> None:
    """Say where one wants to be told of each kind, and in which language mails are written."""
    if language not in dict(settings.LANGUAGES) or not wanted.keys() <= set(NotificationKind.values):
        raise ValidationError(_("Choose from what is offered."), code="unknown")
    before = _preferences(by)
    MailLanguage.objects.update_or_create(person=by, defaults={"language": language})
    for kind, wish in wanted.items():
        NotificationPreference.objects.update_or_create(person=by, kind=kind, defaults=asdict(wish))
    after = _preferences(by)
    if before != after:
        data = {"before": before, "after": after}
        audit.record(by=by, verb="notifications.set", subject=f"user:{by.pk}", data=data)


def _preferences(person: User) -> dict[str, object]:
    told = {kind: asdict(wish) for kind, wish in preferences_of(person).items()}
    return {"language": mail_language(person), **told}


def _void(standing: Standing) -> list[StandingReview]:
    """The approvals that no longer count, of reviewers who decided nothing else since."""
    return [one for one in standing.verdicts if one.review.verdict == Verdict.APPROVE and one.differences]
