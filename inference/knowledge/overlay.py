"""The knowledge files with what was added and corrected since: the newest version of an entry is what holds."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from inference.knowledge.lexicon import both
from inference.knowledge.records import Brand, Category, Efficacy, Form, Kind, Medicine, Need, Population
from inference.knowledge.tables import Tables

Record = Efficacy | Category | Form | Population | Medicine | Brand | Need
Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Where entries of a kind are kept: the field of `Tables`, the record of a row, and what its name is called."""

    field: str
    record: type[Record]
    name: str


TABLES: Mapping[Kind, Table] = {
    Kind.MEDICINE: Table("medicines", Medicine, "name"),
    Kind.BRAND: Table("brands", Brand, "name"),
    Kind.NEED: Table("needs", Need, "says"),
    Kind.EFFICACY: Table("efficacy", Efficacy, "term"),
    Kind.CATEGORY: Table("categories", Category, "name"),
    Kind.FORM: Table("forms", Form, "name"),
    Kind.POPULATION: Table("populations", Population, "name"),
}
"""The kinds of which there are entries."""


@dataclass(frozen=True, slots=True)
class Version:
    """What one version of an entry says. `content` are the fields of its record but the name."""

    kind: Kind
    name: str
    content: Content
    withdrawn: bool = False


def overlaid(tables: Tables, versions: Iterable[Version]) -> Tables:
    """`tables` with every entry as the last of its versions has it, whole; one that was withdrawn is left out.

    An entry of the files keeps its place, a new one comes after them, in the order in which they are given. A
    version that says what the files say changes nothing, and where none changes anything the digest stays.
    """
    newest = {(one.kind, one.name): one for one in versions if one.kind in TABLES}
    changed: dict[str, tuple[Record, ...]] = {}
    told: list[Any] = []
    for kind, table in TABLES.items():
        rows = by_name(tables, kind)
        mine = {name: one for (of, name), one in newest.items() if of is kind and differs(one, rows.get(name))}
        if mine:
            changed[table.field] = tuple(merged_with(rows, mine).values())
            told += [[kind, name, one.withdrawn or content_of(record_of(one))] for name, one in sorted(mine.items())]
    if not changed:
        return tables
    return replace(tables, **changed, digest=digest_of(tables.digest, told))  # type: ignore[arg-type]


def differs(version: Version, row: Record | None) -> bool:
    """Whether a version says another thing than the files do."""
    return row is not None if version.withdrawn else record_of(version) != row


def merged_with(rows: Mapping[str, Record], versions: Mapping[str, Version]) -> dict[str, Record]:
    """The rows of a kind by name, those with a version as it has them."""
    found = dict(rows)
    for name, version in versions.items():
        if version.withdrawn:
            found.pop(name, None)
        else:
            found[name] = record_of(version)
    return found


def by_name(tables: Tables, kind: Kind) -> dict[str, Record]:
    """The rows of a kind by name; what several rows of one medicine say is put together."""
    table = TABLES[kind]
    found: dict[str, Record] = {}
    for row in getattr(tables, table.field):
        name = getattr(row, table.name)
        first = found.get(name)
        joined = isinstance(first, Medicine) and isinstance(row, Medicine)
        found[name] = both(first, row) if joined else row  # type: ignore[arg-type]
    return found


def record_of(version: Version) -> Record:
    """A version as the record of its kind. A field that it does not name, or that is of another type, is empty."""
    table = TABLES[version.kind]
    values: dict[str, Any] = {
        field.name: typed(field.default, version.content.get(field.name)) for field in fields(table.record)
    }
    return table.record(**{**values, table.name: version.name})


def typed(default: Any, value: Any) -> Any:
    """A JSON value as a field has it: a text, a tuple of texts or a set of texts."""
    if isinstance(default, str):
        return value if isinstance(value, str) else ""
    words = [word for word in value if isinstance(word, str)] if isinstance(value, list | tuple) else []
    return frozenset(words) if isinstance(default, frozenset) else tuple(words)


def content_of(record: Record) -> dict[str, Any]:
    """What a record says but its name, as plain JSON values."""
    name = TABLES[kind_of(record)].name
    return {field.name: plain(getattr(record, field.name)) for field in fields(record) if field.name != name}


def kind_of(record: Record) -> Kind:
    """Of which kind a record is."""
    return next(kind for kind, table in TABLES.items() if table.record is type(record))


def plain(value: str | tuple[str, ...] | frozenset[str]) -> str | list[str]:
    """A field's value as JSON has it; sets in the order of their words."""
    if isinstance(value, str):
        return value
    return sorted(value) if isinstance(value, frozenset) else list(value)


def digest_of(base: str, told: list[Any]) -> str:
    """SHA-256 over the digest of the files and every entry that says something else."""
    text = json.dumps([base, told], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
