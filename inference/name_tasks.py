"""The task that asks a model about names that the knowledge lacks."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from inference.enums import RunState
from inference.models import NameInquiry
from inference.services.name_inquiries import ask_batch


@shared_task(  # type: ignore[untyped-decorator]
    name="inference.ask_about_names",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=None,
)
def ask_about_names(inquiry_id: int) -> None:
    """Ask about a batch of names, and come back while others are left."""
    if ask_batch(inquiry_id=inquiry_id):
        ask_about_names.delay(inquiry_id)


def resume_inquiries(*, alone: bool = False) -> None:
    """Enqueue the round of asking that nobody has worked on for two claims' time. Called when a worker starts, and now
    and then.

    `alone` says that no other process asks on this database: whatever is not done is taken up at once.
    """
    running = NameInquiry.objects.filter(state=RunState.RUNNING)
    if not alone:
        running = running.filter(moved_at__lt=timezone.now() - 2 * timedelta(seconds=settings.CLAIM_SECONDS))
    for pk in running.values_list("pk", flat=True):
        ask_about_names.delay(pk)
