"""How bad cases come in: each report counted once, the same again merged when it comes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from annotation.enums import CaseOrigin, CaseState, CaseVerb, Severity
from annotation.models import BadCase, CaseReport, Pair
from annotation.services.bulk import insert
from annotation.services.case_changes import Edit, act
from annotation.services.case_faults import attributes_of, category_of, faults_text
from annotation.similarity import Wrong, most_alike, query_in, signature, words_of
from rules.services import audit

Name = tuple[str, str]
"""What names a report: its source and its id there."""
UNTOUCHED = (
    *("state", "is_open", "assignee", "origin", "reports", "edition", "fixed_by", "release", "regressions"),
    *("created_at", "reported_at", "updated_at", "triaged_at", "fixed_at", "verified_at", "regressed_at"),
)
"""Fields that are the same in all cases that come in together."""
COMPARED = 200
"""Cases with one signature that a new one is held against; the oldest, so that a crowd costs no more."""


@dataclass(frozen=True, slots=True)
class Report:
    """One time that a pair's level was wrong. A severity of 0 and empty texts: not said.

    `source` and `external_id` name the report: the same name again is the same report.
    """

    pair: Pair
    source: str
    external_id: str
    given: str = ""
    expected: str = ""
    place: str = ""
    severity: int = 0
    cause: str = ""
    note: str = ""
    category: str = ""
    occasion: str = ""
    faults: tuple[str, ...] = ()
    cluster: str = ""

    @property
    def name(self) -> Name:
        """What names it."""
        return self.source, self.external_id


@dataclass(slots=True)
class Taken:
    """What came of reports: cases that are new, those of them born as duplicates, reports counted, and known before."""

    cases: dict[Name, BadCase] = field(default_factory=dict)
    opened: list[BadCase] = field(default_factory=list)
    merged: int = 0
    counted: set[Name] = field(default_factory=set)
    known: set[Name] = field(default_factory=set)


class Nearby:
    """The open cases that new ones may be the same as, by signature; remembered from batch to batch."""

    def __init__(self) -> None:
        self._met: dict[str, list[tuple[int, str]]] = {}

    def look_up(self, signatures: Iterable[str]) -> None:
        """Fetch the open cases with these signatures, where that was not done before."""
        missing = set(signatures) - self._met.keys()
        self._met |= {one: [] for one in missing}
        rows = BadCase.objects.filter(signature__in=missing, is_open=True).order_by("pk")
        for pk, sign, words in rows.values_list("pk", "signature", "words"):
            self.add(sign, pk, query_in(words))

    def add(self, sign: str, key: int, query: str) -> None:
        """Remember a case, unless so many of its signature are known already."""
        met = self._met.setdefault(sign, [])
        if len(met) < COMPARED:
            met.append((key, query))

    def find(self, sign: str, query: str) -> int | None:
        """The case that is the same as a query with this signature; None where there is none."""
        return most_alike(query, self._met.get(sign, ()))


def take_reports(
    reports: Sequence[Report], *, origin: CaseOrigin, by: User | None, nearby: Nearby | None = None
) -> Taken:
    """Store reports: known ones are left, repeated ones counted, the others become cases. Belongs in a transaction.

    Pairs come with query and product. Waits for its turn to write, so that the same pair is opened once.
    """
    audit.take_turn()
    taken, now = Taken(), timezone.now()
    fresh = _unknown(reports, taken)
    held = _held_by_pair(fresh)
    opened: dict[tuple[int, str], BadCase] = {}
    for report in fresh:
        key = (report.pair.pk, report.expected)
        case = held.get(key) or opened.get(key)
        if case is None:
            case = opened[key] = new_case(report, origin, now)
        else:
            taken.counted.add(report.name)
        taken.cases[report.name] = case
    _open(list(opened.values()), nearby or Nearby(), taken)
    _count(taken)
    insert([_row(one, taken.cases[one.name], origin, now, by) for one in fresh], alike=("origin", "at", "by"))
    _raise_severity(fresh, taken, by)
    return taken


def new_case(report: Report, origin: CaseOrigin, now: datetime) -> BadCase:
    """A case for a report, not yet stored."""
    pair = report.pair
    return BadCase(
        pair_id=pair.pk,
        given=report.given,
        expected=report.expected,
        place=report.place,
        severity=report.severity or Severity.MISLEADING,
        cause=report.cause,
        note=report.note,
        origin=origin,
        occasion=report.occasion,
        category=report.category or category_of(pair.product),
        faults=faults_text(report.faults),
        cluster=report.cluster,
        signature=signature(wrong_of(report)),
        words=words_of(pair.query.text, pair.product.title),
        examined_at=now if report.cluster else None,
        created_at=now,
        reported_at=now,
        updated_at=now,
    )


def wrong_of(report: Report) -> Wrong:
    """What is wrong, as near-duplicates are told by."""
    product = report.pair.product
    return Wrong(
        query=report.pair.query.text,
        title=product.title,
        attributes=attributes_of(product),
        given=report.given,
        expected=report.expected,
        cause=report.cause,
        faults=report.faults,
    )


def _unknown(reports: Sequence[Report], taken: Taken) -> list[Report]:
    """The reports that never came before, each once."""
    rows = CaseReport.objects.filter(external_id__in={one.external_id for one in reports}).select_related("case")
    before = {(row.source, row.external_id): row.case for row in rows}
    fresh: dict[Name, Report] = {}
    for report in reports:
        if case := before.get(report.name):
            taken.known.add(report.name)
            taken.cases[report.name] = case
        else:
            fresh.setdefault(report.name, report)
    return list(fresh.values())


def _held_by_pair(reports: Iterable[Report]) -> dict[tuple[int, str], BadCase]:
    """The cases there are of the pairs of reports, by pair and expected level."""
    cases = BadCase.objects.filter(pair__in={one.pair.pk for one in reports})
    return {(case.pair_id, case.expected): case for case in cases}


def _open(cases: list[BadCase], nearby: Nearby, taken: Taken) -> None:
    """Store new cases, those first that others of the batch are the same as."""
    nearby.look_up(case.signature for case in cases)
    masters: list[BadCase] = []
    duplicates: list[tuple[BadCase, int]] = []
    for case in cases:
        master = nearby.find(case.signature, query_in(case.words))
        if master is None:
            masters.append(case)
            nearby.add(case.signature, -len(masters), query_in(case.words))
        else:
            duplicates.append((case, master))
    _store(masters)
    _settle(nearby, masters)
    for case, master in duplicates:
        case.master_id = masters[-master - 1].pk if master < 0 else master
        case.state, case.is_open = CaseState.DUPLICATE, False
    _store([case for case, _master in duplicates])
    _add_reports(_tally(case.master_id for case, _ in duplicates))
    taken.opened, taken.merged = cases, len(duplicates)


def _store(cases: Sequence[BadCase]) -> None:
    """Store new cases that came in at one moment, and tell them their ids."""
    insert(cases, alike=UNTOUCHED)
    stored = BadCase.objects.filter(pair__in=[case.pair_id for case in cases]).values_list("pk", "pair_id", "expected")
    ids = {(pair, expected): pk for pk, pair, expected in stored}
    for case in cases:
        case.pk = ids[case.pair_id, case.expected]
        case._state.adding = False


def _settle(nearby: Nearby, masters: Sequence[BadCase]) -> None:
    """Give the cases that were only just stored their ids, where a batch remembered them by their place in it."""
    for signs in {case.signature for case in masters}:
        met = nearby._met[signs]
        met[:] = [(masters[-key - 1].pk if key < 0 else key, query) for key, query in met]


def _count(taken: Taken) -> None:
    """Count the repeated reports on their cases, and on the cases that those are duplicates of."""
    repeated = [taken.cases[name] for name in taken.counted]
    ids = [case.pk for case in repeated] + [case.master_id for case in repeated if case.master_id]
    _add_reports(_tally(ids))


def _tally(ids: Iterable[int | None]) -> Mapping[int, int]:
    counts: dict[int, int] = {}
    for one in ids:
        if one is not None:
            counts[one] = counts.get(one, 0) + 1
    return counts


def _add_reports(counts: Mapping[int, int]) -> None:
    """Add to the counts of cases. A count is no edit: whoever is at work on the case goes on."""
    by_count: dict[int, list[int]] = {}
    for pk, count in counts.items():
        by_count.setdefault(count, []).append(pk)
    for count, ids in by_count.items():
        BadCase.objects.filter(pk__in=ids).update(reports=F("reports") + count, reported_at=timezone.now())


def _row(report: Report, case: BadCase, origin: CaseOrigin, now: datetime, by: User | None) -> CaseReport:
    return CaseReport(
        case_id=case.pk,
        origin=origin,
        source=report.source,
        external_id=report.external_id,
        given=report.given,
        place=report.place,
        note=report.note,
        at=now,
        by_id=by.pk if by else None,
    )


def _raise_severity(reports: Iterable[Report], taken: Taken, by: User | None) -> None:
    """A worse report makes its case, and the case that is a duplicate of, as harmful as it says."""
    worst: dict[int, int] = {}
    for report in reports:
        case = taken.cases[report.name]
        for pk in (case.pk if report.severity > case.severity else None, case.master_id):
            if pk is not None and report.severity:
                worst[pk] = max(worst.get(pk, 0), report.severity)
    if not worst:
        return
    cases = BadCase.objects.filter(pk__in=worst).select_for_update().order_by("pk")
    edits = [Edit(case, {"severity": worst[case.pk]}) for case in cases if case.severity < worst[case.pk]]
    if edits:
        act(by=by, verb=CaseVerb.TRIAGE, edits=edits)
