"""Launching, cancelling and resuming runs."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from annotation.models import Benchmark, BenchmarkPair, Label
from inference.enums import ItemState, RunState
from inference.models import Ablation, Judgment, PipelineConfig, Run, RunItem
from inference.models.pipeline import DEFAULT_CONFIG
from inference.selectors.chains import context_at, knowledge_at
from inference.selectors.knowledge import entries_upto
from inference.selectors.model_judges import ModelJudge, model_judge, refuse_unasked
from inference.selectors.runs import latest_finished, running
from inference.services.canaries import mark_canaries
from inference.services.outside import refuse_unsearchable
from inference.services.readings import forget_old_readings
from inference.signals import run_finished, work_waiting
from rules.models import Release
from rules.services.audit import record
from rules.services.permissions import require

NOT_ASKED = gettext_noop("its model may no longer be asked")
KNOWLEDGE_CHANGED = gettext_noop("the knowledge changed while it ran")


class UnderWayError(ValidationError):
    """The same run is under way already: `run`, or one that somebody launched at the same moment."""

    def __init__(self, run: Run | None = None) -> None:
        super().__init__(_("This run is under way already."))
        self.run = run


def launch_run(
    *,
    by: User | None,
    release: Release,
    benchmark: Benchmark,
    baseline: Run | None = None,
    reason: str = "",
    config: PipelineConfig | None = None,
    ablation: Ablation | None = None,
    full: bool = False,
) -> Run:
    """Start judging every pair of a benchmark. `by` is None for what the system starts of itself.

    `ablation` is the one that the run is a step of. What was judged before under the same key is taken over, unless the
    run is to be `full`. Raises PermissionDenied, ValidationError for no pairs, and UnderWayError for a second click.
    """
    if by is not None:
        require(by, "inference.launch_run")
    refuse_others(benchmark=benchmark, baseline=baseline)
    with transaction.atomic():
        config = config or default_config()
        refuse_unasked(config)
        refuse_unsearchable(config=config)
        refuse_second(release=release, benchmark=benchmark, config=config)
        run = Run(
            config=config,
            release=release,
            benchmark=benchmark,
            baseline=baseline or latest_finished(benchmark=benchmark, config=config),
            reason=reason,
            ablation=ablation,
            full=full,
            created_by=by,
            **knowledge_of(config),
        )
        insert_run(run=run)
        insert_pairs(run=run)
        record(by=by, verb=verb_of(run, "launched"), subject=subject_of(run), data=pinned(run))
        announce(run)
    return run


def refuse_others(*, benchmark: Benchmark, baseline: Run | None) -> None:
    """Raise ValidationError if the baseline is a run over other pairs."""
    if baseline is not None and baseline.benchmark_id != benchmark.pk:
        raise ValidationError(_("Run %(run)s judged other pairs.") % {"run": baseline})


def knowledge_of(config: PipelineConfig) -> dict[str, Any]:
    """What a run pins of the knowledge as it is now."""
    upto = entries_upto()
    return {
        "knowledge": knowledge_at(upto),
        "entries_upto": upto,
        "context": context_at(config=config, upto=upto),
    }


def refuse_second(*, release: Release, benchmark: Benchmark, config: PipelineConfig) -> None:
    """Raise UnderWayError if the same run is under way and can go on."""
    first = running(release=release, benchmark=benchmark, config=config)
    if first is not None and pins_hold(run=first):
        raise UnderWayError(first)


def insert_run(*, run: Run) -> None:
    """Store a new run. Of two launched at the same moment the database takes one."""
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as error:
        raise UnderWayError from error


def insert_pairs(*, run: Run) -> None:
    """Store what a run has to judge, its canaries marked. Raises ValidationError for a benchmark without pairs."""
    run.total = insert_items(run=run)
    if not run.total:
        raise ValidationError(_("%(benchmark)s has no pairs to judge.") % {"benchmark": run.benchmark})
    run.save(update_fields=["total"])
    mark_canaries(run=run)


def insert_items(*, run: Run) -> int:
    """Store an item for every pair of the run's benchmark, and say how many those are.

    In one statement inside the database: an ablation of 22 runs over 4,400 pairs is launched while somebody waits.
    """
    item, member, label = (model._meta.db_table for model in (RunItem, BenchmarkPair, Label))
    columns = "run_id, pair_id, expected, state, canary, claimed_by"
    state = ItemState.NEW if run.full else ItemState.WAITING
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {item} ({columns}) SELECT %s, m.pair_id, l.level, %s, %s, '' FROM {member} m"  # noqa: S608
            f" JOIN {label} l ON l.id = m.label_id WHERE m.benchmark_id = %s ORDER BY m.id",
            [run.pk, state, False, run.benchmark_id],
        )
        return int(cursor.rowcount)


def cancel_run(*, by: User | None, run: Run, reason: str = "") -> Run:
    """Stop a run; what it has judged stays, what waits is left. Raises ValidationError if it has ended."""
    if by is not None:
        require(by, "inference.cancel_run")
    with transaction.atomic():
        if not end_run(run=run, state=RunState.CANCELLED):
            raise ValidationError(_("This run has already ended."))
        record(by=by, verb=verb_of(run, "cancelled"), subject=subject_of(run), data={"reason": reason})
    run.refresh_from_db()
    return run


def finish_run(*, run: Run) -> bool:
    """Finish a run whose every pair is judged. Whoever comes second does nothing and is told so."""
    with transaction.atomic():
        if unfinished(run=run) or not end_run(run=run, state=RunState.FINISHED):
            return False
        forget_old_readings()
        record(by=None, verb=verb_of(run, "finished"), subject=subject_of(run))
        transaction.on_commit(lambda: run_finished.send_robust(sender=Run, run_id=run.pk))
    return True


def resume_runs(*, alone: bool = False) -> int:
    """Announce the work that is left of every running run, and say how many runs that are.

    `alone` says that no other process judges on this database: claims are then leftovers, and released.
    A run that pinned other knowledge than this process has can't go on as itself, and is cancelled.
    """
    resumed = 0
    for run in Run.objects.filter(state=RunState.RUNNING).order_by("pk"):
        if not pins_hold(run=run):
            continue
        with transaction.atomic():
            if alone:
                RunItem.objects.filter(run=run, state=ItemState.CLAIMED).update(
                    state=ItemState.NEW, claimed_by="", claimed_until=None
                )
            announce(run)
        resumed += 1
    return resumed


def resume_stalled_runs() -> int:
    """Announce the running runs that nobody has worked on for two claims' time, and say how many those are."""
    since = timezone.now() - 2 * timedelta(seconds=settings.CLAIM_SECONDS)
    stalled = [run for run in Run.objects.filter(state=RunState.RUNNING, created_at__lt=since) if not moves(run, since)]
    for run in stalled:
        announce(run)
    return len(stalled)


def moves(run: Run, since: datetime) -> bool:
    """Whether a pair of a run was judged since then, or was held."""
    judged = Judgment.objects.filter(run=run, created_at__gte=since)
    held = RunItem.objects.filter(run=run, state=ItemState.CLAIMED, claimed_until__gte=since)
    return judged.exists() or held.exists()


def pins_hold(*, run: Run) -> bool:
    """Whether this process has the knowledge that `run` pinned; if not, the run is cancelled."""
    if run.knowledge == knowledge_at(run.entries_upto):
        return True
    with suppress(ValidationError):  # somebody else may have ended it meanwhile
        cancel_run(by=None, run=run, reason=KNOWLEDGE_CHANGED)
    return False


def judge_for(*, run: Run) -> ModelJudge | None:
    """The model that judges a run, None for the lexical engine. Where it or that of a stage may no longer be asked, the
    run is cancelled, and the refusal raised.
    """
    try:
        refuse_unasked(run.config)
        return model_judge(run.config)
    except ValidationError:
        cancel_run(by=None, run=run, reason=NOT_ASKED)
        raise


def default_config() -> PipelineConfig:
    """The lexical engine as it comes."""
    return PipelineConfig.objects.get_or_create(name=DEFAULT_CONFIG)[0]


def announce(run: Run) -> None:
    """Once committed, tell the edges that `run` has work. Steps of an ablation take turns: one that waits says nothing.

    So each worker builds one chain after the other instead of all of them at once, and the table grows row by row.
    """
    steps = Run.objects.filter(ablation=run.ablation_id, state=RunState.RUNNING, pk__lt=run.pk)
    if run.ablation_id is None or not steps.exists():
        transaction.on_commit(lambda: work_waiting.send_robust(sender=Run, run_id=run.pk))


def end_run(*, run: Run, state: RunState) -> bool:
    """Move a running run to an end state, and have the next step of its ablation begin; False if somebody was first."""
    moved = Run.objects.filter(pk=run.pk, state=RunState.RUNNING).update(state=state, finished_at=timezone.now())
    if moved and run.ablation_id is not None:
        following = Run.objects.filter(ablation=run.ablation_id, state=RunState.RUNNING).order_by("pk").first()
        if following is not None:
            announce(following)
    return moved == 1


def unfinished(*, run: Run) -> bool:
    """Whether pairs are left to judge."""
    return RunItem.objects.filter(run=run).exists()


def subject_of(run: Run) -> str:
    """How the audit trail names a run."""
    return f"run:{run.pk}"


def verb_of(run: Run, deed: str) -> str:
    """How the audit trail names what was done with a run; the steps of an ablation are told apart from other runs."""
    return f"run.{deed}" if run.ablation_id is None else f"step.{deed}"


def pinned(run: Run) -> Mapping[str, Any]:
    """What a run pins, for the audit trail."""
    return {
        "release": run.release.number,
        "config": run.config.name,
        "benchmark": run.benchmark.slug if run.benchmark else None,
        "baseline": run.baseline_id,
        "knowledge": run.knowledge,
        "total": run.total,
        "reason": run.reason,
        "full": run.full,
    }
