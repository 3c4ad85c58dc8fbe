"""Reading the knowledge files: tab separated, a header row, lists inside a cell separated by `|`."""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from annotation.vocabulary import FOLDER as VOCABULARY
from inference.knowledge.records import Brand, Category, Efficacy, Form, Medicine, Need, Population

FOLDER = Path(__file__).parent / "lexicon"
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tables:
    """Every row of the knowledge files, with the SHA-256 of their bytes."""

    efficacy: tuple[Efficacy, ...] = ()
    categories: tuple[Category, ...] = ()
    forms: tuple[Form, ...] = ()
    populations: tuple[Population, ...] = ()
    medicines: tuple[Medicine, ...] = ()
    brands: tuple[Brand, ...] = ()
    needs: tuple[Need, ...] = ()
    digest: str = ""


def read_tables(folder: Path = FOLDER, vocabulary: Path = VOCABULARY) -> Tables:
    """The knowledge in `folder`, and categories, dosage forms and populations in `vocabulary`.

    Several files of one kind are read in the order of their names.
    """
    return Tables(
        efficacy=tuple(map(efficacy_of, rows(folder, "efficacy*.tsv"))),
        categories=tuple(map(category_of, rows(vocabulary, "categories.tsv"))),
        forms=tuple(map(form_of, rows(vocabulary, "forms.tsv"))),
        populations=tuple(map(population_of, rows(vocabulary, "populations.tsv"))),
        medicines=tuple(map(medicine_of, rows(folder, "medicines*.tsv"))),
        brands=tuple(map(brand_of, rows(folder, "brands*.tsv"))),
        needs=tuple(map(need_of, rows(folder, "needs*.tsv"))),
        digest=digest_of((*sorted(folder.glob("*.tsv")), *sorted(vocabulary.glob("*.tsv")))),
    )


def digest_of(paths: Iterable[Path]) -> str:
    """SHA-256 over the names and bytes of the files."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def rows(folder: Path, pattern: str) -> Iterator[Row]:
    """The rows of every file that fits `pattern`, in the order of their names."""
    for path in sorted(folder.glob(pattern)):
        yield from rows_of(path)


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of one file; blank ones are left out."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")
        yield from (row for row in reader if any((value or "").strip() for value in row.values()))


def listed(row: Row, column: str) -> tuple[str, ...]:
    """The words of a cell, in their order, each once."""
    return tuple(dict.fromkeys(word for part in row.get(column, "").split("|") if (word := part.strip())))


def word(row: Row, column: str) -> str:
    """The one word of a cell."""
    return row.get(column, "").strip()


def efficacy_of(row: Row) -> Efficacy:
    """A row of efficacy.tsv, with the relations it states itself."""
    return Efficacy(
        term=word(row, "term"),
        group=word(row, "group"),
        synonyms=listed(row, "synonyms"),
        near=frozenset(listed(row, "near")),
        complementary=frozenset(listed(row, "complementary")),
        opposed=frozenset(listed(row, "opposed")),
        broader=listed(row, "broader"),
    )


def category_of(row: Row) -> Category:
    """A row of categories.tsv."""
    return Category(word(row, "category"), word(row, "parent"), listed(row, "aliases"))


def form_of(row: Row) -> Form:
    """A row of forms.tsv."""
    return Form(word(row, "form"), word(row, "parent"), word(row, "route"), listed(row, "aliases"))


def population_of(row: Row) -> Population:
    """A row of populations.tsv."""
    return Population(word(row, "population"), word(row, "broader"), listed(row, "aliases"), listed(row, "excludes"))


def medicine_of(row: Row) -> Medicine:
    """A row of a medicines file."""
    return Medicine(
        name=word(row, "name"),
        aliases=listed(row, "aliases"),
        category=word(row, "category"),
        kinds=listed(row, "kinds"),
        efficacy=listed(row, "efficacy"),
        forms=listed(row, "forms"),
        route=word(row, "route"),
        population=listed(row, "population"),
        contraindicated=listed(row, "contraindicated"),
        ingredients=listed(row, "ingredients"),
        relatives=listed(row, "relatives"),
    )


def brand_of(row: Row) -> Brand:
    """A row of brands.tsv."""
    return Brand(
        word(row, "brand"), listed(row, "aliases"), word(row, "maker"), word(row, "stands_for"), word(row, "form")
    )


def need_of(row: Row) -> Need:
    """A row of needs.tsv."""
    return Need(word(row, "says"), listed(row, "efficacy"), listed(row, "category"), listed(row, "population"))
