"""Looking into bad cases that came in: what the pipeline says of their pairs now, and what of it is to blame."""

import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.cache import cache

from annotation.models import BadCase
from annotation.selectors.cases import unexamined
from annotation.services.case_findings import Finding, keep_findings
from inference.blame import blame, category_in
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.selectors.cases import cases_of
from inference.selectors.chains import chain_in_force

BATCH = 100
AT_WORK = "bad-cases-examined"
"""What whoever is at it keeps for the others to see."""

logger = logging.getLogger(__name__)


def examine_cases(*, most: int = BATCH) -> bool:
    """Look into the cases that nobody looked into; whether others are left. One process at a time does."""
    if not cache.add(AT_WORK, value=True, timeout=settings.CLAIM_SECONDS):
        return False
    try:
        return _examine(most)
    finally:
        cache.delete(AT_WORK)


def _examine(most: int) -> bool:
    waiting = list(unexamined(most=most))
    if not waiting:
        return False
    chain, pairs = chain_in_force(), cases_of({case.pair_id for case in waiting})
    keep_findings({case.pk: finding_of(case, pairs[case.pair_id], chain) for case in waiting})
    return len(waiting) == most


def examine_case(case: BadCase) -> BadCase:
    """Look into one case at once, for somebody who waits for it; the case that it turns out to be the same as, if any."""
    if case.examined_at is None:
        keep_findings({case.pk: finding_of(case, cases_of([case.pair_id])[case.pair_id], chain_in_force())})
    known = BadCase.objects.select_related(
        "pair__query", "pair__product", "master__pair__query", "master__pair__product"
    )
    found = known.get(pk=case.pk)
    return found.master or found


def finding_of(case: BadCase, pair: Case, chain: Chain) -> Finding:
    """What is to blame for a case, as its pair is judged now."""
    trace = trace_of(case, pair, chain)
    found = blame(trace, case.expected)
    return Finding(
        given=str(trace.get("level", "")),
        faults=tuple(one.value for one in found.faults),
        cluster=found.cluster,
        cause=found.cause.value if found.cause else "",
        category=category_in(trace),
    )


def trace_of(case: BadCase, pair: Case, chain: Chain) -> Mapping[str, Any]:
    """What the chain says of a pair now; a fault of the pipeline is told as one, and stops no other case."""
    try:
        judged = chain.judge(pair)
    except Exception as error:
        logger.exception("bad case %s could not be looked into", case.pk)
        return {"failure": type(error).__name__}
    if judged.trace is None:
        return {"failure": judged.failure.kind if judged.failure else ""}
    return judged.trace.to_json()
