"""Whether a benchmark release is what was cut: every digest worked out again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from annotation.manifest import START, canonical, digest_of, digest_of_lines, linked, texts_digest
from annotation.models import BenchmarkRelease
from annotation.selectors.benchmark_releases import lines_of
from rules.engine.attributes import gettext_noop
from rules.selectors.audit import audit_events

MOST_NAMED = 20
BATCH = 2000
FIELDS = ("place", "line", "digest", "chain", "level", "category", "is_hard", "texts")

ALTERED = gettext_noop("Row %(place)s (%(pair)s) was altered.")
MISSING = gettext_noop("Row %(place)s is missing.")
ADDED = gettext_noop("Row %(place)s (%(pair)s) was put in afterwards.")
CHAIN = gettext_noop("Row %(place)s (%(pair)s) does not follow from the rows before it.")
TOTAL = gettext_noop("The rows together do not give the digest of the release.")
MANIFEST = gettext_noop("The manifest is not the one that was cut.")
NOT_CUT = gettext_noop("The audit trail does not know of this release.")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was cut; `words` is the key of the translation, `params` what belongs in it."""

    words: str
    params: dict[str, object]

    def __str__(self) -> str:
        return self.words % self.params


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row as it is stored."""

    place: int
    line: str
    digest: str
    chain: str
    level: str
    category: str
    is_hard: bool
    texts: str

    @property
    def is_whole(self) -> bool:
        """Whether the line is the one that was digested, and what repeats parts of it says the same."""
        if digest_of(self.line) != self.digest:
            return False
        try:
            row = json.loads(self.line)
            said = (row["level"], row["category"], row["hard"], texts_digest(**row))
        except (ValueError, KeyError, TypeError):
            return False
        return said == (self.level, self.category, self.is_hard, self.texts)

    @property
    def pair(self) -> str:
        """What the pair is called, as far as that can be read."""
        try:
            return str(json.loads(self.line)["pair_id"])
        except (ValueError, KeyError, TypeError):
            return "?"


def verify(release: BenchmarkRelease) -> list[Fault]:
    """What is wrong with a release, the first rows of it by name; nothing where it is whole."""
    found = [*faults_of_rows(release), *faults_of_records(release)]
    return found[:MOST_NAMED]


def faults_of_rows(release: BenchmarkRelease) -> Iterator[Fault]:
    """Rows that were altered, taken out or put in."""
    chain, expected, rows = START, 1, int(release.manifest.get("rows", 0))
    for row in _rows(release):
        yield from (
            Fault(MISSING, {"place": place}) for place in range(expected, min(row.place, expected + MOST_NAMED))
        )
        skipped, expected = row.place != expected, row.place + 1
        named: dict[str, object] = {"place": row.place, "pair": row.pair}
        if row.place > rows:
            yield Fault(ADDED, named)
        elif not row.is_whole:
            yield Fault(ALTERED, named)
        elif not skipped and linked(chain, row.digest) != row.chain:
            yield Fault(CHAIN, named)
        chain = row.chain
    yield from (Fault(MISSING, {"place": place}) for place in range(expected, min(rows + 1, expected + MOST_NAMED)))


def faults_of_records(release: BenchmarkRelease) -> Iterator[Fault]:
    """Whether the rows as a whole, the manifest and the audit trail say the same."""
    if digest_of_lines(lines_of(release)) != release.digest:
        yield Fault(TOTAL, {})
    events = audit_events(subject=f"benchmark:{release.benchmark_id}", verb="benchmark.released")
    cut = next((event.data for event in events if event.data["number"] == release.number), None)
    if cut is None or cut["digest"] != release.digest:
        yield Fault(NOT_CUT, {})
    elif digest_of(canonical(release.manifest)) != cut["manifest"]:
        yield Fault(MANIFEST, {})


def _rows(release: BenchmarkRelease) -> Iterator[StoredRow]:
    """The rows in their order, read a batch at a time."""
    place = -1
    while batch := list(release.rows.filter(place__gt=place).order_by("place").values_list(*FIELDS)[:BATCH]):
        yield from (StoredRow(*row) for row in batch)
        place = batch[-1][0]
