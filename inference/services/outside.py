"""The only code that asks a search service and writes what it told."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from inference.engines.protocol import ChatFailure, Endpoint, FailureKind
from inference.engines.searching import Heard, ask_each
from inference.engines.searxng import LONGEST_QUERY, Results
from inference.models import OutsideAnswer, PipelineConfig
from inference.pipeline.parameters import Parameters
from inference.selectors.outside import is_down, key_for, search_service
from rules.services.audit import record
from rules.services.permissions import require

AT_ONCE = 24
"""Queries asked for between two moments at which what was told is kept."""
RESTING = Heard(ChatFailure(FailureKind.RESTING), 0.0, 0)
TRIED = "感冒灵颗粒 功能主治"
"""What is asked where somebody only tries the service."""


def ask_outside(*, queries: Collection[str], beat: Callable[[], bool] | None = None, quick: bool = False) -> bool:
    """Ask the service for queries and keep what it told, failures too, for those who read these queries next.

    Some at a time, outside a transaction; `beat` is called in between and says whether to go on, and whether that was
    so is returned; `quick` is for somebody who waits. A service that failed for all lately is left alone. Raises
    ValidationError where the settings name none.
    """
    service = replace(search_service(), attempts=1) if quick else search_service()
    wanted = list(dict.fromkeys(query[:LONGEST_QUERY] for query in queries))
    for start in range(0, len(wanted), AT_ONCE):
        if start and beat is not None and not beat():
            return False
        some = wanted[start : start + AT_ONCE]
        heard = dict.fromkeys(some, RESTING) if is_down() else _asked_apart(service, some)
        keep_answers(address=settings.OUTSIDE_SEARCH, heard=heard)
    forget_old_answers()
    return True


def try_outside(*, by: User) -> OutsideAnswer:
    """Ask the service for one query, once, and keep what it told. Raises PermissionDenied, and ValidationError where
    the settings name no service.
    """
    require(by, "inference.change_modelendpoint")
    quick = replace(search_service(), attempts=1)
    heard = _asked_apart(quick, [TRIED])
    with transaction.atomic():
        answer = keep_answers(address=settings.OUTSIDE_SEARCH, heard=heard, by=by)[0]
        found = answer.failure_words if answer.failure else "works"
        record(by=by, verb="outside.tested", subject=f"outside:{answer.pk}", data={"found": found})
    return answer


def keep_answers(*, address: str, heard: Mapping[str, Heard], by: User | None = None) -> list[OutsideAnswer]:
    """Keep what was heard of each query. Results that were told before keep the day on which they were first."""
    today = timezone.localdate()
    before = _told_before(address, heard)
    rows = [_row(address, query, one, before.get(query), today, by) for query, one in heard.items()]
    return OutsideAnswer.objects.bulk_create(rows)


def forget_old_answers() -> int:
    """Let go of answers that were kept long enough, and say how many."""
    days = max(settings.OUTSIDE_SEARCH_KEPT_DAYS, settings.OUTSIDE_SEARCH_DAYS + 1)
    until = timezone.now() - timedelta(days=days)
    with transaction.atomic():
        gone, _by_model = OutsideAnswer.objects.filter(asked_at__lt=until).delete()
        if gone:
            record(by=None, verb="outside.forgotten", subject="outside", data={"answers": gone})
    return gone


def refuse_unsearchable(*, config: PipelineConfig) -> None:
    """Raise ValidationError for a configuration that searches outside where the settings name no service."""
    if Parameters.from_json(config.parameters).outside:
        search_service()


def _asked_apart(service: Endpoint, queries: Collection[str]) -> Mapping[str, Heard]:
    """What came of the queries, asked in a thread of its own: whoever asks may be in a loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask_each, service, queries).result()


def _told_before(address: str, queries: Iterable[str]) -> dict[str, OutsideAnswer]:
    """The newest earlier answer to each of the queries."""
    keys = {key_for(query, address): query for query in queries}
    rows = OutsideAnswer.objects.filter(key__in=list(keys), failure="").order_by("pk")
    return {keys[row.key]: row for row in rows}


def _row(
    address: str, query: str, heard: Heard, before: OutsideAnswer | None, today: date, by: User | None
) -> OutsideAnswer:
    row = OutsideAnswer(
        key=key_for(query, address),
        query=query[:LONGEST_QUERY],
        address=address,
        milliseconds=heard.milliseconds,
        attempts=heard.attempts,
        by=by,
    )
    if isinstance(heard.outcome, Results):
        row.results = [one.to_json() for one in heard.outcome.found]
        row.told_since = before.told_since if before and _digest(before.results) == _digest(row.results) else today
    else:
        row.failure, row.detail = heard.outcome.kind, heard.outcome.detail
    return row


def _digest(results: object) -> str:
    return hashlib.sha256(json.dumps(results, sort_keys=True).encode()).hexdigest()
