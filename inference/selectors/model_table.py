"""Runs of several configurations over one benchmark side by side, as Table 4 of AR-Med has its models."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.core.cache import cache
from django.db.models import Avg, Count, Max, QuerySet

from annotation.models import Benchmark
from inference.enums import ComparisonState, RunState
from inference.intervals import ACCURACY, LOSS_RATE, MACRO_F1, Key, accuracy_of, metrics_of
from inference.intervals import Metric as Difference
from inference.metrics import Interval, Outcome
from inference.models import Comparison, Judgment, ModelEndpoint, Run
from inference.pipeline.model_settings import ModelSettings
from inference.selectors.run_calls import Calls, calls_of
from inference.selectors.runs import RunSummary, kept_as, run_list, summaries
from inference.verdict import Verdict, verdict_of
from rules.engine.attributes import LevelClass

MOST = 12
"""Runs in one table."""
THOUSAND = 1000
F1: tuple[Key, ...] = tuple(("f1", name) for name in LevelClass)
KEYS: tuple[Key, ...] = (ACCURACY, MACRO_F1, *F1, LOSS_RATE)


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric of one run, a share of one, and its 95% interval."""

    value: float
    interval: Interval


@dataclass(frozen=True)
class Against:
    """How a run did against the one that the others are held against, over the pairs that both judged."""

    comparison: Comparison

    @cached_property
    def accuracy(self) -> Difference:
        """The accuracy of both, and the difference with its interval."""
        return accuracy_of(self.comparison.tally.classes)

    @cached_property
    def verdict(self) -> Verdict:
        """Whether that is a difference."""
        return verdict_of(self.comparison.tally.classes)


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A run in the table. `metrics` has those of KEYS. `seconds` are of a pair judged anew: of its calls, or where no
    model was asked of reckoning; None where every judgment was taken over. `against` is None where it was not compared.
    """

    summary: RunSummary
    metrics: Mapping[Key, Measured]
    calls: Calls
    seconds: float | None
    against: Against | None

    @property
    def run(self) -> Run:
        """The run."""
        return self.summary.run

    @property
    def asked(self) -> ModelSettings | None:
        """The model that gave the levels, and how it was asked."""
        return self.run.config.asked

    @property
    def endpoint(self) -> ModelEndpoint | None:
        """The server of that model."""
        return self.run.config.endpoint

    @property
    def anew(self) -> int:
        """Pairs judged for this run, not taken over."""
        return self.summary.done - self.summary.reused

    @property
    def milliseconds(self) -> float | None:
        """The same in milliseconds."""
        return None if self.seconds is None else 1000 * self.seconds

    @property
    def a_thousand(self) -> Decimal | None:
        """What a thousand pairs judged anew cost; None without prices, or where every judgment was taken over."""
        return self.calls.cost * THOUSAND / self.anew if self.calls.cost is not None and self.anew else None

    @property
    def accuracy(self) -> Measured:
        """The share of pairs judged with their class, failed ones counted as wrong."""
        return self.metrics[ACCURACY]

    @property
    def macro_f1(self) -> Measured:
        """The mean F1 of the classes."""
        return self.metrics[MACRO_F1]

    @property
    def f1(self) -> tuple[Measured, ...]:
        """The F1 of every class."""
        return tuple(self.metrics[key] for key in F1)

    @property
    def loss_rate(self) -> Measured:
        """The share of failed judgments."""
        return self.metrics[LOSS_RATE]


def benchmarks_judged() -> QuerySet[Benchmark]:
    """The benchmarks with a run to put into a table."""
    runs = Run.objects.filter(state=RunState.FINISHED, ablation=None, benchmark__isnull=False)
    return Benchmark.objects.filter(pk__in=runs.values("benchmark")).order_by("name")


def runs_to_choose(benchmark: Benchmark) -> QuerySet[Run]:
    """The runs over a benchmark that have finished, the newest first; no steps of ablations."""
    runs = run_list().select_related("config__endpoint")
    return runs.filter(benchmark=benchmark, state=RunState.FINISHED, ablation=None).order_by("-pk")


def newest_of_each(benchmark: Benchmark) -> list[int]:
    """The newest run of each configuration, at most MOST of them."""
    newest = runs_to_choose(benchmark).order_by().values("config").annotate(newest=Max("pk"))
    return list(newest.order_by("-newest").values_list("newest", flat=True)[:MOST])


def rows_of(runs: Sequence[Run], *, against: Run | None) -> list[ModelRow]:
    """A row for each run, the most accurate first, in as many queries for one as for MOST."""
    calls, took, compared = calls_of(runs), _reckoning(runs), _compared(runs, against)
    rows = [
        ModelRow(
            summary=one,
            metrics=_metrics(one),
            calls=calls[one.run.pk],
            seconds=calls[one.run.pk].over(one.done - one.reused) if calls[one.run.pk].calls else took.get(one.run.pk),
            against=compared.get(one.run.pk),
        )
        for one in summaries(runs)
    ]
    return sorted(rows, key=lambda row: (-row.accuracy.value, row.run.pk))


def _metrics(one: RunSummary) -> dict[Key, Measured]:
    name = f"run-metrics-{kept_as(one.run)}"
    known: dict[Key, Measured] | None = cache.get(name)
    if known is None:
        known = measured(one.scores.confusion)
        cache.set(name, known, timeout=None)
    return known


def measured(confusion: Mapping[Outcome, int]) -> dict[Key, Measured]:
    """The metrics of one run: those of a comparison with itself."""
    found = metrics_of({(label, judged, judged): n for (label, judged), n in sorted(confusion.items(), key=str)})
    both = {(one.name, one.about): Measured(one.before, one.around_before) for one in found}
    return {key: both[key] for key in KEYS}


def _reckoning(runs: Iterable[Run]) -> dict[int, float]:
    """Seconds that a pair judged anew took, on average, by run; a run without any is left out. Counted once a run."""
    names = {run.pk: f"run-seconds-{kept_as(run)}" for run in runs}
    known: dict[str, float | None] = cache.get_many(names.values())
    missing = [pk for pk, name in names.items() if name not in known]
    anew = Judgment.objects.filter(run__in=missing, reused=False).order_by().values("run_id")
    rows = anew.annotate(mean=Avg("milliseconds"), n=Count("pk")).values_list("run_id", "mean") if missing else ()
    fresh = dict.fromkeys(missing, None) | {pk: mean / 1000 for pk, mean in rows}
    cache.set_many({names[pk]: seconds for pk, seconds in fresh.items()}, timeout=None)
    found = {pk: known[name] for pk, name in names.items() if name in known} | fresh
    return {pk: seconds for pk, seconds in found.items() if seconds is not None}


def _compared(runs: Iterable[Run], against: Run | None) -> dict[int, Against]:
    if against is None:
        return {}
    ready = Comparison.objects.filter(before=against, after__in=list(runs), state=ComparisonState.READY)
    return {one.after_id: Against(one) for one in ready}
