"""What a row of a file says of a bad case, checked."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotation.enums import Cause, Severity
from annotation.readers import Columns
from annotation.rows import NO_PRODUCT, TOO_LONG, RowError, checked, known_level, printable, require, text
from rules.engine.attributes import gettext_noop

CASE_COLUMNS = Columns(
    known=(
        *("case_id", "query", "product_id", "title", "given", "expected", "place"),
        *("severity", "cause", "note", "category", "source"),
    ),
    required=("query",),
)
LONGEST = {"case_id": 100, "query": 200, "product_id": 100, "title": 500, "place": 300, "category": 100, "source": 100}
LONGEST_NOTE = 4000
SEVERITIES = {**{one.name.lower(): one.value for one in Severity}, **{str(one.value): one.value for one in Severity}}

UNKNOWN_WORD = gettext_noop("Unknown %(field)s “%(found)s”. Known: %(known)s.")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A report as a row has it. Empty, or 0: not said."""

    external_id: str
    source: str
    query: str
    product_id: str
    title: str
    given: str
    expected: str
    place: str
    severity: int
    cause: str
    note: str
    category: str


def case_row(values: Mapping[str, Any]) -> CaseRow:
    """Check a row of bad cases; RowError says what is wrong. A row without an id is named by a digest of what it says."""
    texts = {name: text(values, name) for name in values if name in LONGEST}
    require(texts, "query")
    if not texts.get("product_id") and not texts.get("title"):
        raise RowError(NO_PRODUCT)
    told = {name: short(texts.get(name, ""), name, most) for name, most in LONGEST.items()}
    return CaseRow(
        external_id=told["case_id"] or digest_of(values),
        source=told["source"],
        query=told["query"],
        product_id=told["product_id"],
        title=told["title"],
        given=level_of(values, "given"),
        expected=level_of(values, "expected"),
        place=told["place"],
        severity=severity_of(values),
        cause=cause_of(values),
        note=note_of(values),
        category=told["category"],
    )


def short(said: str, name: str, most: int) -> str:
    """A text of a row; RowError for one that is too long."""
    if len(said) > most:
        raise RowError(TOO_LONG, field=name, found=len(said), most=most)
    return said


def digest_of(values: Mapping[str, Any]) -> str:
    """What names a row that has no id."""
    said = {name: value for name, value in values.items() if value not in (None, "")}
    words = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return f"row-{hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"


def level_of(values: Mapping[str, Any], name: str) -> str:
    """A level of a row; empty where it has none."""
    level = values.get(name)
    return "" if level is None or level == "" else known_level(level)


def severity_of(values: Mapping[str, Any]) -> int:
    """How harmful a row says it is, by name or by number; 0 where it says nothing."""
    said = values.get("severity")
    if said is None or said == "":
        return 0
    found = SEVERITIES.get(str(said).strip().lower())
    if found is None:
        raise RowError(UNKNOWN_WORD, field="severity", found=printable(said), known=", ".join(SEVERITIES))
    return found


def cause_of(values: Mapping[str, Any]) -> str:
    """The cause that a row names; empty where it names none."""
    said = str(values.get("cause") or "").strip().lower()
    if said and said not in Cause.values:
        raise RowError(UNKNOWN_WORD, field="cause", found=printable(said), known=", ".join(Cause.values))
    return said


def note_of(values: Mapping[str, Any]) -> str:
    """What a row says in free words, line breaks kept."""
    said = values.get("note")
    if said is None:
        return ""
    return checked("indication", str(said).strip(), most=LONGEST_NOTE, breaks=True)
