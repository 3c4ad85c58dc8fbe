"""Where the shipped knowledge comes from, and which version of it this is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from annotation.vocabulary import FOLDER as VOCABULARY
from inference.knowledge.records import Kind
from inference.knowledge.tables import FOLDER, rows_of, word

EVERY_FILE = "*"
FILES: Mapping[Kind, tuple[Path, str, str]] = {
    Kind.MEDICINE: (FOLDER, "medicines*.tsv", "name"),
    Kind.BRAND: (FOLDER, "brands*.tsv", "brand"),
    Kind.NEED: (FOLDER, "needs*.tsv", "says"),
    Kind.EFFICACY: (FOLDER, "efficacy*.tsv", "term"),
    Kind.CATEGORY: (VOCABULARY, "categories.tsv", "category"),
    Kind.FORM: (VOCABULARY, "forms.tsv", "form"),
    Kind.POPULATION: (VOCABULARY, "populations.tsv", "population"),
}
"""The files of each kind of entry: folder, pattern, and the column that has the name."""


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in the two languages of the application."""

    english: str
    chinese: str


@dataclass(frozen=True, slots=True)
class ShippedVersion:
    """A version of the knowledge files, and what is new in it."""

    number: int
    day: date
    news: Bilingual


@lru_cache(maxsize=1)
def shipped_version() -> ShippedVersion:
    """The version of the knowledge files: the last line of version.tsv."""
    *_earlier, row = rows_of(FOLDER / "version.tsv")
    return ShippedVersion(
        int(row["number"]), date.fromisoformat(row["date"]), bilingual(row["english"], row["chinese"])
    )


@lru_cache(maxsize=1)
def shipped_sources() -> Mapping[tuple[Kind, str], Bilingual]:
    """Where each shipped entry comes from: what its row says in a column `source`, or else what its file says."""
    of_files = {row["file"]: bilingual(row["english"], row["chinese"]) for row in rows_of(FOLDER / "sources.tsv")}
    found: dict[tuple[Kind, str], Bilingual] = {}
    for kind, (folder, pattern, column) in FILES.items():
        for path in sorted(folder.glob(pattern)):
            of_file = of_files.get(path.name, of_files[EVERY_FILE])
            for row in rows_of(path):
                own = word(row, "source")
                found.setdefault((kind, word(row, column)), bilingual(own, own) if own else of_file)
    return found


@lru_cache(maxsize=1)
def english_names() -> Mapping[tuple[Kind, str], str]:
    """What shipped terms, categories, dosage forms and populations are called in English, where their file says so."""
    return {
        (kind, word(row, column)): said
        for kind, (folder, pattern, column) in FILES.items()
        for path in sorted(folder.glob(pattern))
        for row in rows_of(path)
        if (said := word(row, "english"))
    }


def bilingual(english: str, chinese: str) -> Bilingual:
    """A text in both languages; where the Chinese is missing the English stands for it."""
    return Bilingual(english.strip(), chinese.strip() or english.strip())
