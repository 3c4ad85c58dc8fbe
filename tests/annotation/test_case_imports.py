"""Importing bad cases: unknown queries and products are made, and reading a file again changes nothing."""

from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from annotation.case_rows import case_row
from annotation.enums import CaseOrigin, CaseState, ImportState
from annotation.models import BadCase, CaseReport, Import, Pair, Product
from annotation.services.case_intake import Report, take_reports
from annotation.services.imports import import_cases, run_import
from tests.annotation.cases import stored
from tests.annotation.importing import counts, jsonl, told
from tests.factories import make_pair

CASE = {
    "case_id": "c1",
    "query": "布洛芬",
    "product_id": "a1",
    "title": "[青禾]布洛芬片 0.2g*20片",
    "given": "highly",
    "expected": "weakly",
    "severity": "harmful",
    "cause": "brand",
    "place": "首页第3位",
    "note": "顾客投诉",
}


@pytest.mark.django_db
def test_unknown_queries_and_products_are_made(tmp_path: Path) -> None:
    job = import_cases(path=jsonl(tmp_path, CASE))
    case = BadCase.objects.get()
    assert counts(job) == (1, 0, 0, 0)
    assert (case.pair.query.text, case.pair.product.external_id, case.pair.product.parsed["dosage_form"]) == (
        "布洛芬", "a1", ["片"],
    )  # fmt: skip
    assert (case.origin, case.severity, case.cause, case.place, case.note) == (
        CaseOrigin.IMPORT, 3, "brand", "首页第3位", "顾客投诉",
    )  # fmt: skip


@pytest.mark.django_db
def test_the_catalogues_title_holds_where_it_knows_the_product(tmp_path: Path) -> None:
    pair = make_pair()
    row = CASE | {"product_id": pair.product.external_id, "title": "旧标题"}
    import_cases(path=jsonl(tmp_path, row))
    assert (BadCase.objects.get().pair, Product.objects.count()) == (pair, 1)


@pytest.mark.django_db
def test_repeated_reports_are_counted_and_near_ones_merged(tmp_path: Path) -> None:
    rows = [
        CASE,
        CASE | {"case_id": "c2"},
        CASE | {"case_id": "c3", "query": "布洛芬?"},
        CASE | {"case_id": "c4", "query": "头疼吃什么"},
    ]
    job = import_cases(path=jsonl(tmp_path, *rows))
    cases = BadCase.objects.order_by("pk").values_list("pair__query__text", "state", "reports")
    assert counts(job) == (3, 1, 0, 0)
    assert sorted(cases) == [("头疼吃什么", "new", 1), ("布洛芬", "new", 3), ("布洛芬?", "duplicate", 1)]


@pytest.mark.django_db
def test_a_file_again_changes_nothing_whatever_it_is_called(tmp_path: Path) -> None:
    rows = [CASE, {"query": "布洛芬", "title": "[青禾]布洛芬片 0.2g*20片"}, CASE | {"case_id": "c2", "query": "发烧"}]
    import_cases(path=jsonl(tmp_path, *rows))
    before = stored()
    assert counts(import_cases(path=jsonl(tmp_path, *rows, name="again.jsonl"))) == (0, 0, 3, 0)
    assert stored() == before


@pytest.mark.django_db
def test_an_import_that_was_cut_off_is_read_again_from_its_start(tmp_path: Path) -> None:
    job = import_cases(path=jsonl(tmp_path, CASE))
    before = stored()
    Import.objects.filter(pk=job.pk).update(state=ImportState.RUNNING)
    assert counts(run_import(job.pk)) == (0, 0, 1, 0)
    assert stored() == before


@pytest.mark.django_db
def test_an_id_of_another_pair_is_refused(tmp_path: Path) -> None:
    import_cases(path=jsonl(tmp_path, CASE))
    job = import_cases(path=jsonl(tmp_path, CASE | {"query": "感冒"}, CASE | {"query": "感冒", "source": "热线"}))
    words = "“c1” is already the id of a report about another pair. Name the source of each file."
    assert (counts(job), told(job)) == ((1, 0, 0, 1), [(1, words)])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"query": "布洛芬"}, "Neither “product_id” nor “title” is given."),
        (CASE | {"given": "good"}, "Unknown level “good”. Levels: highly, moderately, weakly, irrelevant."),
        (CASE | {"severity": "9"}, "Unknown severity “9”. Known: nuisance, misleading, harmful, 1, 2, 3."),
        (CASE | {"product_id": "nowhere", "title": ""}, "Unknown product “nowhere”, and no title to make it from."),
        (CASE | {"query": "a\x07b"}, "“query” holds a control character."),
    ],
)
def test_rows_that_are_not_taken_say_why(tmp_path: Path, row: dict[str, str], words: str) -> None:
    assert told(import_cases(path=jsonl(tmp_path, row))) == [(1, words)]


@pytest.mark.django_db
def test_a_csv_file_is_imported_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes("query,title,given,expected\n布洛芬,[青禾]布洛芬片,highly,weakly\n".encode("gb18030"))
    call_command("import_cases", str(path))
    assert capsys.readouterr().out == "log.csv: 1 created, 0 updated, 0 unchanged, 0 rejected\n"


def test_rows_without_an_id_are_named_by_what_they_say() -> None:
    row = {"query": "布洛芬", "title": "布洛芬片"}
    assert case_row(row).external_id == case_row({**row, "note": ""}).external_id
    assert case_row(row).external_id != case_row({**row, "note": "x"}).external_id


QUERIES = st.sampled_from(["布洛芬", "布洛芬?", "布洛芬片怎么买", "布洛芬片 怎么买呢", "发烧"])
REPORTS = st.lists(
    st.tuples(QUERIES, st.sampled_from(["weakly", "irrelevant"]), st.integers(0, 3), st.integers(0, 12)), max_size=12
)


class TestReplays(TestCase):
    """Whatever comes in, in whatever batches, coming in again changes nothing."""

    @given(REPORTS, st.integers(1, 5))
    def test_replaying_reports_changes_nothing(self, rows: list[tuple[str, str, int, int]], size: int) -> None:
        pairs: dict[str, Pair] = {}
        for query, *_rest in rows:
            if query not in pairs:
                pairs[query] = make_pair(query, core_name=["布洛芬"])
        reports = [
            Report(pairs[query], "s", f"{number}", given="highly", expected=expected, severity=severity)
            for query, expected, severity, number in rows
        ]
        for start in range(0, len(reports), size):
            take_reports(reports[start : start + size], origin=CaseOrigin.IMPORT, by=None)
        before = stored()
        take_reports(reports, origin=CaseOrigin.IMPORT, by=None)
        assert stored() == before
        masters = BadCase.objects.exclude(state=CaseState.DUPLICATE).values_list("reports", flat=True)
        assert sum(masters) == CaseReport.objects.count() == len({number for *_rest, number in rows})
