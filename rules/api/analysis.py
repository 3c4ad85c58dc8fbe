"""What is wrong with a whole rule set."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.decorators import api_view
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from rules.api.reading import Pages
from rules.api.told import paged, told
from rules.engine.analysis import Analysis
from rules.selectors.analysis import Overview, overview_of
from rules.serializers.analysis import FindingSerializer, OverviewSerializer, RuleSetSerializer
from rules.serializers.choices import FINDINGS
from rules.views.analysis import PATIENCE, asked_about, laid_out, rows_of, sizes_of


class UnderWayError(APIException):
    """Not found yet; asking again in a while helps."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = _("The analysis is under way. Ask again in a few seconds.")
    default_code = "under_way"


@told(OverviewSerializer, asks=RuleSetSerializer, name="get_analysis")
@api_view(["GET"])
def analysis(request: Request) -> Response:
    """How many rules never fire, are always overruled, or disagree."""
    found = asked_about(request.query_params).analysis
    if found is None:
        raise Http404
    overview = worked_out(found)
    sizes = sizes_of(overview)
    counts = [{"kind": kind, "count": sizes[kind]} for kind in FINDINGS]
    return Response(OverviewSerializer({"rules": overview.rules, "day": overview.day, "findings": counts}).data)


@told(paged(FindingSerializer), asks=RuleSetSerializer, name="list_findings")
@api_view(["GET"])
def findings(request: Request, kind: str) -> Response:
    """The findings of one kind, each with a pair on which it shows."""
    found = asked_about(request.query_params).analysis
    if found is None or kind not in FINDINGS:
        raise Http404
    pages = Pages()
    rows = pages.paginate_queryset(rows_of(worked_out(found), kind), request)
    return pages.get_paginated_response(FindingSerializer(laid_out(found, rows), many=True).data)


def worked_out(found: Analysis) -> Overview:
    """The findings about a rule set. Raises UnderWayError while they are looked for."""
    overview = overview_of(found, wait=PATIENCE)
    if overview is None:
        raise UnderWayError
    return overview
