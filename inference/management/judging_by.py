"""Judging the lines of a file with a configuration, whose models may be asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from inference.engines.lines import Answer, asked_in
from inference.engines.parallel import NotUtf8, read_lines
from inference.management.judging import refuse_unknown
from inference.models import PipelineConfig
from inference.pipeline.case import Case
from inference.services.judging_cases import JudgedCase, judge_cases
from rules.engine.attributes import Level
from rules.models import Release
from rules.selectors import current_release

AT_ONCE = 256
"""Lines judged together: so many requests at least can be under way."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is written of a line."""

    number: int
    content: dict[str, Any]


def rows_by(path: Path, *, config: str, release: int | None, traces: bool = False) -> Iterator[Row]:
    """The judgment of every line as a row, in order, with its key. Raises CommandError for what can't be judged with."""
    refuse_unknown(release)
    with_config = PipelineConfig.objects.select_related("endpoint").filter(name=config).first()
    if with_config is None:
        raise CommandError(f"There is no configuration {config}.")
    rules = current_release() if release is None else Release.objects.get(number=release)
    try:
        with path.open("rb") as file:
            lines = read_lines(file)
            while some := list(islice(lines, AT_ONCE)):
                asked = [asked_in(number, line, needs_level=False) for number, line in some]
                yield from _rows(asked, with_config, rules, traces=traces)
    except NotUtf8 as error:
        raise CommandError(f"{path}: line {error.number} is not UTF-8.") from error
    except ValidationError as error:
        raise CommandError("; ".join(error.messages)) from error
    except OSError as error:
        raise CommandError(f"{error.filename or path}: {error.strerror}.") from error


def _rows(asked: Sequence[Answer], config: PipelineConfig, release: Release | None, *, traces: bool) -> Iterator[Row]:
    good = [one for one in asked if not one.reason]
    cases = [Case(one.query, one.title) for one in good]
    found = judge_cases(by=None, cases=cases, config=config, release=release)
    judged = dict(zip([one.number for one in good], found, strict=True))
    for one in asked:
        made = judged.get(one.number)
        yield Row(one.number, _row(one, made, traces=traces) if made else one.to_json())


def _row(asked: Answer, judged: JudgedCase, *, traces: bool) -> dict[str, Any]:
    trace, failure = judged.trace, judged.failure
    answer = replace(
        asked,
        milliseconds=judged.milliseconds,
        level=Level(trace["level"]) if trace else None,
        rules=tuple(rule["number"] for rule in trace["recalled"]) if trace else (),
        line=trace["line"] if trace else None,
        reason=failure.detail or failure.kind if failure else "",
    )
    row = {**answer.to_json(), "key": judged.key, "failure": failure.kind if failure else ""}
    return {**row, "trace": trace} if traces else row
