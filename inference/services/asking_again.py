"""Asking the failed pairs of a run again: a run over the same pins, which takes over everything else by its key."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inference.enums import ItemState, RunState
from inference.models import Judgment, Run, RunItem
from inference.selectors.asked_again import mendable, run_again_of
from inference.selectors.chains import chain_of, knowledge_at
from inference.selectors.model_judges import refuse_unasked
from inference.selectors.readings import context_of
from inference.services.outside import refuse_unsearchable
from inference.services.runs import announce, insert_run, pinned, refuse_second, subject_of
from rules.services.audit import record
from rules.services.permissions import require

ASKED_AGAIN = gettext_noop("failed ones asked again")


def ask_failed_again(*, by: User, run: Run) -> Run:
    """A run over the pairs and pins of one that has finished, which judges what failed in it; a second click gets the same.

    What did not fail is taken over by its key, so that only a pair whose texts changed meanwhile is judged anew beside
    the failed ones. Raises PermissionDenied, ValidationError where nothing can be asked again, and UnderWayError where
    the same is being judged for another reason.
    """
    require(by, "inference.launch_run")
    with transaction.atomic():
        locked = Run.objects.select_for_update(of=("self",)).select_related("release", "benchmark", "config")
        first = locked.get(pk=run.pk)
        if known := run_again_of(first):
            return known
        failed = mendable(first).count()
        _refuse(first, failed)
        again = _insert(first, by)
        record(
            by=by,
            verb="run.asked_again",
            subject=subject_of(again),
            data={**pinned(again), "of": first.pk, "n": failed},
        )
        announce(again)
    return again


def _refuse(first: Run, failed: int) -> None:
    if first.state != RunState.FINISHED or first.ablation_id is not None:
        raise ValidationError(_("Only the failed pairs of a run that has finished can be asked again."))
    if not failed:
        raise ValidationError(_("No pair of this run failed in a way that asking again can mend."))
    if first.knowledge != knowledge_at(first.entries_upto):
        raise ValidationError(_("The knowledge that this run judged with is not in use any more. Launch a new run."))
    if first.context and first.context != context_of(chain_of(first)):
        raise ValidationError(_("The documents that this run read, or its models, have changed. Launch a new run."))
    refuse_unasked(first.config)
    refuse_unsearchable(config=first.config)


def _insert(first: Run, by: User) -> Run:
    if first.benchmark is not None:
        refuse_second(release=first.release, benchmark=first.benchmark, config=first.config)
    again = Run(
        config=first.config,
        release=first.release,
        benchmark=first.benchmark,
        baseline=first,
        again_of=first,
        reason=ASKED_AGAIN,
        knowledge=first.knowledge,
        entries_upto=first.entries_upto,
        context=first.context,
        created_by=by,
    )
    insert_run(run=again)
    again.total = _insert_items(again, first)
    again.save(update_fields=["total"])
    return again


def _insert_items(again: Run, first: Run) -> int:
    """Store an item for every pair that the first run judged, with the level expected then, and say how many."""
    item, judgment = RunItem._meta.db_table, Judgment._meta.db_table
    columns = "run_id, pair_id, expected, state, canary, claimed_by"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {item} ({columns}) SELECT %s, j.pair_id, j.expected, %s, %s, '' FROM {judgment} j"  # noqa: S608
            " WHERE j.run_id = %s ORDER BY j.id",
            [again.pk, ItemState.WAITING, False, first.pk],
        )
        return int(cursor.rowcount)
