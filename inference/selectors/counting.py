"""What a comparison of two runs counts, grouped in the database, and the pairs that moved between them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.db import connection

from annotation.models import BenchmarkPair, Pair, Product, Query
from inference.comparison import Cause, causes
from inference.measures import HARD_SHARE
from inference.models import Judgment, JudgmentTrace, Run
from rules.engine.attributes import Level, LevelClass

Counted = Counter[tuple[str, str, str]]
"""How many pairs have a label, a level before and one after; blank for none."""

JUDGMENT, MEMBER, PAIR, QUERY, PRODUCT = (
    model._meta.db_table for model in (Judgment, BenchmarkPair, Pair, Query, Product)
)
BOTH = f"FROM {JUDGMENT} a JOIN {JUDGMENT} b ON b.pair_id = a.pair_id AND b.run_id = %s WHERE a.run_id = %s"
LABEL = "COALESCE(NULLIF(a.expected, ''), b.expected)"
CATEGORY = "COALESCE(NULLIF(a.category, ''), b.category)"
RELABELLED = "(a.expected <> b.expected AND a.expected <> '' AND b.expected <> '')"
RETOLD = """(a."case" <> b."case" AND a."case" <> '' AND b."case" <> '')"""
SAME = f"NOT {RELABELLED} AND NOT {RETOLD}"
MOVED = "(a.level <> b.level OR a.level = '')"
SPACES = " \t\n\r\v\f\u00a0\u3000"
"""What Python strips of the texts that occur."""


@dataclass(frozen=True, slots=True)
class CountedPairs:
    """What was counted of two runs; see `inference.models.Comparison`. `hard_moved`: the hard pairs that get a row."""

    total: int
    only_before: int
    only_after: int
    relabelled: int
    retold: int
    left_out: int
    moved: int
    counted: Mapping[str, Any]
    hard_moved: frozenset[int]


@dataclass(frozen=True, slots=True)
class MovedPair:
    """A pair that moved or is undecided, with the judgments of both runs and what they say."""

    pair: int
    before: int
    after: int
    was: str
    now: str
    expected: str
    category: str
    causes: tuple[Cause, ...]
    text: str


def count_pairs(before: Run, after: Run) -> CountedPairs:
    """Count two ended runs against each other, in six queries whatever their size."""
    categories: defaultdict[str, Counted] = defaultdict(Counter)
    relabelled = retold = left_out = 0
    for label, was, now, category, other_label, other_text, n in _groups(before, after):
        relabelled += n if other_label else 0
        retold += n if other_text else 0
        if other_label or other_text:
            left_out += n
        else:
            categories[category][label, was, now] += n
    everyone: Counted = sum(categories.values(), Counter())
    both = everyone.total() + left_out
    hard, hard_moved = _count_hard(before, after, most=_hard_of_a_class(everyone))
    return CountedPairs(
        total=everyone.total(),
        only_before=Judgment.objects.filter(run=before).count() - both,
        only_after=Judgment.objects.filter(run=after).count() - both,
        relabelled=relabelled,
        retold=retold,
        left_out=left_out,
        moved=sum(n for (_label, was, now), n in everyone.items() if was != now or not now),
        counted={
            "all": _listed(everyone),
            "hard": _listed(hard),
            "must_hold": _listed(_count_held(before, after)),
            "categories": {name: _listed(counts) for name, counts in sorted(categories.items())},
        },
        hard_moved=hard_moved,
    )


def moved_pairs(before: Run, after: Run, *, upto: int, most: int) -> list[MovedPair]:
    """The next pairs behind the pair `upto` that moved or are undecided, with what they moved by, in three queries."""
    columns = f"b.pair_id, b.id, a.id, b.level, a.level, {LABEL}, {CATEGORY}, b.traced_id, a.traced_id"
    rows = _rows(
        f"SELECT {columns} {BOTH} AND b.pair_id > %s AND {MOVED} AND {SAME} ORDER BY b.pair_id LIMIT %s",
        [before.pk, after.pk, upto, most],
    )
    traces = _traces(traced for row in rows if row[3] and row[4] for traced in row[7:])
    texts = _texts(row[0] for row in rows)
    because = [_causes(traces.get(row[7]), traces.get(row[8])) for row in rows]
    return [MovedPair(*(*row[:7], one, texts[row[0]])) for row, one in zip(rows, because, strict=True)]


def held_pairs(run: Run) -> frozenset[int]:
    """The pairs of a run's benchmark that must hold."""
    members = BenchmarkPair.objects.filter(benchmark=run.benchmark_id, must_hold=True)
    return frozenset(members.order_by().values_list("pair_id", flat=True))


def _groups(before: Run, after: Run) -> Sequence[tuple[Any, ...]]:
    columns = f"{LABEL}, b.level, a.level, {CATEGORY}, {RELABELLED}, {RETOLD}"
    return _rows(f"SELECT {columns}, COUNT(*) {BOTH} GROUP BY 1, 2, 3, 4, 5, 6", [before.pk, after.pk])


def _count_held(before: Run, after: Run) -> Counted:
    held = f"SELECT pair_id FROM {MEMBER} WHERE benchmark_id = %s AND must_hold"  # noqa: S608
    rows = _rows(
        f"SELECT {LABEL}, b.level, a.level, COUNT(*) {BOTH} AND {SAME} AND a.pair_id IN ({held}) GROUP BY 1, 2, 3",
        [before.pk, after.pk, after.benchmark_id],
    )
    return Counter({(label, was, now): n for label, was, now, n in rows})


def _hard_of_a_class(everyone: Counted) -> int:
    """How many pairs of every class are hard (`inference.measures.hard_places`)."""
    classes = Counter(dict.fromkeys(LevelClass, 0))
    for (label, _was, _now), n in everyone.items():
        if label:
            classes[Level(label).level_class] += n
    return ceil(HARD_SHARE * min(classes.values()))


def _count_hard(before: Run, after: Run, *, most: int) -> tuple[Counted, frozenset[int]]:
    """The hard pairs counted, and which of them moved: the `most` of each class, as `hard_places` ranks them."""
    if not most:
        return Counter(), frozenset()
    counts: Counted = Counter()
    moved = set()
    for pair, label, was, now, n in _rows(_hard_query(), [SPACES, SPACES, before.pk, after.pk, most]):
        counts[label, was, now] += n
        if pair:
            moved.add(pair)
    return counts, frozenset(moved)


def _hard_query() -> str:
    """A row for every hard pair that moved, and one with the pair 0 for all others that are alike."""
    bytewise = 'COLLATE "C"' if connection.vendor == "postgresql" else "COLLATE BINARY"
    classes = " ".join(f"WHEN '{level.value}' THEN '{level.level_class.value}'" for level in Level)
    return f"""
        WITH sized AS (
            SELECT a.pair_id AS pair, {LABEL} AS label, b.level AS was, a.level AS now, q.text AS query, p.title AS title,
                LENGTH(TRIM(p.title, %s)) AS long, LENGTH(TRIM(q.text, %s)) AS short
            FROM {JUDGMENT} a JOIN {JUDGMENT} b ON b.pair_id = a.pair_id AND b.run_id = %s
            JOIN {PAIR} c ON c.id = a.pair_id JOIN {QUERY} q ON q.id = c.query_id JOIN {PRODUCT} p ON p.id = c.product_id
            WHERE a.run_id = %s AND {SAME} AND {LABEL} <> ''
        ), ranked AS (
            SELECT pair, label, was, now, ROW_NUMBER() OVER (
                PARTITION BY CASE label {classes} END
                ORDER BY CAST(long AS DOUBLE PRECISION) / CASE WHEN short > 1 THEN short ELSE 1 END DESC, long DESC,
                    query {bytewise}, title {bytewise}, pair
            ) AS place FROM sized
        )
        SELECT CASE WHEN was = now AND now <> '' THEN 0 ELSE pair END, label, was, now, COUNT(*)
        FROM ranked WHERE place <= %s GROUP BY 1, 2, 3, 4
    """  # noqa: S608


def _listed(counts: Counted) -> list[list[str | int]]:
    return [[*levels, n] for levels, n in sorted(counts.items())]


def _traces(ids: Iterable[int]) -> dict[int, Any]:
    return dict(JudgmentTrace.objects.filter(pk__in=set(ids)).order_by().values_list("pk", "content"))


def _texts(ids: Iterable[int]) -> dict[int, str]:
    """The words that a pair is found by."""
    fields = ("pk", "query__text", "product__title", "external_id")
    pairs = Pair.objects.filter(pk__in=set(ids)).order_by().values_list(*fields)
    return {pk: "\n".join((query, title, external_id or "")) for pk, query, title, external_id in pairs}


def _causes(before: Any, after: Any) -> tuple[Cause, ...]:
    """What a change rests on, given both traces; nothing where a judgment failed."""
    return causes(before, after) if before and after else ()


def _rows(sql: str, params: Sequence[int | str | None]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
