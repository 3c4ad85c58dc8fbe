"""Runs whose judgments are what a test says, without judging anything."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotation.models import Benchmark, BenchmarkPair, Label, Pair
from inference.comparison import Said
from inference.enums import RunState
from inference.models import Judgment, JudgmentTrace, Run
from inference.services.runs import default_config
from rules.models import Release
from tests.factories import make_pair, make_release, numbers

CATEGORIES = ("中药", "西药", "")


def make_pairs(count: int) -> list[Pair]:
    """Pairs with titles of many lengths under queries of two."""
    return [make_pair(("药", "感冒药药药")[n % 2], f"{'药' * (n % 3 + 1)}{99 - n}") for n in range(count)]


def category_of(pair: int) -> str:
    """The category that a made judgment of a pair has."""
    return CATEGORIES[pair % len(CATEGORIES)]


def trace_of(*rules: tuple[int, int], line: int = 3) -> dict[str, Any]:
    """A trace in which rules, by number and version, were recalled and acted."""
    return {
        "line": line,
        "recalled": [{"number": number, "version": version} for number, version in rules],
        "steps": [{"number": number, "version": version, "outcome": "applied"} for number, version in rules],
        "product": {"text": "", "mentions": [], "values": []},
    }


def make_run(
    said: Mapping[int, Said],
    *,
    release: Release | None = None,
    benchmark: Benchmark | None = None,
    baseline: Run | None = None,
    traces: Mapping[int, dict[str, Any]] | None = None,
    state: str = RunState.FINISHED,
) -> Run:
    """A run that said of each pair what is given."""
    run = Run.objects.create(
        config=default_config(),
        release=release or make_release(),
        benchmark=benchmark,
        baseline=baseline,
        state=state,
        knowledge="k",
        total=len(said),
    )
    shared = JudgmentTrace.objects.create(key=f"{next(numbers)}", content=trace_of())
    made = {pair: JudgmentTrace.objects.create(key=f"{pair}", content=one) for pair, one in (traces or {}).items()}
    Judgment.objects.bulk_create(
        [
            Judgment(
                run=run,
                pair_id=pair,
                level=one.level or "",
                failure="" if one.level else "error",
                expected=one.expected or "",
                case=one.case,
                category=category_of(pair) if one.level else "",
                traced=made.get(pair, shared),
            )
            for pair, one in said.items()
        ]
    )
    return run


def hold(pairs: Sequence[Pair]) -> Benchmark:
    """A benchmark in which some pairs must hold."""
    benchmark = Benchmark.objects.create(slug=f"held-{next(numbers)}", name="Held")
    for pair in pairs:
        label = Label.objects.create(benchmark=benchmark, pair=pair, level="highly")
        BenchmarkPair.objects.create(benchmark=benchmark, pair=pair, label=label, must_hold=True)
    return benchmark
