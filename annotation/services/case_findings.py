"""What was found out about bad cases that nobody had looked into, and the same again among them merged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from annotation.enums import CaseState, CaseVerb
from annotation.models import BadCase
from annotation.services.case_changes import Edit, act
from annotation.services.case_faults import attributes_of, faults_text
from annotation.similarity import Wrong, most_alike, query_in, signature
from rules.services import audit


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to blame for a case. `given` is the level that the pair has now, for a case that came without one."""

    given: str
    faults: tuple[str, ...]
    cluster: str
    cause: str
    category: str


@transaction.atomic
def keep_findings(findings: Mapping[int, Finding]) -> int:
    """Write down what was found, where nobody did before; what people said stays. How many cases were merged.

    What the system finds out is no decision: it leaves no move. The merges it leads to do, and can be undone.
    """
    audit.take_turn()
    now = timezone.now()
    waiting = BadCase.objects.filter(pk__in=findings, examined_at=None).select_related("pair__query", "pair__product")
    cases = list(waiting.select_for_update(of=("self",)).order_by("pk"))
    for case in cases:
        _fill(case, findings[case.pk])
        case.examined_at = now
    names = ("given", "faults", "cluster", "cause", "category", "signature", "examined_at")
    BadCase.objects.bulk_update(cases, names)
    return _merge_found(cases)


def _fill(case: BadCase, found: Finding) -> None:
    """Put what was found where nothing is said."""
    case.given = case.given or found.given
    case.faults = case.faults or faults_text(found.faults)
    case.cluster = case.cluster or found.cluster[:160]
    case.category = case.category or found.category[:100]
    product = case.pair.product
    wrong = Wrong(
        query=case.pair.query.text,
        title=product.title,
        attributes=attributes_of(product),
        given=case.given,
        expected=case.expected,
        cause=case.cause,
        faults=case.attributes_at_fault,
    )
    case.signature = signature(wrong)
    if case.state == CaseState.NEW:
        case.cause = case.cause or found.cause


def _merge_found(cases: Sequence[BadCase]) -> int:
    """Merge the new ones among cases into older open ones that are the same, under one action."""
    fresh = [case for case in cases if case.state == CaseState.NEW]
    signs = {case.signature for case in fresh}
    known: dict[str, list[tuple[int, str]]] = {}
    rows = BadCase.objects.filter(signature__in=signs, is_open=True).order_by("pk")
    for pk, sign, words in rows.values_list("pk", "signature", "words"):
        known.setdefault(sign, []).append((pk, query_in(words)))
    into: dict[int, int] = {}
    for case in fresh:
        older = [(pk, query) for pk, query in known[case.signature] if pk < case.pk and pk not in into]
        master = most_alike(query_in(case.words), older[:200])
        if master is not None:
            into[case.pk] = master
    return _merged([case for case in fresh if case.pk in into], into)


def _merged(joining: Sequence[BadCase], into: Mapping[int, int]) -> int:
    if not joining:
        return 0
    masters = {one.pk: one for one in BadCase.objects.filter(pk__in=set(into.values())).select_for_update()}
    followers = BadCase.objects.filter(master__in=joining).select_for_update()
    edits = [Edit(case, {"state": CaseState.DUPLICATE.value, "master_id": into[case.pk]}) for case in joining]
    edits += [Edit(case, {"master_id": into[case.master_id]}) for case in followers if case.master_id]
    for pk, master in masters.items():
        mine = [case for case in joining if into[case.pk] == pk]
        total = master.reports + sum(case.reports for case in mine)
        worst = max(case.severity for case in (*mine, master))
        edits.append(Edit(master, {"reports": total, "severity": worst}))
    act(by=None, verb=CaseVerb.MERGE, edits=edits)
    return len(joining)
