"""A worker of its own takes up what a dead one left, as soon as it is ready."""

from typing import Any

from celery.signals import worker_ready

from annotation.tasks import resume_imports
from inference.services.runs import resume_runs


@worker_ready.connect(dispatch_uid="resume_work")  # type: ignore[untyped-decorator]
def resume_work(**kwargs: Any) -> None:
    """Announce runs and imports that are not done; claims of others stand until they run out."""
    resume_runs()
    resume_imports()
