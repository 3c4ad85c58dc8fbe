"""Work that a page hands over."""

from celery import shared_task
from django.db import InterfaceError, OperationalError

from annotation.services import import_jobs, imports


@shared_task(  # type: ignore[untyped-decorator]
    name="annotation.run_import",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=None,
)
def run_import_task(import_id: int) -> None:
    """Read an uploaded file. Safe to call again."""
    imports.run_import(import_id)


def resume_imports() -> None:
    """Enqueue the imports that were cut off. Called when a worker starts."""
    for import_id in import_jobs.resume_imports():
        run_import_task.delay(import_id)
