"""What a row of a benchmark release says, its one way to be written down, and the digests over it. Pure.

A line is JSON with sorted keys and no spaces, in UTF-8. A release's digest is the SHA-256 of its lines in order, each
followed by a line feed: what `sha256sum` says of its JSONL file.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

FORMAT = 1
ALGORITHM = "sha256 of the JSONL file: a line a row, keys sorted, each line followed by a line feed"
ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
START = hashlib.sha256(b"benchmark release").hexdigest()
"""What the chain of digests begins with."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person, or one model, said of a pair."""

    by: str
    level: str
    at: str = ""
    guideline: int | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a label comes from.

    `kind`: `given` (imported or pinned), `agreed` or `ruling`; `by` is who gave or ruled, `source` the file or whatever
    else it came from, `answers` are those of the people asked, `models` the votes of models.
    """

    kind: str
    by: str = ""
    source: str = ""
    at: str = ""
    guideline: int | None = None
    note: str = ""
    answers: tuple[Answer, ...] = ()
    models: tuple[Answer, ...] = ()

    def plain(self) -> dict[str, Any]:
        """The same as values of JSON."""
        votes = {name: [plain(one) for one in getattr(self, name)] for name in ("answers", "models")}
        return plain(self) | votes


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled pair as a release holds it. `votes` are the levels that people gave, whoever they were."""

    pair_id: str
    query: str
    product_id: str
    title: str
    level: str
    label: Provenance
    votes: tuple[str, ...] = ()
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    category: str = ""
    hard: bool = False
    must_hold: bool = False

    def line(self) -> str:
        """The row as it is exported."""
        return canonical(plain(self) | {"label": self.label.plain()})

    @property
    def texts(self) -> str:
        """The digest of what a judge of the pair is shown."""
        return texts_digest(query=self.query, title=self.title, attributes=self.attributes, images=self.images)


def plain(record: Answer | Provenance | Row) -> dict[str, Any]:
    """The fields of a record by name. `dataclasses.asdict` copies all that is in them, which takes four times as long."""
    return {one: getattr(record, one) for one in NAMES[type(record)]}


NAMES: dict[type, tuple[str, ...]] = {
    kind: tuple(one.name for one in fields(kind)) for kind in (Answer, Provenance, Row)
}


def canonical(value: object) -> str:
    """JSON that is the same for the same values."""
    return ENCODER.encode(value)


def digest_of(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_lines(lines: Iterable[str]) -> str:
    """The digest of a release with these lines."""
    found = hashlib.sha256()
    for line in lines:
        found.update(line.encode())
        found.update(b"\n")
    return found.hexdigest()


def linked(before: str, digest: str) -> str:
    """The chain after one more row."""
    return digest_of(before + digest)


def texts_digest(
    *, query: str, title: str, attributes: Mapping[str, Sequence[str]], images: Sequence[str], **beside: object
) -> str:
    """The digest of what a judge of the pair is shown; of a row, whatever is `beside` that is left out."""
    return digest_of(canonical({"query": query, "title": title, "attributes": attributes, "images": images}))


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Rows in the order of every release: by query, then by product, character by character."""
    return sorted(rows, key=lambda row: (row.query, row.product_id))


def manifest_of(rows: Sequence[Row], *, digest: str, **named: object) -> dict[str, Any]:
    """What is in a release, counted. `named`: what else belongs there (benchmark, number, moment)."""
    guidelines = {answer.guideline for row in rows for answer in row.label.answers}
    guidelines |= {row.label.guideline for row in rows}
    return {
        **named,
        "format": FORMAT,
        "algorithm": ALGORITHM,
        "digest": digest,
        "rows": len(rows),
        "queries": len({row.query for row in rows}),
        "products": len({row.product_id for row in rows}),
        "images": len({image for row in rows for image in row.images}),
        "hard": sum(row.hard for row in rows),
        "must_hold": sum(row.must_hold for row in rows),
        "levels": counted(row.level for row in rows),
        "kinds": counted(row.label.kind for row in rows),
        "categories": counted(row.category for row in rows),
        "guidelines": sorted(number for number in guidelines if number is not None),
    }


def counted(values: Iterable[str]) -> dict[str, int]:
    """How often each value occurs, the most frequent first."""
    return dict(sorted(Counter(values).items(), key=lambda one: (-one[1], one[0])))
