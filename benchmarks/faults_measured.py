"""What `faults.py` measures, once Django knows its scratch database."""

import logging
import time
from collections import Counter
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction

from annotation.models import Benchmark
from arweb.embedded import EmbeddedWorker
from benchmarks.runs_measured import published, without_checks
from inference.enums import EndpointKind, RunState
from inference.models import Judgment, ModelReply, PipelineConfig, Run
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.parameters import Parameters
from inference.services.configurations import Asked, create_configuration
from inference.services.endpoints import EndpointSettings, add_endpoint
from inference.services.runs import launch_run
from rules.models import Release
from tests.factories import make_benchmark
from tests.scripted_model.planned import Plan, rows
from tests.scripted_model.server import MODEL, start

TIMEOUT = 2
"""Seconds that a reply is waited for: shorter than the server hangs, longer than a busy machine takes."""
IDLE_RULE = "本规则不触及任何一对"


@dataclass(frozen=True, slots=True)
class Ended:
    """A run with how its pairs ended by kind of failure, how often the server was asked, and what broke on the way."""

    run: Run
    seconds: float
    outcomes: Counter[str]
    twice: int
    other_level: int
    calls: int
    exceptions: int


class Exceptions(logging.Handler):
    """Counts what was logged with a traceback."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += bool(record.exc_info)


def measure(pairs: int, only: str | None) -> int:
    """Print what came of a run with faults that pass and of one with faults that last; 1 where it was not planned so."""
    call_command("migrate", verbosity=0)
    author = User.objects.create_superuser("measured")
    without_checks(author)
    release = published(author, 1, IDLE_RULE)
    worker = EmbeddedWorker()
    worker.start()
    try:
        kinds = [kind for kind in ("passing", "lasting") if only in (None, kind)]
        as_planned = [of_kind(kind, pairs, release, author) for kind in kinds]
    finally:
        worker.stop()
    return 0 if all(as_planned) else 1


def of_kind(kind: str, pairs: int, release: Release, author: User) -> bool:
    """Print what came of a run of one kind, and say whether it was planned so."""
    plan = Plan(lasting=kind == "lasting")
    with start(plan, process=True) as server:
        benchmark, config = benchmark_of(kind, pairs), asking(server.address, kind, author)
        ended = finished(release, benchmark, config, server)
    planned = plan.failures(range(pairs))
    loss = 1 - ended.outcomes[""] / pairs
    print(
        f"faults that are {kind}: {pairs} pairs in {ended.seconds:.1f} s, loss rate {loss:.4f}, {ended.calls} calls,"
        f" {ModelReply.objects.filter(run=ended.run).count()} replies kept"
    )
    for failure in sorted({*planned, *ended.outcomes}):
        print(f"  {failure or 'judged':18} {ended.outcomes[failure]:6}  planned {planned[failure]:6}")
    print(
        f"  judged twice {ended.twice}, missing {pairs - sum(ended.outcomes.values())}, with another level"
        f" {ended.other_level}, unhandled exceptions {ended.exceptions}"
    )
    return ended.outcomes == planned and not (ended.twice or ended.other_level or ended.exceptions)


def finished(release: Release, benchmark: Benchmark, config: PipelineConfig, server: object) -> Ended:
    """Launch a run, wait for it, and count how its pairs ended."""
    exceptions = Exceptions()
    logging.getLogger().addHandler(exceptions)
    started = time.perf_counter()
    run = launch_run(by=None, release=release, benchmark=benchmark, config=config)
    while run.state == RunState.RUNNING:
        time.sleep(0.1)
        run.refresh_from_db()
    seconds = time.perf_counter() - started
    logging.getLogger().removeHandler(exceptions)
    judged = list(Judgment.objects.filter(run=run).values_list("pair", "failure", "level", "expected"))
    return Ended(
        run=run,
        seconds=seconds,
        outcomes=Counter(failure for _pair, failure, _level, _expected in judged),
        twice=len(judged) - len({pair for pair, *_rest in judged}),
        other_level=sum(not failure and level != expected for _pair, failure, level, expected in judged),
        calls=server.calls,  # type: ignore[attr-defined]
        exceptions=exceptions.count,
    )


def asking(address: str, name: str, author: User) -> PipelineConfig:
    """A configuration in which the scripted model gives the level. Each is of another revision: nothing is taken over."""
    said = EndpointSettings(
        name=name, kind=EndpointKind.TEXT, address=address, model=MODEL, revision=name, timeout=TIMEOUT
    )
    asked = Asked(add_endpoint(by=author, said=said), ModelSettings(MODEL, name))
    return create_configuration(by=author, name=name, parameters=Parameters(), canaries=0, model=asked)


def benchmark_of(slug: str, size: int) -> Benchmark:
    """The planned pairs, labelled with the level that each gets in the end."""
    with transaction.atomic():
        return make_benchmark(*rows(size), slug=slug)
