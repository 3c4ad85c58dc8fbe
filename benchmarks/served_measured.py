"""What `served.py` measures, once Django knows its scratch database."""

import json
import random
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import Sum

from annotation.models import Benchmark
from annotation.services.imports import import_pairs, import_products
from arweb.demo import DEMO_FOLDER
from arweb.embedded import EmbeddedWorker
from benchmarks.runs_measured import published, without_checks
from inference.enums import EndpointKind, RunState
from inference.metrics import Scores, score
from inference.models import Judgment, ModelEndpoint, ModelReply, PipelineConfig, Run
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.parameters import Parameters
from inference.services.configurations import Asked, create_configuration
from inference.services.endpoints import EndpointSettings, add_endpoint
from inference.services.leaflets import import_leaflets
from inference.services.learning import learn
from inference.services.runs import launch_run
from rules.engine.attributes import Level
from rules.models import Release
from rules.selectors import current_release

SLUG = "served"
IDLE_RULE = "本规则不触及任何一对"
"""Words that no query has: a release has to have a rule."""
EVERY = 30.0
"""Seconds between two lines that tell how far a run is."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A finished run: how its levels agree with the labels, how long it took, and what the model read and wrote."""

    run: Run
    scores: Scores
    seconds: float
    calls: int = 0
    read: int = 0
    written: int = 0
    cached: int = 0

    def to_json(self) -> dict[str, Any]:
        """The figures of one line."""
        four = exact(self.run)
        return {
            "pairs": self.scores.pairs,
            "accuracy": round(self.scores.accuracy, 3),
            "interval": [round(self.scores.interval.low, 3), round(self.scores.interval.high, 3)],
            "macro_f1": round(self.scores.macro_f1, 3),
            "accuracy_four_levels": round(four / max(self.scores.pairs, 1), 3),
            "loss_rate": round(self.scores.loss_rate, 4),
            "failures": failures(self.run),
            "seconds": round(self.seconds, 1),
            "seconds_a_pair": round(self.seconds / max(self.scores.pairs, 1), 3),
            "calls": self.calls,
            "tokens_read": self.read,
            "tokens_written": self.written,
            "tokens_cached": self.cached,
        }


def report(given: Namespace, folder: Path) -> None:
    """Print the figures of the model and of the lexical engine as one JSON object."""
    lexical, model = measure(given, folder)
    if given.out:
        given.out.write_text("".join(lines_of(lexical.run, model.run)), encoding="utf-8")
    figures = {"model": model.to_json(), "lexical": lexical.to_json()}
    if given.report:
        texts = list(ModelReply.objects.filter(run=model.run).values_list("text", flat=True))
        given.report.write_text(json.dumps({**figures, "replies": texts}, ensure_ascii=False), encoding="utf-8")
    print(json.dumps(figures, indent=2))


def measure(given: Namespace, folder: Path) -> tuple[Measured, Measured]:
    """The same pairs judged by the lexical engine and then by the model."""
    call_command("migrate", verbosity=0)
    author = User.objects.create_superuser("measured")
    learn_from(given, author)
    benchmark = drawn(given.pairs or DEMO_FOLDER / "pairs.csv", given, folder, author)
    release = current_release() or idle_release(author)
    config = model_config(given, author)
    worker = EmbeddedWorker()
    worker.start()
    try:
        lexical = finished(lambda: launch_run(by=author, release=release, benchmark=benchmark))
        model = finished(lambda: launch_run(by=author, release=release, benchmark=benchmark, config=config))
    finally:
        worker.stop()
    return lexical, model


def learn_from(given: Namespace, author: User) -> None:
    """Products, leaflets and what they teach; without pairs of its own the demo, with its rules."""
    if not given.pairs:
        call_command("load_demo", verbosity=0)
    if given.products:
        import_products(path=given.products, by=author)
    if given.leaflets:
        import_leaflets(path=given.leaflets, source="leaflets")
    learn(by=None)


def idle_release(author: User) -> Release:
    """A release whose one rule fires on no pair."""
    without_checks(author)
    return published(author, 1, IDLE_RULE)


def drawn(path: Path, given: Namespace, folder: Path, author: User) -> Benchmark:
    """The benchmark of some of the labelled pairs of a file."""
    part = folder / f"{SLUG}{path.suffix}"
    part.write_text("".join(some(path, given.some, given.seed)), encoding="utf-8")
    done = import_pairs(path=part, by=author, benchmark=SLUG)
    if done.rejected:
        print(f"{done.rejected} of the pairs were rejected", file=sys.stderr)
    return Benchmark.objects.get(slug=SLUG)


def some(path: Path, count: int | None, seed: int) -> list[str]:
    """So many lines of the file, drawn by chance, in its order; a table keeps the line that names its columns."""
    lines = [line + "\n" for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    head = 1 if path.suffix == ".csv" else 0
    if count is None or count >= len(lines) - head:
        return lines
    kept = sorted(random.Random(seed).sample(range(head, len(lines)), count))
    return [*lines[:head], *(lines[at] for at in kept)]


def model_config(given: Namespace, author: User) -> PipelineConfig:
    """A configuration in which the model gives the level."""
    said = EndpointSettings(
        name=given.model[:80],
        kind=EndpointKind.TEXT,
        address=given.address,
        model=given.model,
        in_flight=given.in_flight,
        timeout=given.timeout,
    )
    endpoint: ModelEndpoint = add_endpoint(by=author, said=said)
    settings = ModelSettings(given.model, language=given.language, max_tokens=given.max_tokens)
    asked = Asked(endpoint, settings)
    return create_configuration(by=author, name="served", parameters=Parameters(), canaries=0, model=asked)


def finished(launch: Callable[[], Run]) -> Measured:
    """Wait for a run from before it is launched, and measure it."""
    started = told = time.perf_counter()
    run = launch()
    while run.state == RunState.RUNNING:
        time.sleep(0.05)
        run.refresh_from_db()
        if time.perf_counter() - told > EVERY:
            told = time.perf_counter()
            print(f"{judged(run).count()} of {run.total} pairs after {told - started:.0f} s", file=sys.stderr)
    seconds = time.perf_counter() - started
    used = ModelReply.objects.filter(run=run).aggregate(
        read=Sum("prompt_tokens", default=0),
        written=Sum("completion_tokens", default=0),
        cached=Sum("cached_tokens", default=0),
    )
    scores = score((Level(one.expected), Level(one.level) if one.level else None) for one in judged(run))
    return Measured(run, scores, seconds, ModelReply.objects.filter(run=run).count(), **used)


def judged(run: Run) -> Any:
    """The judgments of a run, in the order of the pairs."""
    return Judgment.objects.filter(run=run).order_by("pair_id")


def exact(run: Run) -> int:
    """Pairs judged with their own level of the four."""
    return sum(one.level == one.expected for one in judged(run))


def failures(run: Run) -> dict[str, int]:
    """Failed pairs by the kind of failure."""
    kinds = list(judged(run).exclude(failure="").values_list("failure", flat=True))
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def lines_of(lexical: Run, model: Run) -> Iterator[str]:
    """Every pair with its label, both levels and what went wrong."""
    others = {one.pair_id: one for one in judged(model)}
    for one in judged(lexical).select_related("pair__query", "pair__product"):
        other = others[one.pair_id]
        row = {
            "query": one.pair.query.text,
            "title": one.pair.product.title,
            "label": one.expected,
            "lexical": one.level,
            "model": other.level,
            "failure": other.failure,
        }
        yield json.dumps(row, ensure_ascii=False) + "\n"
