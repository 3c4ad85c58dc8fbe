"""Reporting bad cases: by a person, and by a program that may send the same again."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from annotation.enums import CaseOrigin
from annotation.models import BadCase, Pair
from annotation.services.case_intake import Report, Taken, take_reports
from annotation.signals import cases_reported
from rules.services.audit import record
from rules.services.permissions import require

PERMISSION = "annotation.report_case"
PAGE = "page"
"""The source of reports that people make on a page."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A case that was reported, and whether nobody had reported it before."""

    case: BadCase
    is_new: bool


def report_case(
    *,
    by: User,
    pair: Pair,
    given: str = "",
    expected: str = "",
    place: str = "",
    severity: int = 0,
    cause: str = "",
    note: str = "",
    key: str = "",
) -> Reported:
    """Report that a pair's level is wrong. `key` names the report, so that a form sent twice counts once.

    One that is known is counted; one that is the same as another becomes its duplicate.
    """
    require(by, PERMISSION)
    report = Report(
        pair=pair,
        source=PAGE,
        external_id=key or uuid4().hex,
        given=given,
        expected=expected,
        place=place,
        severity=severity,
        cause=cause,
        note=note,
    )
    taken = report_many(by=by, reports=[report], origin=CaseOrigin.PAGE)
    case = taken.cases[report.name]
    return Reported(BadCase.objects.get(pk=case.pk), is_new=bool(taken.opened))


def report_many(*, by: User | None, reports: Sequence[Report], origin: CaseOrigin) -> Taken:
    """Take reports at once, all or none. Pairs come with query and product."""
    try:
        return _take(by, reports, origin)
    except IntegrityError:  # somebody else made one of these rows just now; this time it is found
        return _take(by, reports, origin)


@transaction.atomic
def _take(by: User | None, reports: Sequence[Report], origin: CaseOrigin) -> Taken:
    taken = take_reports(reports, origin=origin, by=by)
    counts = {"created": len(taken.opened), "counted": len(taken.counted), "merged": taken.merged}
    if taken.opened or taken.counted:
        cases = sorted({case.pk for name, case in taken.cases.items() if name not in taken.known})
        subject = f"case:{cases[0]}" if len(cases) == 1 else "cases:reported"
        record(by=by, verb="case.reported", subject=subject, data={"cases": cases, **counts})
    announce(taken)
    return taken


def announce(taken: Taken) -> None:
    """Once committed, tell that cases came in, where any did."""
    if taken.opened:
        transaction.on_commit(lambda: cases_reported.send_robust(BadCase))
