"""Runs: which there are, how far one has come, and how well it did."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from annotation.models import Benchmark
from inference import metrics
from inference.enums import RunState
from inference.metrics import Scores
from inference.models import Judgment, PipelineConfig, Run
from inference.models.pipeline import DEFAULT_CONFIG
from rules.engine.attributes import Level
from rules.models import Release

WINDOW = timedelta(seconds=4)
"""The stretch of time that the rate is measured over."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run as a line: how many pairs it judged, failed on and took over, and its scores on those with a label."""

    run: Run
    done: int
    failed: int
    reused: int
    scores: Scores


@dataclass(slots=True)
class Tally:
    """Counts of one run while they are being added up."""

    done: int = 0
    failed: int = 0
    reused: int = 0
    confusion: Counter[metrics.Outcome] = field(default_factory=Counter)

    def add(self, expected: str, level: str, reused: bool, count: int) -> None:
        """Count judgments that are alike."""
        self.done += count
        self.failed += 0 if level else count
        self.reused += count if reused else 0
        if expected:
            judged = Level(level).level_class if level else None
            self.confusion[Level(expected).level_class, judged] += count

    def summary(self, run: Run) -> RunSummary:
        """The line that the counts amount to."""
        return RunSummary(run, self.done, self.failed, self.reused, metrics.scores_of(self.confusion))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come. `rate`: pairs a second over the last seconds; `seconds_left` None when nobody can say."""

    total: int
    done: int
    failed: int
    reused: int
    rate: float
    seconds_left: float | None

    @property
    def waiting(self) -> int:
        """Pairs not judged yet."""
        return self.total - self.done

    @property
    def anew(self) -> int:
        """Pairs judged for this run, not taken over from an earlier one."""
        return self.done - self.reused

    @property
    def whole_seconds_left(self) -> int:
        """Seconds left, rounded up; 0 when nobody can say."""
        return ceil(self.seconds_left or 0)


def run_list() -> QuerySet[Run]:
    """Every run, newest first."""
    return Run.objects.select_related("release", "benchmark", "config", "created_by")


def standing_runs() -> QuerySet[Run]:
    """The runs that say how the search stands: with the default configuration, and no step of an ablation."""
    return Run.objects.filter(ablation=None, config__name=DEFAULT_CONFIG)


def summaries(runs: Iterable[Run]) -> list[RunSummary]:
    """How far and how well some runs did, in one query however many there are; a finished one is counted once."""
    listed = list(runs)
    finished = {run.pk: kept_as(run) for run in listed if run.state == RunState.FINISHED}
    known: dict[str, Tally] = cache.get_many(finished.values())
    tallies = {pk: known[name] for pk, name in finished.items() if name in known}
    counted = _counted([run for run in listed if run.pk not in tallies])
    cache.set_many({finished[pk]: tally for pk, tally in counted.items() if pk in finished}, timeout=None)
    return [(tallies | counted)[run.pk].summary(run) for run in listed]


def _counted(runs: Sequence[Run]) -> dict[int, Tally]:
    tallies = {run.pk: Tally() for run in runs}
    counted = Judgment.objects.filter(run__in=runs).order_by().values("run_id", "expected", "level", "reused")
    for row in counted.annotate(count=Count("pk")):
        tallies[row["run_id"]].add(row["expected"], row["level"], row["reused"], row["count"])
    return tallies


def kept_as(run: Run) -> str:
    """What is counted of a finished run is kept under this. A database that was replaced may use an id again."""
    return f"run-tally-{run.pk}-{run.created_at.timestamp()}-{run.total}"


def latest_finished(*, benchmark: Benchmark, config: PipelineConfig | None = None) -> Run | None:
    """The newest finished run on a benchmark with a configuration, the default one unless told; no step of an ablation."""
    runs = standing_runs() if config is None else Run.objects.filter(ablation=None, config=config)
    finished = runs.filter(benchmark=benchmark, state=RunState.FINISHED)
    return finished.select_related("release", "config").order_by("-pk").first()


def latest_finished_by_benchmark() -> dict[Benchmark, Run]:
    """For every benchmark that was ever judged to the end as the search stands, the newest such run."""
    runs = standing_runs().filter(state=RunState.FINISHED).select_related("benchmark", "config").order_by("pk")
    return {run.benchmark: run for run in runs if run.benchmark is not None}


def comparable(run: Run, most: int = 20) -> QuerySet[Run]:
    """Other finished runs over the same benchmark, the newest first, those of ablations left out."""
    same = run_list().filter(benchmark=run.benchmark, state=RunState.FINISHED, ablation=None)
    return same.exclude(pk=run.pk).order_by("-pk")[:most]


def latest_run(*, release: Release, benchmark: Benchmark) -> Run | None:
    """The newest run of a release on a benchmark that is finished or on its way."""
    runs = standing_runs().filter(release=release, benchmark=benchmark).exclude(state=RunState.CANCELLED)
    return runs.order_by("-pk").first()


def running(*, release: Release, benchmark: Benchmark, config: PipelineConfig) -> Run | None:
    """The run under way that pins just this, if any."""
    runs = Run.objects.filter(release=release, benchmark=benchmark, config=config, state=RunState.RUNNING)
    return runs.select_related("release", "config").first()


def progress_of(run: Run) -> Progress:
    """How far a run has come, in two queries."""
    counts = Judgment.objects.filter(run=run).aggregate(
        done=Count("pk"), failed=Count("pk", filter=~Q(failure="")), reused=Count("pk", filter=Q(reused=True))
    )
    rate = _rate(run) if run.state == RunState.RUNNING else 0.0
    left = run.total - counts["done"]
    return Progress(total=run.total, rate=rate, seconds_left=left / rate if rate else None, **counts)


def _rate(run: Run) -> float:
    now = timezone.now()
    seconds = min(WINDOW, max(now - run.created_at, timedelta(seconds=0.5))).total_seconds()
    recent = Judgment.objects.filter(run=run, created_at__gte=now - timedelta(seconds=seconds)).count()
    return recent / seconds


def failures_by_kind(run: Run) -> list[tuple[str, int]]:
    """Why judgments of a run failed, the most frequent first."""
    failed = Judgment.objects.filter(run=run).exclude(failure="")
    kinds = failed.order_by().values("failure").annotate(count=Count("pk")).order_by("-count", "failure")
    return [(kind["failure"], kind["count"]) for kind in kinds]


def scores_of(run: Run) -> Scores:
    """How well a run did against the levels expected of it; pairs without a label are left out."""
    return summaries([run])[0].scores


def judgments_of(run: Run, *, level: str = "", verdict: str = "") -> QuerySet[Judgment]:
    """The judgments of a run, those at one level, those right or wrong in class or failed, or all; without traces."""
    found = Judgment.objects.filter(run=run)
    if level:
        found = found.filter(level=level)
    if verdict == "failed":
        found = found.exclude(failure="")
    if verdict in ("right", "wrong"):
        found = found.filter(failure="").exclude(expected="")
        found = found.filter(RIGHT) if verdict == "right" else found.exclude(RIGHT)
    return found.select_related("pair__query", "pair__product")


def _same_class() -> Q:
    same = Q()
    for level in Level:
        same |= Q(level=level, expected__in=[one for one in Level if one.level_class is level.level_class])
    return same


RIGHT = _same_class()
