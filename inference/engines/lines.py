"""One line of JSON in, one judgment out: what the commands `judge` and `evaluate` do with each line of a file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.product_category import OTHERS, product_category
from inference.pipeline.trace import Failure
from rules.engine.attributes import Level

LONGEST_LINE = 1_000_000
"""Bytes of a line that are read; a longer one is a failed row."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The judgment of one line. `labelled` is the level the line gives, None where it gives no known one.

    `category` is the top category of the product as it was read, `query` and `title` are the texts of the line.
    """

    number: int
    level: Level | None = None
    labelled: Level | None = None
    rules: tuple[int, ...] = ()
    line: int | None = None
    milliseconds: float = 0.0
    reason: str = ""
    identity: Mapping[str, Any] = field(default_factory=dict)
    category: str = OTHERS
    query: str = ""
    title: str = ""
    confidence: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The line that `judge` writes."""
        return {
            **self.identity,
            "level": self.level.value if self.level else None,
            "class": self.level.level_class.value if self.level else None,
            "rules": list(self.rules),
            "line": self.line,
            "milliseconds": round(self.milliseconds, 3),
            "failed": self.level is None,
            "reason": self.reason,
        }


def judge_line(chain: Chain, number: int, line: str | None, *, needs_level: bool) -> Answer:
    """Judge line `number`; None stands for a line that was too long. A bad line is a failed answer, never an error."""
    return judge_line_by_each((chain,), number, line, needs_level=needs_level)[0]


def judge_line_by_each(
    chains: Sequence[Chain], number: int, line: str | None, *, needs_level: bool
) -> tuple[Answer, ...]:
    """The answer of every chain to line `number`, which is read once."""
    asked = asked_in(number, line, needs_level=needs_level)
    return tuple(asked if asked.reason else _answer(asked, chain) for chain in chains)


def asked_in(number: int, line: str | None, *, needs_level: bool) -> Answer:
    """What the line asks, not judged yet; an answer with a reason where it can't be."""
    if line is None:
        return Answer(number, reason=f"the line is longer than {LONGEST_LINE} bytes")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Answer(number, reason=f"not JSON: {error}")
    if not isinstance(row, dict):
        return Answer(number, reason="not a JSON object")
    identity = {name: value for name, value in row.items() if name.lower().endswith("id")}
    labelled = _level(row.get("level"))
    if reason := _lacks(row, labelled, needs_level=needs_level):
        return Answer(number, labelled=labelled, reason=reason, identity=identity)
    return Answer(number, labelled=labelled, identity=identity, query=row["query"], title=row["title"])


def _answer(asked: Answer, chain: Chain) -> Answer:
    try:
        judged = chain.judge(Case(asked.query, asked.title))
    except Exception as error:
        return replace(asked, reason=f"the pipeline failed: {error!r:.200}")
    if isinstance(judged.result, Failure):
        return replace(asked, milliseconds=judged.milliseconds, reason=judged.result.detail)
    return replace(
        asked,
        milliseconds=judged.milliseconds,
        level=judged.result.level,
        rules=tuple(rule.number for rule in judged.result.recalled),
        line=judged.result.line,
        category=product_category(judged.result.product, chain.lexicon),
        confidence=judged.result.confidence,
    )


def _lacks(row: dict[str, Any], labelled: Level | None, *, needs_level: bool) -> str:
    """What keeps a row from being judged, or an empty text."""
    for name in ("query", "title"):
        if name not in row:
            return f"no field {name}"
        if not isinstance(row[name], str):
            return f"{name} is not text"
    if needs_level and labelled is None:
        return f"unknown level {row['level']!r:.80}" if "level" in row else "no field level"
    return ""


def _level(value: object) -> Level | None:
    try:
        return Level(value)  # type: ignore[arg-type]
    except ValueError:
        return None
