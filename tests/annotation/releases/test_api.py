"""The API of benchmark releases, and the command that writes one."""

import errno
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from annotation.models import Benchmark
from tests.annotation.releases.benchmarks import ROWS, add, cut, released
from tests.factories import make_benchmark
from tests.programs import program

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unhurried() -> None:
    cache.clear()


def at(benchmark: Benchmark, rest: str = "") -> str:
    return f"/api/v1/benchmarks/{benchmark.slug}/releases/{rest}"


def test_an_expert_cuts_a_release() -> None:
    benchmark = make_benchmark(*ROWS, slug="sent")
    answer = program("expert").post(at(benchmark), {"notes": "First.", "seen": 0}, format="json")
    told = answer.json()
    release = benchmark.releases.get()
    assert answer.status_code == 201
    assert {name: told[name] for name in ("benchmark", "number", "digest", "rows", "notes", "cut_by")} == {
        "benchmark": "sent",
        "number": 1,
        "digest": release.digest,
        "rows": 4,
        "notes": "First.",
        "cut_by": "expert",
    }
    assert (told["manifest"], told["datasheet"]) == (release.manifest, release.datasheet)


def test_the_same_again_says_why_not() -> None:
    benchmark = released().benchmark
    answer = program("lead").post(at(benchmark), {"seen": 1}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "same")


def test_an_annotator_may_look_and_not_cut() -> None:
    client, benchmark = program("annotator"), released().benchmark
    assert client.post(at(benchmark), {"seen": 1}, format="json").status_code == 403
    assert [one["number"] for one in client.get(at(benchmark)).json()["results"]] == [1]


def test_two_releases_are_compared() -> None:
    benchmark = released().benchmark
    pair = add(benchmark, "口罩", "口罩10只", "highly")
    cut(benchmark)
    told = program("annotator").get(at(benchmark, "1/compare/2/"), {"change": "added"}).json()["results"]
    assert [(one["changes"], one["before"], one["after"]["pair_id"]) for one in told] == [
        (["added"], None, f"pair-{pair.pk}")
    ]


def test_a_release_is_verified_and_exported() -> None:
    release, client = released(), program("annotator")
    assert client.get(at(release.benchmark, "1/verify/")).json() == {"whole": True, "faults": []}
    sent = b"".join(client.get(at(release.benchmark, "1/jsonl/")).streaming_content)
    assert hashlib.sha256(sent).hexdigest() == release.digest
    assert client.get(at(release.benchmark, "1/xlsx/")).status_code == 404


def test_the_command_writes_what_was_digested(tmp_path: Path) -> None:
    release = released(slug="written")
    for name in ("rows.jsonl", "rows.csv", "rows.parquet"):
        call_command("export_benchmark", "written", str(tmp_path / name))
    assert hashlib.sha256((tmp_path / "rows.jsonl").read_bytes()).hexdigest() == release.digest
    assert (tmp_path / "rows.csv").read_text(encoding="utf-8-sig").startswith("pair_id,query,product_id,title,level")
    assert (tmp_path / "rows.parquet").read_bytes()[:4] == b"PAR1"


def test_the_command_says_where_nothing_can_be_written(tmp_path: Path) -> None:
    slug = released().benchmark.slug
    for place in (tmp_path, tmp_path / "nowhere" / "rows.csv"):
        with pytest.raises(CommandError, match="can't be written"):
            call_command("export_benchmark", slug, str(place))


def test_what_was_written_stays_until_a_whole_new_file_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug, file = released().benchmark.slug, tmp_path / "rows.jsonl"
    file.write_text("before")

    def full(lines: object) -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("annotation.management.commands.export_benchmark.jsonl", full)
    with pytest.raises(CommandError, match="No space left"):
        call_command("export_benchmark", slug, str(file))
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("rows.jsonl", "before")]


def test_the_command_refuses_a_release_that_there_is_not() -> None:
    with pytest.raises(CommandError, match="no release"):
        call_command("export_benchmark", released().benchmark.slug, "--release", "7")
