"""Mails of what people were told. A mail is claimed before it is sent, so that it is sent once."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rules.enums import NotificationKind
from rules.models import Notification
from rules.notices import detail, sentence
from rules.selectors.notifications import mail_language, mails_due

BATCH = 50
CLAIM_SECONDS = 120
"""How long a sender has; one that died meanwhile is followed by another."""
FIRST_PAUSE = 60
LONGEST_PAUSE = 6 * 3600
MOST_TRIES = 10

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """How many mails of a batch were sent, and whether others wait."""

    count: int
    more: bool


def send_mails() -> Sent:
    """Send a batch of the mails that are due. Safe to call at any time, by several at once."""
    due = list(mails_due().select_related("recipient", "actor", "proposal__published")[:BATCH])
    count = sum(_send(one) for one in due if _claim(one))
    return Sent(count, more=len(due) == BATCH)


def _claim(notification: Notification) -> bool:
    """Take a mail, unless another sender was first."""
    still = Notification.objects.filter(pk=notification.pk, mail_due=notification.mail_due)
    until = _in(CLAIM_SECONDS)
    if not still.update(mail_due=until, mail_tries=F("mail_tries") + 1):
        return False
    notification.mail_due, notification.mail_tries = until, notification.mail_tries + 1
    return True


def _send(notification: Notification) -> bool:
    """Send a claimed mail; one that can't be sent is tried again, ever later, and given up in the end."""
    if not notification.recipient.is_active or not notification.recipient.email:
        _close(notification, due=None)
        return False
    try:
        message_of(notification).send()
    except Exception:  # whatever the mail server or the network does
        last = notification.mail_tries >= MOST_TRIES
        logger.warning("mail %s was not sent (try %s)", notification.pk, notification.mail_tries, exc_info=True)
        _close(notification, due=None if last else _in(pause(notification.mail_tries)))
        return False
    _close(notification, due=None, mailed_at=timezone.now())
    return True


def pause(tries: int) -> int:
    """Seconds until the next try."""
    return min(FIRST_PAUSE << (tries - 1), LONGEST_PAUSE)


def message_of(notification: Notification) -> EmailMessage:
    """The mail, in the language of who gets it."""
    with translation.override(mail_language(notification.recipient)):
        actor = notification.actor
        person = (actor.get_full_name() or actor.get_username()) if actor else _("the system")
        line = sentence(notification.kind, notification.params, title=notification.title, person=person)
        more = _("What you are told of, and how: %(address)s")
        footer = more % {"address": public(reverse("rules:notification_settings"))}
        parts = [line + _("."), detail(notification.params), public(page_of(notification)), footer]
    return EmailMessage(
        subject=f"[ARWeb] {line}",
        body="\n\n".join(part for part in parts if part) + "\n",
        to=[notification.recipient.email],
        headers={"Auto-Submitted": "auto-generated"},
    )


def page_of(notification: Notification) -> str:
    """The path of what a notification is about."""
    proposal = notification.proposal
    if proposal is None:
        return str(notification.params.get("path", "/"))
    if notification.kind == NotificationKind.PUBLISHED and proposal.published:
        return reverse("rules:release", args=[proposal.published.number])
    return reverse("rules:proposal", args=[proposal.pk])


def public(path: str) -> str:
    """An address that works outside the application."""
    return f"{settings.PUBLIC_URL}{path}"


def _close(notification: Notification, *, due: datetime | None, mailed_at: datetime | None = None) -> None:
    """Give a claimed mail back. Where the claim ran out and another sender has it, nothing is changed."""
    own = Notification.objects.filter(pk=notification.pk, mail_due=notification.mail_due)
    own.update(mail_due=due, mailed_at=mailed_at)


def _in(seconds: int) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)
