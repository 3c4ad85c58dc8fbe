"""How much is known, where it comes from, and writing it back as the files it is shipped in."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.vocabulary import FOLDER as VOCABULARY
from inference.knowledge import words
from inference.knowledge.export import exported
from inference.knowledge.faults import Names, faults_of
from inference.knowledge.overlay import TABLES, Version, by_name, content_of, overlaid
from inference.knowledge.records import Kind
from inference.knowledge.sources import english_names, shipped_sources, shipped_version
from inference.knowledge.tables import FOLDER, Tables, read_tables
from inference.models import EntryVersion


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read_tables()


def test_as_much_is_known_as_was_asked_for(tables: Tables) -> None:
    least = {Kind.MEDICINE: 1500, Kind.BRAND: 500, Kind.FORM: 80, Kind.NEED: 600}
    assert {kind: len(by_name(tables, kind)) >= n for kind, n in least.items()} == dict.fromkeys(least, True)


def test_every_entry_says_where_it_comes_from(tables: Tables) -> None:
    entries = {(kind, name) for kind in TABLES for name in by_name(tables, kind)}
    sources = shipped_sources()
    assert (entries - sources.keys(), [key for key in entries if not sources[key].chinese]) == (set(), [])


def test_terms_categories_forms_and_populations_have_english_names(tables: Tables) -> None:
    kinds = (Kind.EFFICACY, Kind.CATEGORY, Kind.FORM, Kind.POPULATION)
    assert {(kind, name) for kind in kinds for name in by_name(tables, kind)} == english_names().keys()


def test_the_version_of_the_files_is_the_last_line() -> None:
    assert (shipped_version().number >= 2, bool(shipped_version().news.chinese)) == (True, True)


def test_whoever_corrects_an_entry_is_not_held_to_account_for_its_other_fields(tables: Tables) -> None:
    names = Names(tables)
    faulty = [
        (kind, name, faults)
        for kind in TABLES
        for name, row in by_name(tables, kind).items()
        if (faults := faults_of(kind, name, content_of(row), names))
    ]
    assert faulty == []


def test_relatives_and_what_brands_stand_for_are_known(tables: Tables) -> None:
    medicines = by_name(tables, Kind.MEDICINE)
    assert {word for row in tables.medicines for word in row.relatives} - medicines.keys() == set()


@pytest.mark.parametrize("name", ["SALTS", "SALT_SUFFIXES", "COMPANY_WORDS", "NOISE", "PROVINCES", "COUNTRIES"])
def test_the_word_lists_are_read_from_files(name: str) -> None:
    assert len(getattr(words, name)) > 10


def test_what_nobody_corrected_is_exported_as_it_is_written(tables: Tables) -> None:
    files = exported(tables, tables, {})
    shipped = {path.name: path.read_text("utf-8") for path in (*FOLDER.glob("*.tsv"), *VOCABULARY.glob("*.tsv"))}
    same = [name for name, text in files.items() if text.splitlines() == [x for x in shipped[name].splitlines() if x]]
    assert same == list(files)


def test_corrections_come_back_from_the_exported_files(tables: Tables, tmp_path: Path) -> None:
    corrected = overlaid(
        tables,
        [
            Version(Kind.MEDICINE, "布洛芬", {"efficacy": ["发热"], "route": "口服|外用"}),
            Version(Kind.MEDICINE, "某新药", {"efficacy": ["感冒"], "aliases": ["甲", "乙"]}),
            Version(Kind.EFFICACY, "感冒", {"near": ["咳嗽", "发热"]}),
            Version(Kind.BRAND, "芬必得", {}, withdrawn=True),
            Version(Kind.NEED, "某某说法甲", {"efficacy": ["眩晕"]}),
        ],
    )
    for name, text in exported(corrected, tables, {(Kind.NEED, "某某说法甲"): "a shopper"}).items():
        (tmp_path / name).write_text(text, "utf-8")
    read = read_tables(tmp_path, tmp_path)
    assert {kind: by_name(read, kind) for kind in TABLES} == {kind: by_name(corrected, kind) for kind in TABLES}
    assert (tmp_path / "needs.tsv").read_text("utf-8").endswith("某某说法甲\t眩晕\t\t\ta shopper\n")


@pytest.mark.django_db
def test_the_command_writes_into_an_empty_folder(tmp_path: Path) -> None:
    EntryVersion.objects.create(
        kind="brand", name="某牌", number=1, content={"maker": "某厂"}, origin="correction", source="a book"
    )
    said: Any = StringIO()
    call_command("export_knowledge", tmp_path / "out", stdout=said)
    assert "tables with" in said.getvalue()
    assert (tmp_path / "out" / "brands.tsv").read_text("utf-8").endswith("某牌\t\t某厂\t\t\ta book\n")
    with pytest.raises(CommandError, match="not empty"):
        call_command("export_knowledge", tmp_path / "out")
