"""The knowledge files themselves: what they name exists, and nothing is said twice."""

from collections import Counter

import pytest

from annotation.vocabulary import FOLDER as VOCABULARY
from inference.knowledge.lexicon import load_lexicon
from inference.knowledge.tables import FOLDER, Tables, read_tables

FILES = sorted((*FOLDER.glob("*.tsv"), *VOCABULARY.glob("*.tsv")))


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read_tables()


def unknown(words, known) -> list[str]:
    return sorted({word for word in words if word} - set(known))


def repeated(names) -> list[str]:
    return sorted(name for name, n in Counter(names).items() if n > 1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_states_a_name_twice(path) -> None:
    assert repeated(line.split("\t")[0] for line in path.read_text("utf-8").splitlines() if line.strip()) == []


def test_efficacy_relations_name_terms(tables: Tables) -> None:
    terms = [row.term for row in tables.efficacy]
    named = [t for row in tables.efficacy for t in (*row.near, *row.complementary, *row.opposed, *row.broader)]
    assert unknown(named, terms) == []


def test_parents_exist(tables: Tables) -> None:
    assert unknown((row.parent for row in tables.categories), (row.name for row in tables.categories)) == []
    assert unknown((row.parent for row in tables.forms), (row.name for row in tables.forms)) == []
    populations = [row.name for row in tables.populations]
    assert unknown((row.broader for row in tables.populations), populations) == []
    assert unknown((one for row in tables.populations for one in row.excludes), populations) == []


def test_medicines_name_what_exists(tables: Tables) -> None:
    terms, kinds = [row.term for row in tables.efficacy], [row.name for row in tables.categories]
    forms, populations = [row.name for row in tables.forms], [row.name for row in tables.populations]
    rows = tables.medicines
    assert {
        "efficacy": unknown((one for row in rows for one in row.efficacy), terms),
        "kinds": unknown((one for row in rows for one in row.kinds), kinds),
        "category": unknown((row.category for row in rows), kinds),
        "forms": unknown((one for row in rows for one in row.forms), forms),
        "population": unknown((one for row in rows for one in (*row.population, *row.contraindicated)), populations),
    } == {"efficacy": [], "kinds": [], "category": [], "forms": [], "population": []}


def test_brands_and_needs_name_what_exists(tables: Tables) -> None:
    terms, kinds = [row.term for row in tables.efficacy], [row.name for row in tables.categories]
    assert {
        "form": unknown((row.form for row in tables.brands), (row.name for row in tables.forms)),
        "efficacy": unknown((one for row in tables.needs for one in row.efficacy), terms),
        "category": unknown((one for row in tables.needs for one in row.category), kinds),
        "population": unknown(
            (one for row in tables.needs for one in row.population), (row.name for row in tables.populations)
        ),
    } == {"form": [], "efficacy": [], "category": [], "population": []}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_row_has_the_cells_of_its_header(path) -> None:
    lines = path.read_text("utf-8").splitlines()
    width = lines[0].count("\t")
    assert [number for number, line in enumerate(lines, 1) if line.strip() and line.count("\t") != width] == []


def test_the_lexicon_is_read_once_a_process() -> None:
    assert load_lexicon() is load_lexicon()
