"""The table of models as lines of a file."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from inference.selectors.model_table import KEYS, ModelRow
from rules.spreadsheets import safe
from rules.views.audit_files import Echo


def names_of_metrics() -> Iterator[str]:
    """A column for every metric, and two for its interval."""
    for name, about in KEYS:
        column = f"{name}_{about.value}" if about else name
        yield from (column, f"{column}_low", f"{column}_high")


COLUMNS = (
    *("run", "configuration", "engine", "model", "revision", "release", "benchmark", "pairs", "judged_anew"),
    *("taken_over", "failed", *names_of_metrics(), "seconds_a_pair", "calls", "tokens_read", "tokens_cached"),
    *("tokens_written", "cost", "cost_a_thousand_pairs", "against_run", "difference", "difference_low"),
    *("difference_high", "p"),
)


def csv_lines(rows: Iterable[ModelRow]) -> Iterator[str]:
    """A row a run; shares are of one, money as the endpoints' prices have it. Begins with a mark, so that Excel reads UTF-8."""
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for row in rows:
        told = told_of(row)
        yield writer.writerow([cell(told.get(name)) for name in COLUMNS])


def told_of(row: ModelRow) -> dict[str, Any]:
    """One row under the names of COLUMNS; what is not known is left out."""
    run, asked = row.run, row.asked
    return {
        "run": run.pk,
        "configuration": run.config.name,
        "engine": run.config.engine,
        "model": asked.model if asked else None,
        "revision": asked.revision if asked else None,
        "release": run.release.number,
        "benchmark": run.benchmark.slug if run.benchmark else None,
        "pairs": row.summary.scores.pairs,
        "judged_anew": row.anew,
        "taken_over": row.summary.reused,
        "failed": row.summary.failed,
        **metrics_told(row),
        "seconds_a_pair": row.seconds,
        "calls": row.calls.calls,
        "tokens_read": row.calls.read,
        "tokens_cached": row.calls.cached,
        "tokens_written": row.calls.written,
        "cost": row.calls.cost,
        "cost_a_thousand_pairs": row.a_thousand,
        **against_told(row),
    }


def metrics_told(row: ModelRow) -> dict[str, float]:
    """Every metric with both ends of its interval."""
    values = (end for key in KEYS for one in (row.metrics[key],) for end in (one.value, *ends(one.interval)))
    return dict(zip(names_of_metrics(), values, strict=True))


def against_told(row: ModelRow) -> dict[str, Any]:
    """How it did against the run that the others are held against."""
    if row.against is None:
        return {}
    accuracy = row.against.accuracy
    low, high = ends(accuracy.difference) if accuracy.difference else (None, None)
    told = {"against_run": row.against.comparison.before_id, "difference": accuracy.change, "p": row.against.verdict.p}
    return told | {"difference_low": low, "difference_high": high}


def ends(interval: Any) -> tuple[float, float]:
    """The low and the high end of an interval."""
    return interval.low, interval.high


def cell(value: Any) -> str:
    """A value as a table has it."""
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else safe(value) if isinstance(value, str) else str(value)
