"""A worker takes up what a dead one left, as soon as it is ready, and what got lost, as long as it lives."""

from typing import Any

from celery.signals import worker_ready
from celery.worker.consumer import Consumer
from django.conf import settings
from django.db import close_old_connections

from annotation.services.case_notices import tell_overdue
from annotation.tasks import resume_imports
from arweb.clock import tick
from inference.case_tasks import resume_cases
from inference.name_tasks import resume_inquiries
from inference.services.runs import resume_runs, resume_stalled_runs
from inference.tasks import resume_checks, resume_comparisons, resume_pictures, resume_shadows, resume_stalled_pictures
from rules.origin import Channel, Origin, coming_from
from rules.tasks import resume_mails, resume_notifications


@worker_ready.connect(dispatch_uid="resume_work")  # type: ignore[untyped-decorator]
def resume_work(*, sender: Consumer, **kwargs: Any) -> None:
    """Announce runs, imports, pictures and checks that are not done; claims of others stand until they run out."""
    resume_runs()
    resume_imports()
    resume_pictures()
    resume_cases()
    resume_checks()
    resume_comparisons()
    resume_inquiries()
    resume_shadows()
    resume_notifications()
    watch(sender)


def watch(consumer: Consumer) -> None:
    """Do what is due at once and whenever something is; look now and then for work whose tasks got lost."""
    consumer.timer.call_after(0, tick, (consumer,))
    consumer.timer.call_repeatedly(settings.CLAIM_SECONDS, look_for_stalled_work)


@coming_from(Origin(Channel.TASK, "clock"))
def look_for_stalled_work() -> None:
    """What the worker's timer calls, in a thread whose connection may have gone stale."""
    close_old_connections()
    resume_stalled_runs()
    resume_stalled_pictures()
    resume_cases(stalled=True)
    resume_checks()
    resume_comparisons(stalled=True)
    resume_inquiries()
    resume_shadows()
    tell_overdue()
    resume_mails()
    close_old_connections()
