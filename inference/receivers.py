"""What happens after a migration, when a run has work, and when a release is published."""

from contextlib import suppress
from math import ceil
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils.translation import gettext_noop

from inference.enums import ItemState
from inference.models import Passage, RunItem
from inference.selectors.runs import latest_finished_by_benchmark
from inference.services.passage_index import make_index
from inference.services.runs import UnderWayError, launch_run
from inference.signals import work_waiting
from inference.tasks import LANES, judge_batch
from rules.models import Release
from rules.signals import release_published

PUBLISHED = gettext_noop("release published")


@receiver(post_migrate, dispatch_uid="make_passage_index")
def make_passage_index(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Make the index of the passages, which no migration can: its tables belong to no model."""
    if sender.label == "inference" and Passage._meta.db_table in connections[using].introspection.table_names():
        make_index(using=using)


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
