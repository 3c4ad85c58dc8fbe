"""Work for Celery. A task takes ids, if anything, and may be delivered twice."""

from celery import shared_task
from django.db import InterfaceError, OperationalError

from rules.selectors.notifications import mails_due
from rules.services import mails
from rules.services.notifications import tell_recent


@shared_task(  # type: ignore[untyped-decorator]
    name="rules.send_mails",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=None,
)
def send_mails() -> None:
    """Send a batch of the mails that are due, and come back while others wait."""
    if mails.send_mails().more:
        send_mails.delay()


def resume_mails() -> None:
    """Enqueue the sending of mails that are due, if any are: to be tried again, or left by a sender that died."""
    if mails_due().exists():
        send_mails.delay()


def resume_notifications() -> None:
    """Tell what a process that died did not come to tell, and send what it did not come to send."""
    tell_recent()
    resume_mails()
