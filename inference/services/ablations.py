"""Launching and cancelling ablations: a run for every step, all of them or none."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from annotation.models import Benchmark
from inference.enums import RunState
from inference.models import Ablation, PipelineConfig, Run
from inference.pipeline.ablation import settings, steps
from inference.pipeline.parameters import Parameters
from inference.pipeline.stages import Stage
from inference.services.configurations import configuration_with
from inference.services.runs import cancel_run, launch_run, pins_hold
from rules.models import Release
from rules.services.audit import record, take_turn
from rules.services.permissions import require

REASON = gettext_noop("step of an ablation")
Off = tuple[Stage, ...]


class AblationUnderWayError(ValidationError):
    """The same ablation is under way already."""

    def __init__(self, ablation: Ablation) -> None:
        super().__init__(_("This ablation is under way already."))
        self.ablation = ablation


@transaction.atomic
def launch_ablation(*, by: User, release: Release, benchmark: Benchmark) -> Ablation:
    """Start judging a benchmark with the stages switched on one after the other, and with all but each one.

    Raises PermissionDenied, ValidationError for a benchmark without pairs, and AblationUnderWayError.
    """
    require(by, "inference.launch_run")
    take_turn()
    refuse_second(release=release, benchmark=benchmark)
    ablation = Ablation.objects.create(release=release, benchmark=benchmark, created_by=by)
    runs: dict[Off, Run] = {}
    for off in settings():
        runs[off] = launch_run(
            by=by,
            release=release,
            benchmark=benchmark,
            baseline=baseline_of(off, runs),
            reason=REASON,
            config=config_of(off),
            ablation=ablation,
        )
    data = {"release": release.number, "benchmark": benchmark.slug, "runs": len(runs)}
    record(by=by, verb="ablation.launched", subject=subject_of(ablation), data=data)
    return ablation


@transaction.atomic
def cancel_ablation(*, by: User, ablation: Ablation) -> None:
    """Cancel what is left of an ablation. Raises PermissionDenied, and ValidationError if nothing is."""
    require(by, "inference.cancel_run")
    take_turn()
    running = list(ablation.runs.filter(state=RunState.RUNNING).order_by("pk"))
    if not running:
        raise ValidationError(_("This ablation has already ended."))
    for run in running:
        cancel_run(by=by, run=run)
    record(by=by, verb="ablation.cancelled", subject=subject_of(ablation), data={"runs": len(running)})


def refuse_second(*, release: Release, benchmark: Benchmark) -> None:
    """Raise AblationUnderWayError if the same ablation is under way and can go on."""
    going = Run.objects.filter(ablation__isnull=False, release=release, benchmark=benchmark, state=RunState.RUNNING)
    for run in going.select_related("ablation"):
        if pins_hold(run=run):
            assert run.ablation is not None
            raise AblationUnderWayError(run.ablation)


def config_of(off: Off) -> PipelineConfig:
    """The configuration of a step, named after it and made at the first ablation."""
    return configuration_with(name=step_name(off), parameters=Parameters(off=off))


def step_name(off: Off) -> str:
    """A step in English: how far the stages are on, or which one is off."""
    if not off:
        return "ablation: everything on"
    if len(off) == 1:
        return f"ablation: without {off[0].value}"
    stage = next(step.stage for step in steps() if step.off == off)
    return f"ablation: up to {stage.value}" if stage else "ablation: everything off"


def baseline_of(off: Off, runs: dict[Off, Run]) -> Run | None:
    """What a step is compared with: the step before it, or everything on where one stage alone is off."""
    rows = steps()
    if len(off) == 1:
        return runs.get(rows[-1].off)
    before = next((rows[at - 1].off for at, row in enumerate(rows) if at and row.off == off), None)
    return runs.get(before) if before is not None else None


def subject_of(ablation: Ablation) -> str:
    """How the audit trail names an ablation."""
    return f"ablation:{ablation.pk}"
