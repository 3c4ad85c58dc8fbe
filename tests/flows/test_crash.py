"""A run survives the process that judges it: killed in the middle, it finishes after a restart, each pair judged once."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from annotation.models import Benchmark, BenchmarkPair, Label, Pair, Product, Query
from inference.services.runs import launch_run
from tests.factories import make_release
from tests.flows.places import Place

pytestmark = pytest.mark.slow

PAIRS = 4400
PATIENCE = 90
WORDS = ("布洛芬", "感冒灵", "创可贴", "维生素", "板蓝根", "碘伏", "避孕套", "体温计", "红霉素", "藿香正气")
FORMS = ("片", "胶囊", "颗粒", "口服液", "软膏")


def build() -> None:
    """A benchmark of synthetic pairs, and a run on it that nobody has begun. Called in a process of its own."""
    queries = [Query.objects.create(text=f"{word}{form}") for word in WORDS for form in FORMS]
    products = Product.objects.bulk_create(
        [
            Product(external_id=str(n), title=f"[牌{n}]{WORDS[n % 10]}{FORMS[n % 5]}{n}mg*{n % 40}片")
            for n in range(PAIRS // len(queries))
        ]
    )
    pairs = Pair.objects.bulk_create([Pair(query=query, product=product) for query in queries for product in products])
    benchmark = Benchmark.objects.create(slug="synthetic", name="Synthetic")
    labels = Label.objects.bulk_create([Label(benchmark=benchmark, pair=pair, level="weakly") for pair in pairs])
    BenchmarkPair.objects.bulk_create(
        [BenchmarkPair(benchmark=benchmark, pair=label.pair, label=label) for label in labels]
    )
    launch_run(by=None, release=make_release(), benchmark=benchmark)


class Judging(Place):
    """A run, and the process that judges it: the server, or a worker where Redis is used."""

    def begin(self) -> None:
        """Start what judges."""
        worker = ["-m", "celery", "--app", "arweb", "worker", "--pool", "solo", "--loglevel", "WARNING"]
        self.start(*(worker if self.env.get("REDIS_URL") else ["manage.py", "serve"]))

    def judged(self) -> int:
        """How many judgments are stored."""
        return self.ask("SELECT count(*) FROM inference_judgment")[0][0]

    def is_finished(self) -> bool:
        """Whether the run says it is."""
        [(state,)] = self.ask("SELECT state FROM inference_run")
        assert state != "cancelled", "the code or the knowledge changed between two starts"
        return state == "finished"


def wait_until(what: Callable[[], bool]) -> None:
    """Return once `what` holds; fail when it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.02)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Judging]:
    place = Judging(tmp_path, JUDGE_BATCH="20", CLAIM_SECONDS="3")
    place.call(__name__, "build")
    yield place
    if place.process is not None:
        place.kill()


def test_a_run_killed_in_the_middle_finishes_after_a_restart_with_every_pair_judged_once(place: Judging) -> None:
    everything = "SELECT id, pair_id, level, failure, key, created_at FROM inference_judgment ORDER BY id"
    place.begin()
    wait_until(lambda: place.judged() >= PAIRS // 4)
    place.kill()
    before = place.ask(everything)
    assert PAIRS // 4 <= len(before) < PAIRS

    place.begin()
    wait_until(place.is_finished)
    after = place.ask(everything)
    assert after[: len(before)] == before
    assert len(after) == PAIRS
    assert place.ask("SELECT count(DISTINCT pair_id) FROM inference_judgment") == [(PAIRS,)]
    assert place.ask("SELECT count(*) FROM inference_runitem WHERE state <> 'done'") == [(0,)]
