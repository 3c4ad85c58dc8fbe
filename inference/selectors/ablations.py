"""Ablations: which there are, how far one has come, and its table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from django.db.models import QuerySet
from django.utils import timezone

from inference.enums import RunState
from inference.measures import AblationRow, ablation_rows
from inference.metrics import Scores
from inference.models import Ablation, Run
from inference.pipeline.parameters import Parameters
from inference.pipeline.stages import Stage
from inference.selectors.measures import figures_of
from inference.selectors.runs import RunSummary, summaries
from rules.engine.attributes import LevelClass

LITTLE = 100
"""Pairs that must be judged before anybody can say how long the rest takes."""
Off = tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class NamedClass:
    """A class with its F1."""

    name: LevelClass
    f1: float


@dataclass(frozen=True, slots=True)
class StepRow:
    """A row of the table with the runs behind it: of this step, and of everything but its stage."""

    row: AblationRow
    run: Run | None
    without: Run | None

    @property
    def classes(self) -> tuple[NamedClass, ...]:
        """The scores of each class; none as long as the run has not finished."""
        figures = self.row.figures
        return tuple(NamedClass(name, one.f1) for name, one in figures.scores.classes.items()) if figures else ()


@dataclass(frozen=True, slots=True)
class AblationTable:
    """An ablation as far as it has come. `done` and `total` count pairs over all its runs; `seconds_left` None if unknown.

    `current` is the run whose turn it is.
    """

    ablation: Ablation
    state: RunState
    rows: tuple[StepRow, ...]
    runs: int
    finished: int
    done: int
    total: int
    seconds_left: int | None
    current: Run | None

    @property
    def nothing(self) -> Scores | None:
        """The scores of the texts and Algorithm 1 alone."""
        figures = self.rows[0].row.figures
        return figures.scores if figures else None

    @property
    def everything(self) -> Scores | None:
        """The scores with everything on."""
        figures = self.rows[-1].row.figures
        return figures.scores if figures else None


def ablation_list() -> QuerySet[Ablation]:
    """Every ablation, newest first."""
    return Ablation.objects.select_related("release", "benchmark", "created_by")


def table_of(ablation: Ablation) -> AblationTable:
    """The table of one ablation, from the runs of it that have finished."""
    return tables_of([ablation])[0]


def tables_of(ablations: Iterable[Ablation]) -> list[AblationTable]:
    """The tables of some ablations; finished runs are counted once."""
    listed = list(ablations)
    runs = Run.objects.filter(ablation__in=listed).select_related("config", "release").order_by("pk")
    counted: dict[int, list[RunSummary]] = {one.pk: [] for one in listed}
    for summary in summaries(runs):
        if summary.run.ablation_id is not None:
            counted[summary.run.ablation_id].append(summary)
    return [_table(ablation, counted[ablation.pk]) for ablation in listed]


def _table(ablation: Ablation, counted: Sequence[RunSummary]) -> AblationTable:
    finished = [one for one in counted if one.run.state == RunState.FINISHED]
    by_run = figures_of(finished)
    figures = {off_of(one.run): by_run[one.run.pk] for one in finished}
    runs = {off_of(one.run): one.run for one in counted}
    done, total = sum(one.done for one in counted), sum(one.run.total for one in counted)
    state = state_of([one.run for one in counted])
    return AblationTable(
        ablation=ablation,
        state=state,
        rows=tuple(_with_runs(row, runs) for row in ablation_rows(figures)),
        runs=len(counted),
        finished=len(finished),
        done=done,
        total=total,
        seconds_left=_seconds_left(ablation, done, total) if state == RunState.RUNNING else None,
        current=next((one.run for one in counted if one.run.state == RunState.RUNNING), None),
    )


def _with_runs(row: AblationRow, runs: Mapping[Off, Run]) -> StepRow:
    without = row.step.off_without
    return StepRow(row, runs.get(row.step.off), runs.get(without) if without is not None else None)


def off_of(run: Run) -> Off:
    """The stages that are off in a run."""
    return tuple(sorted(Parameters.from_json(run.config.parameters).off))


def state_of(runs: Iterable[Run]) -> RunState:
    """The state that an ablation with these runs is in: cancelled as soon as one of them was."""
    states = {run.state for run in runs}
    if RunState.RUNNING in states:
        return RunState.RUNNING
    return RunState.CANCELLED if RunState.CANCELLED in states else RunState.FINISHED


def _seconds_left(ablation: Ablation, done: int, total: int) -> int | None:
    """By the rate since the launch; None as long as little is done."""
    taken = (timezone.now() - ablation.created_at).total_seconds()
    return ceil(taken * (total - done) / done) if done >= LITTLE else None
