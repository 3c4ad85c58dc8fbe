"""What happens after a migration, when a run has work, and when a release is published."""

from contextlib import suppress
from math import ceil
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.models import Count, Q
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils.translation import gettext_noop

from annotation.models import Import
from annotation.services.import_jobs import is_upload
from annotation.signals import catalogue_imported, must_hold_changed, pairs_imported
from inference.enums import DocumentKind, Engine, ItemState
from inference.models import Passage, Run, RunItem
from inference.selectors.learning import newest_passage
from inference.selectors.proposal_checks import CHECKED
from inference.selectors.runs import latest_finished_by_benchmark
from inference.services.comparing import compare_with_baseline
from inference.services.passage_index import make_index
from inference.services.runs import UnderWayError, launch_run
from inference.services.shadows import note_pairs
from inference.signals import comparison_waiting, documents_imported, gate_set, run_finished, work_waiting
from inference.tasks import (
    LANES,
    check_proposal,
    compare,
    judge_batch,
    learn,
    resume_checks,
    resume_pictures,
    shadow_pairs,
)
from rules.models import Proposal, Release
from rules.signals import proposal_changed, release_published, validity_changed

PUBLISHED = gettext_noop("release published")
VALIDITY = gettext_noop("validity dates")


@receiver(post_migrate, dispatch_uid="make_passage_index")
def make_passage_index(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Make the index of the passages, which no migration can: its tables belong to no model."""
    if sender.label == "inference" and Passage._meta.db_table in connections[using].introspection.table_names():
        make_index(using=using)


@receiver(work_waiting, dispatch_uid="enqueue_batches")
def enqueue_batches(*, run_id: int, **kwargs: Any) -> None:
    """Queue as many tasks as there are batches left, at least one: it may only have to finish the run.

    A run that asks a model gets one: it alone keeps the server full, and asks nothing twice.
    """
    by_models = Q(config__engine=Engine.LLM) | ~Q(config__stages={})
    if Run.objects.filter(by_models, pk=run_id).exists():
        judge_batch.delay(run_id)
        return
    waiting = Count("pk", filter=Q(state=ItemState.WAITING))
    left = RunItem.objects.filter(run_id=run_id).aggregate(all=Count("pk"), waiting=waiting)
    batches = ceil(left["waiting"] / settings.TAKE_OVER) + ceil((left["all"] - left["waiting"]) / settings.JUDGE_BATCH)
    for _lane in range(min(max(batches, 1), LANES)):
        judge_batch.delay(run_id)


@receiver(release_published, dispatch_uid="judge_again")
def judge_again(*, release_id: int, **kwargs: Any) -> None:
    """Run every benchmark that was judged before under the new release, compared with the run before."""
    launch_standing(release=Release.objects.get(pk=release_id), reason=PUBLISHED)


@receiver(validity_changed, dispatch_uid="judge_what_is_valid")
def judge_what_is_valid(*, release_id: int, **kwargs: Any) -> None:
    """Run every benchmark again when other rules of the release in force are valid, compared with the run before."""
    launch_standing(release=Release.objects.get(pk=release_id), reason=VALIDITY)


def launch_standing(*, release: Release, reason: str) -> None:
    """Run every benchmark that was judged before under a release, with the configuration it was judged with."""
    for benchmark, baseline in latest_finished_by_benchmark().items():
        with suppress(UnderWayError):  # somebody was quicker
            launch_run(
                by=None,
                release=release,
                benchmark=benchmark,
                baseline=baseline,
                config=baseline.config,
                reason=reason,
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


@receiver(proposal_changed, dispatch_uid="check_changed_proposal")
def check_changed_proposal(*, proposal_id: int, **kwargs: Any) -> None:
    """Check a proposal under review; a draft is checked when somebody asks."""
    if Proposal.objects.filter(pk=proposal_id, state__in=CHECKED).exists():
        check_proposal.delay(proposal_id)


@receiver(must_hold_changed, dispatch_uid="check_must_hold_again")
def check_must_hold_again(**kwargs: Any) -> None:
    """Check the proposals under review again once other pairs must hold."""
    resume_checks()


@receiver(gate_set, dispatch_uid="check_by_the_gate_again")
def check_by_the_gate_again(**kwargs: Any) -> None:
    """Check the proposals under review again once the benchmark must show something else."""
    resume_checks()


@receiver(run_finished, dispatch_uid="compare_finished_run")
def compare_finished_run(*, run_id: int, **kwargs: Any) -> None:
    """Have a finished run compared with the run before."""
    compare_with_baseline(run=Run.objects.select_related("baseline").get(pk=run_id))


@receiver(comparison_waiting, dispatch_uid="make_waiting_comparison")
def make_waiting_comparison(*, comparison_id: int, **kwargs: Any) -> None:
    """Queue the making of a comparison."""
    compare.delay(comparison_id)


@receiver(pairs_imported, dispatch_uid="shadow_imported_pairs")
def shadow_imported_pairs(*, pair_ids: tuple[int, ...], **kwargs: Any) -> None:
    """Have pairs that came in judged by the proposals that shadow the release in force."""
    if note_pairs(pair_ids=pair_ids):
        shadow_pairs.delay()
