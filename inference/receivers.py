"""What happens when a run has work, and when a release is published."""

from contextlib import suppress
from math import ceil
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.utils.translation import gettext_noop

from inference.enums import ItemState
from inference.models import RunItem
from inference.selectors.runs import latest_finished_by_benchmark
from inference.services.runs import UnderWayError, launch_run
from inference.signals import work_waiting
from inference.tasks import LANES, judge_batch
from rules.models import Release
from rules.signals import release_published

PUBLISHED = gettext_noop("release published")


@receiver(work_waiting, dispatch_uid="enqueue_batches")
def enqueue_batches(*, run_id: int, **kwargs: Any) -> None:
    """Queue as many tasks as there are batches left, at least one: it may only have to finish the run."""
    left = RunItem.objects.filter(run_id=run_id).exclude(state=ItemState.DONE).count()
    for _lane in range(min(max(ceil(left / settings.JUDGE_BATCH), 1), LANES)):
        judge_batch.delay(run_id)


@receiver(release_published, dispatch_uid="judge_again")
def judge_again(*, release_id: int, **kwargs: Any) -> None:
    """Run every benchmark that was judged before under the new release, compared with the run before."""
    release = Release.objects.get(pk=release_id)
    for benchmark, baseline in latest_finished_by_benchmark().items():
        with suppress(UnderWayError):  # somebody was quicker
            launch_run(
                by=None,
                release=release,
                benchmark=benchmark,
                baseline=baseline,
                config=baseline.config,
                reason=PUBLISHED,
            )
