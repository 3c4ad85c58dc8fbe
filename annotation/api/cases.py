"""Bad cases: reporting them, one or many at once, and deciding on them."""

import hashlib
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.enums import CaseOrigin
from annotation.models import BadCase, CaseAction, Label
from annotation.reasons import ReasonError
from annotation.selectors import cases as questions
from annotation.selectors.blind import cases_seen, sees_case
from annotation.selectors.cases import CaseFilter
from annotation.serializers import (
    ActionSerializer,
    CaseReportSerializer,
    CaseSerializer,
    CasesSerializer,
    ClusterSerializer,
    FixSerializer,
    LinkSerializer,
    MergeSerializer,
    NoteSerializer,
    ReportsSerializer,
    TakenSerializer,
    TriageSerializer,
    UndoSerializer,
)
from annotation.services import case_remedies, triage
from annotation.services.case_import import pair_for
from annotation.services.case_intake import Report, Taken
from annotation.services.cases import PERMISSION, report_many
from rules.api.reading import body, query
from rules.api.told import page, paged, told
from rules.models import ReleaseEntry
from rules.selectors import current_release
from rules.services.permissions import require

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Names reports that come without an id: sent again with the same key they change nothing.",
)


@told(paged(CaseSerializer), asks=CasesSerializer, method="GET", name="list_cases")
@told(CaseSerializer, takes=CaseReportSerializer, asks=KEY, method="POST", made=True, name="report_case")
@api_view(["GET", "POST"])
def cases(request: Request) -> Response:
    """The bad cases, the most harmful first, of these the oldest; or a report of one."""
    if request.method == "POST":
        taken = taken_from(request, [body(request, CaseReportSerializer)])
        code = status.HTTP_201_CREATED if taken.opened else status.HTTP_200_OK
        return Response(CaseSerializer(found(next(iter(taken.cases.values())).pk)).data, status=code)
    asked = query(request, CasesSerializer)
    severity = str(asked.pop("severity") or "")
    inbox = questions.inbox(CaseFilter(severity=severity, **asked), by=request.user)
    return page(request, cases_seen(inbox, request.user), CaseSerializer)


@told(TakenSerializer, takes=ReportsSerializer, asks=KEY, name="report_cases")
@api_view(["POST"])
def reports(request: Request) -> Response:
    """Take reports that a program sends, all or none: the address to give to whatever sees wrong results."""
    taken = taken_from(request, body(request, ReportsSerializer)["reports"])
    counts = {"created": len(taken.opened), "counted": len(taken.counted), "unchanged": len(taken.known)}
    return Response(counts | {"cases": [case.pk for case in taken.cases.values()]})


@told(CaseSerializer, name="get_case")
@api_view(["GET"])
def case(request: Request, pk: int) -> Response:
    """One bad case."""
    one = found(pk)
    if not sees_case(one, request.user):
        raise PermissionDenied(_("You may yet be asked to label this pair. Its bad case is shown after your answer."))
    return Response(CaseSerializer(one).data)


@told(ClusterSerializer(many=True), name="list_clusters")
@api_view(["GET"])
def clusters(request: Request) -> Response:
    """What is to blame for most open cases, by how many one edit may fix; the first fifty."""
    return Response(ClusterSerializer(questions.clusters(), many=True).data)


@told(ActionSerializer, takes=TriageSerializer, name="triage_cases")
@api_view(["POST"])
def sort(request: Request) -> Response:
    """Set cause, severity, assignee, note, expected level or category of cases."""
    said = body(request, TriageSerializer)
    ids, seen = said.pop("cases"), {int(pk): edition for pk, edition in said.pop("seen", {}).items() if pk.isdigit()}
    return answer(triage.triage(by=request.user, cases=ids, to=triage.Sorted(**said), seen=seen))


@told(ActionSerializer, takes=MergeSerializer, name="merge_cases")
@api_view(["POST"])
def merge(request: Request) -> Response:
    """Make cases duplicates of one."""
    return answer(triage.merge(by=request.user, **body(request, MergeSerializer)))


@told(ActionSerializer, takes=NoteSerializer, name="decline_cases")
@api_view(["POST"])
def decline(request: Request) -> Response:
    """Say that cases are no mistake, or not worth mending, and why."""
    return answer(triage.decline(by=request.user, **body(request, NoteSerializer)))


@told(ActionSerializer, takes=NoteSerializer, name="reopen_cases")
@api_view(["POST"])
def reopen(request: Request) -> Response:
    """Take up cases again that were fixed, declined or merged."""
    return answer(triage.reopen(by=request.user, **body(request, NoteSerializer)))


@told(ActionSerializer, takes=LinkSerializer, name="link_cases")
@api_view(["POST"])
def link(request: Request) -> Response:
    """Put cases into an open proposal."""
    return answer(case_remedies.link_proposal(by=request.user, **body(request, LinkSerializer)))


@told(ActionSerializer, takes=LinkSerializer, name="unlink_cases")
@api_view(["POST"])
def unlink(request: Request) -> Response:
    """Take cases out of a proposal."""
    return answer(case_remedies.unlink_proposal(by=request.user, **body(request, LinkSerializer)))


@told(ActionSerializer, takes=FixSerializer, name="fix_cases")
@api_view(["POST"])
def fix(request: Request) -> Response:
    """Say what fixed cases. Their pairs are held to the expected level from now on."""
    said = body(request, FixSerializer)
    remedy = case_remedies.Remedy(
        version=version_of(said["rule"]) if "rule" in said else None,
        entry=said.get("entry", ""),
        label=get_object_or_404(Label, pk=said["label"]) if "label" in said else None,
    )
    return answer(case_remedies.fix(by=request.user, cases=said["cases"], remedy=remedy, note=said["note"]))


@told(ActionSerializer, takes=UndoSerializer, name="undo_action")
@api_view(["POST"])
def undo(request: Request) -> Response:
    """Restore exactly what an action changed, of all its cases."""
    return answer(triage.undo(by=request.user, **body(request, UndoSerializer)))


def found(pk: int) -> BadCase:
    """A case as it is now. Raises Http404."""
    case = questions.case_of(pk)
    if case is None:
        raise Http404
    return case


def version_of(number: int) -> Any:
    """The version of a rule that is in force. Raises Http404."""
    entries = ReleaseEntry.objects.filter(release=current_release()).select_related("version__rule")
    return get_object_or_404(entries, rule__number=number).version


def answer(action: CaseAction | None) -> Response:
    """What was done; an empty answer where all of it was so before."""
    return Response(ActionSerializer(action).data if action else {})


@transaction.atomic
def taken_from(request: Request, rows: list[dict[str, Any]]) -> Taken:
    """Take reports of a program. Raises ValidationError for a product that nobody knows and no title names."""
    user = request.user
    assert isinstance(user, User)
    require(user, PERMISSION)
    key = request.headers.get("Idempotency-Key", "")
    return report_many(
        by=user, reports=[report_of(row, f"{user.pk} {key} {at}") for at, row in enumerate(rows)], origin=CaseOrigin.API
    )


def report_of(row: dict[str, Any], key: str) -> Report:
    """A report that a program sent; `key` tells those without an id apart, together with what they say."""
    if not row["product_id"] and not row["title"]:
        raise ValidationError(_("Neither “product_id” nor “title” is given."), code="product")
    try:
        pair = pair_for(query=row["query"].strip(), product_id=row["product_id"], title=row["title"].strip())
    except ReasonError as error:
        raise ValidationError(_(error.reason) % error.params, code="product") from error
    told = {name: row[name] for name in ("source", "given", "expected", "place", "cause", "note", "category")}
    return Report(pair=pair, external_id=row["id"] or named(key, row), severity=row["severity"] or 0, **told)


def named(key: str, row: dict[str, Any]) -> str:
    """What names a report that has no id."""
    words = "\0".join([key, *(f"{name}={row[name]}" for name in sorted(row))])
    return f"sent-{hashlib.sha256(words.encode()).hexdigest()[:24]}"
