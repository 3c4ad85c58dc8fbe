"""Work for Celery about bad cases. Each task may be delivered twice."""

from celery import shared_task
from django.db import InterfaceError, OperationalError

from annotation.selectors.cases import unexamined
from inference.selectors.runs import latest_finished_by_benchmark
from inference.services import case_opening, examining


@shared_task(  # type: ignore[untyped-decorator]
    name="inference.examine_cases",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=None,
)
def examine_cases() -> None:
    """Look into a batch of the bad cases that nobody looked into, and come back while others wait."""
    if examining.examine_cases():
        examine_cases.delay()


@shared_task(  # type: ignore[untyped-decorator]
    name="inference.take_up_run",
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=None,
)
def take_up_run(run_id: int) -> None:
    """Settle the fixed cases by a finished run, and open new ones."""
    case_opening.take_up_run(run_id=run_id)


def resume_cases(*, stalled: bool = False) -> None:
    """Enqueue what nobody looked into, and the newest run of each benchmark. Called when a worker starts.

    `stalled`: only the former. Called now and then.
    """
    if unexamined(most=1).exists():
        examine_cases.delay()
    if not stalled:
        for run in latest_finished_by_benchmark().values():
            take_up_run.delay(run.pk)
