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

from annotation.models import Import
from annotation.services.imports import is_upload
from annotation.signals import catalogue_imported
from inference.enums import DocumentKind, ItemState
from inference.models import Passage, RunItem
from inference.selectors.learning import newest_passage
from inference.selectors.runs import latest_finished_by_benchmark
from inference.services.passage_index import make_index
from inference.services.runs import UnderWayError, launch_run
from inference.signals import documents_imported, work_waiting
from inference.tasks import LANES, judge_batch, learn, resume_pictures
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


@receiver(catalogue_imported, dispatch_uid="read_new_pictures")
def read_new_pictures(**kwargs: Any) -> None:
    """Have the pictures of new products read."""
    resume_pictures()


@receiver(catalogue_imported, dispatch_uid="learn_from_products")
def learn_from_products(*, import_id: int, **kwargs: Any) -> None:
    """Learn from new products: in the background, or at once where a command imported them, which has no worker."""
    if is_upload(Import.objects.get(pk=import_id)):
        learn.delay()
    else:
        learn()


@receiver(documents_imported, dispatch_uid="learn_from_leaflets")
def learn_from_leaflets(*, kind: str, by_id: int | None, **kwargs: Any) -> None:
    """Learn from new leaflets in the background. The command that imports them learns when it is through."""
    if kind == DocumentKind.LEAFLET and by_id is not None:
        learn.delay(newest_passage())
