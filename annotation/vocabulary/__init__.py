"""Words for categories, dosage forms and for whom a product is meant: tab-separated tables, lists split at `|`."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Form:
    """A row of forms.tsv. `parent` is the broader form; `route` how it is taken."""

    name: str
    english: str
    parent: str
    route: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Population:
    """A row of populations.tsv. `excludes` are those that such a product can't be for."""

    name: str
    english: str
    broader: str
    aliases: tuple[str, ...]
    excludes: tuple[str, ...]


@cache
def forms() -> tuple[Form, ...]:
    """Every dosage form."""
    return tuple(
        Form(row["form"], row["english"], row["parent"], row["route"], listed(row["aliases"]))
        for row in rows(FOLDER / "forms.tsv")
    )


@cache
def populations() -> tuple[Population, ...]:
    """Every population."""
    return tuple(
        Population(row["population"], row["english"], row["broader"], listed(row["aliases"]), listed(row["excludes"]))
        for row in rows(FOLDER / "populations.tsv")
    )


@cache
def english_categories() -> Mapping[str, str]:
    """What categories are called in English."""
    return {row["category"]: row["english"] for row in rows(FOLDER / "categories.tsv") if row["english"]}


def rows(path: Path) -> Iterator[Mapping[str, str]]:
    """The rows of a table, cells stripped."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""):
            yield {name: value.strip() for name, value in row.items()}


def listed(cell: str) -> tuple[str, ...]:
    """The words of a cell, each once."""
    return tuple(dict.fromkeys(word for part in cell.split("|") if (word := part.strip())))
