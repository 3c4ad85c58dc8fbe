"""Verifying a release: whatever was done to it behind its back is named."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from annotation.manifest import digest_of, linked
from annotation.models import BenchmarkRelease, ReleasedPair
from annotation.selectors.benchmark_verify import verify
from tests.annotation.releases.benchmarks import cut, relabel, released
from tests.factories import make_pair

pytestmark = pytest.mark.django_db
TABLE = ReleasedPair._meta.db_table


def behind(sql: str, *values: object) -> None:
    """Do to the database what the application refuses."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def set_row(row: ReleasedPair, column: str, value: object) -> None:
    behind(f"UPDATE {TABLE} SET {column} = %s WHERE id = %s", value, row.pk)


def faults(release: BenchmarkRelease) -> list[str]:
    return [str(fault) for fault in verify(BenchmarkRelease.objects.get(pk=release.pk))]


def second(release: BenchmarkRelease) -> ReleasedPair:
    return release.rows.get(place=2)


def pair_in(row: ReleasedPair) -> str:
    return f"pair-{row.pair_id}"


TOTAL = "The rows together do not give the digest of the release."


def altered_line(row: ReleasedPair) -> str:
    set_row(row, "line", row.line.replace("highly", "weakly"))
    return f"Row 2 ({pair_in(row)}) was altered."


def altered_level(row: ReleasedPair) -> str:
    set_row(row, "level", "weakly")
    return f"Row 2 ({pair_in(row)}) was altered."


def altered_with_its_digest(row: ReleasedPair) -> str:
    line = row.line.replace('"note":""', '"note":"other"')
    set_row(row, "line", line)
    set_row(row, "digest", digest_of(line))
    return f"Row 2 ({pair_in(row)}) does not follow from the rows before it."


def removed(row: ReleasedPair) -> str:
    behind(f"DELETE FROM {TABLE} WHERE id = %s", row.pk)
    return "Row 2 is missing."


def put_in(row: ReleasedPair) -> str:
    last = row.release.rows.get(place=4)
    named = {"level": row.level, "texts": row.texts, "line": row.line, "digest": row.digest}
    chain = linked(last.chain, row.digest)
    ReleasedPair.objects.create(release=row.release, pair=make_pair("新"), place=5, chain=chain, **named)
    return f"Row 5 ({pair_in(row)}) was put in afterwards."


def test_what_was_cut_is_whole() -> None:
    assert faults(released()) == []


@pytest.mark.parametrize("tamper", [altered_line, altered_with_its_digest, removed])
def test_a_row_that_was_tampered_with_is_named(tamper: Callable[[ReleasedPair], str]) -> None:
    release = released()
    words = tamper(second(release))
    assert faults(release) == [words, TOTAL]


def test_a_column_that_says_something_else_than_the_line_is_named() -> None:
    release = released()
    words = altered_level(second(release))
    assert faults(release) == [words]


def test_a_row_put_in_at_the_end_is_named() -> None:
    release = released()
    words = put_in(second(release))
    assert faults(release) == [words, TOTAL]


def test_a_release_written_anew_differs_from_the_audit_trail() -> None:
    release = released()
    behind("UPDATE annotation_benchmarkrelease SET digest = %s", "0" * 64)
    assert faults(release) == [TOTAL, "The audit trail does not know of this release."]


def test_a_manifest_written_anew_is_seen() -> None:
    release = released()
    behind("UPDATE annotation_benchmarkrelease SET manifest = %s", '{"rows": 4}')
    assert faults(release) == ["The manifest is not the one that was cut."]


def test_the_command_checks_every_release(capsys: pytest.CaptureFixture[str]) -> None:
    release = released(slug="whole")
    relabel(release.benchmark, "感冒", "weakly")
    cut(release.benchmark)
    call_command("verify_benchmark")
    assert capsys.readouterr().out.splitlines() == [
        "whole #1: whole, 4 rows.",
        "whole #2: whole, 4 rows.",
    ]


def test_the_command_fails_and_says_which_row_differs(capsys: pytest.CaptureFixture[str]) -> None:
    release = released(slug="torn")
    words = altered_line(second(release))
    with pytest.raises(CommandError, match=r"1 release is not as it was cut\."):
        call_command("verify_benchmark", "torn", "1")
    assert f"torn #1: {words}" in capsys.readouterr().out


def test_the_command_refuses_a_benchmark_that_there_is_not() -> None:
    with pytest.raises(CommandError, match="no release"):
        call_command("verify_benchmark", "nowhere")
