"""Taking over what was judged before: every key is rendered, and only pairs with a new one are left to be judged."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from inference.enums import ItemState, RunState
from inference.models import Judgment, Run, RunItem
from inference.pipeline.chain import Chain
from inference.selectors.readings import case_digests, context_of, kept_readings

MOST_AT_ONCE = 1000
"""Rows named in one statement: databases bound how many values it may hold."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A judgment made before, found by its key."""

    level: str
    line: int
    traced: int
    category: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """The pairs of a claim: `same` as in the baseline, others judged before under their `keys`, and their case digests."""

    same: frozenset[int]
    keys: Mapping[int, str]
    cases: Mapping[int, str]
    earlier: Mapping[str, Earlier]


@dataclass(frozen=True, slots=True)
class Taken:
    """How many judgments were taken over, and how many pairs are left to be judged."""

    stored: int = 0
    left: int = 0


def take_over(*, run: Run, chain: Chain) -> Taken:
    """Look at up to TAKE_OVER pairs that nobody looked at, and take over what is known.

    The others become NEW. Cut off half-way, the pairs are free again once the claim ran out.
    """
    token = uuid.uuid4().hex
    if not _claim(run, token):
        return Taken()
    held = RunItem.objects.filter(run=run, state=ItemState.CLAIMED, claimed_by=token)
    rendered = _render(run, chain, held.values("pair_id"))
    with transaction.atomic():
        if not Run.objects.select_for_update(of=("self",)).filter(pk=run.pk, state=RunState.RUNNING).exists():
            return Taken()
        expected = dict(held.select_for_update().order_by().values_list("pair_id", "expected"))
        _leave_new(held, [pair for pair in expected if pair not in rendered.same])
        stored = _copy_baseline(run, token) + _store_earlier(run, rendered, expected)
    return Taken(stored, len(expected) - stored)


def earlier_by_key(keys: Iterable[str]) -> dict[str, Earlier]:
    """The first judgment ever made under each key; failed ones are tried again."""
    found: dict[str, Earlier] = {}
    for some in _slices(sorted(set(keys))):
        made = Judgment.objects.filter(key__in=some, failure="")
        firsts = made.order_by().values("key").annotate(first=Min("pk")).values("first")
        rows = (
            Judgment.objects.filter(pk__in=firsts)
            .order_by()
            .values_list("key", "level", "line", "traced_id", "category")
        )
        found |= {key: Earlier(*judged) for key, *judged in rows}
    return found


def _claim(run: Run, token: str) -> int:
    """Hold the first pairs that nobody looked at, and say how many."""
    waiting = RunItem.objects.filter(run=run, state=ItemState.WAITING)
    with transaction.atomic():
        ids = list(waiting.order_by("pk").values_list("pk", flat=True)[: settings.TAKE_OVER])
        if not ids:
            return 0
        until = timezone.now() + timedelta(seconds=settings.CLAIM_SECONDS)
        return waiting.filter(pk__gte=ids[0], pk__lte=ids[-1]).update(
            state=ItemState.CLAIMED, claimed_by=token, claimed_until=until
        )


def _render(run: Run, chain: Chain, pairs: QuerySet[Any]) -> Rendered:
    cases = case_digests(
        pairs
    )  # once: a product edited in between would have the key of its old text beside its new one
    kept = kept_readings(pairs, context_of(chain), cases)
    keys = {pair: chain.kept_key(one) for pair, one in kept.items()}
    judged = Judgment.objects.filter(run=run.baseline_id, pair_id__in=pairs, failure="").order_by()
    same = frozenset(
        pair
        for pair, key, case in (judged.values_list("pair_id", "key", "case").iterator() if keys else ())
        if keys.get(pair) == key and cases.get(pair) == case
    )
    others = {pair: key for pair, key in keys.items() if pair not in same}
    return Rendered(same, others, cases, earlier_by_key(others.values()))


def _leave_new(held: QuerySet[RunItem], pairs: Sequence[int]) -> None:
    """Free the pairs that must be judged, or stored by their key."""
    for some in _slices(sorted(pairs)):
        held.filter(pair_id__in=some).update(state=ItemState.NEW, claimed_by="", claimed_until=None)


def _copy_baseline(run: Run, token: str) -> int:
    """Copy the baseline's judgments of the pairs still held, in one statement, and say how many."""
    judgment, item = Judgment._meta.db_table, RunItem._meta.db_table
    columns = (
        'run_id, pair_id, expected, level, failure, line, key, "case", category,'
        " reused, canary, traced_id, milliseconds, created_at"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {judgment} ({columns})"  # noqa: S608
            ' SELECT %s, i.pair_id, i.expected, j.level, j.failure, j.line, j.key, j."case", j.category, %s, %s, j.traced_id, 0, %s'
            f" FROM {item} i JOIN {judgment} j ON j.run_id = %s AND j.pair_id = i.pair_id"
            " WHERE i.run_id = %s AND i.claimed_by = %s ORDER BY i.id",
            [run.pk, True, False, timezone.now(), run.baseline_id, run.pk, token],
        )
        copied = int(cursor.rowcount)
        cursor.execute(f"DELETE FROM {item} WHERE run_id = %s AND claimed_by = %s", [run.pk, token])  # noqa: S608
    return copied


def _store_earlier(run: Run, rendered: Rendered, expected: Mapping[int, str]) -> int:
    """Store what other runs judged under the same keys, and say how many those are."""
    keys = {pair: key for pair, key in sorted(rendered.keys.items()) if pair in expected}
    known = {pair: rendered.earlier[key] for pair, key in keys.items() if key in rendered.earlier}
    Judgment.objects.bulk_create(
        [
            Judgment(
                run=run,
                pair_id=pair,
                expected=expected[pair],
                level=one.level,
                line=one.line,
                key=keys[pair],
                case=rendered.cases[pair],
                category=one.category,
                reused=True,
                traced_id=one.traced,
            )
            for pair, one in known.items()
        ],
        batch_size=MOST_AT_ONCE,
    )
    for some in _slices(list(known)):
        RunItem.objects.filter(run=run, pair_id__in=some).delete()
    return len(known)


def _slices(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + MOST_AT_ONCE] for start in range(0, len(values), MOST_AT_ONCE))
