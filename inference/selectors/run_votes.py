"""What a run has to say in the labelling of a benchmark, and as whom."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.models import Benchmark, BenchmarkPair, Labelling, QueuedPair
from inference.models import Judgment, PipelineConfig, Run
from inference.pipeline.key import CODE_VERSION, LEXICAL, digest_of

MOST_SOURCE = 120
"""Characters that a label keeps of whom it is by."""
MARK = 8
"""Characters of the digest that stands for the rest of a name that is too long."""


def source_of(config: PipelineConfig) -> str:
    """Whom a run votes as: the model with its revision, and the configuration, which says how it is asked."""
    asked = config.asked
    who = f"{LEXICAL}@{CODE_VERSION}" if asked is None else "@".join(filter(None, (asked.model, asked.revision)))
    name = who if config.is_default else f"{who}, {config.name}"
    return name if len(name) <= MOST_SOURCE else f"{name[: MOST_SOURCE - MARK - 1]}~{digest_of(name)[:MARK]}"


def levels_for(run: Run, benchmark: Benchmark) -> dict[int, str]:
    """The level of every pair that a run judged and a benchmark holds or waits for."""
    of_pair = {"benchmark": benchmark, "pair": OuterRef("pair")}
    there = Q(Exists(BenchmarkPair.objects.filter(**of_pair))) | Q(Exists(QueuedPair.objects.filter(**of_pair)))
    judged = Judgment.objects.filter(there, run=run, failure="").order_by("pair_id")
    return dict(judged.values_list("pair_id", "level"))


def benchmarks_to_vote_in(run: Run) -> QuerySet[Benchmark]:
    """The benchmark that a run judged, and every one that people label."""
    labelled = Exists(Labelling.objects.filter(benchmark=OuterRef("pk")))
    return Benchmark.objects.filter(Q(pk=run.benchmark_id) | labelled).order_by("name")
