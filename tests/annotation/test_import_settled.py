"""Importing labels over what people settled: they stay, and the file is told so."""

from pathlib import Path

import pytest

from annotation.models import Benchmark, BenchmarkPair, Label, Pair
from annotation.services.imports import import_pairs
from tests.annotation.importing import PAIR, counts, jsonl, told

pytestmark = pytest.mark.django_db


def settled(folder: Path, kind: str, votes: list[str]) -> Benchmark:
    """A benchmark with one pair on which people came to “weakly”."""
    import_pairs(path=jsonl(folder, PAIR), benchmark="settled")
    member = BenchmarkPair.objects.get()
    said = {"benchmark": member.benchmark, "pair": member.pair, "kind": kind, "votes": votes}
    member.label = Label.objects.create(level="weakly", **said)
    member.save()
    return member.benchmark


@pytest.mark.parametrize("kind", ["agreed", "ruling"])
@pytest.mark.parametrize("named", [PAIR, {**PAIR, "product_id": ""}])
def test_another_level_is_a_fault_of_its_row(tmp_path: Path, kind: str, named: dict[str, str]) -> None:
    settled(tmp_path, kind, ["weakly", "weakly"])
    other = PAIR | {"pair_id": "q2", "query": "退烧"}
    job = import_pairs(path=jsonl(tmp_path, named, other), benchmark="settled")
    assert (counts(job), BenchmarkPair.objects.get(pair__external_id="q1").label.kind) == ((1, 0, 0, 1), kind)
    assert told(job) == [(1, "People settled on “weakly” for “q1”. An import does not change that to “highly”.")]


def test_the_same_level_leaves_the_label_of_people(tmp_path: Path) -> None:
    settled(tmp_path, "agreed", ["weakly", "weakly"])
    job = import_pairs(path=jsonl(tmp_path, PAIR | {"level": "weakly"}), benchmark="settled")
    assert (counts(job), BenchmarkPair.objects.get().label.kind) == ((0, 0, 1, 0), "agreed")


def test_of_another_benchmark_the_label_is_its_own(tmp_path: Path) -> None:
    settled(tmp_path, "agreed", [])
    job = import_pairs(path=jsonl(tmp_path, PAIR), benchmark="another")
    assert (job.rejected, Pair.objects.get().memberships.count()) == (0, 2)
