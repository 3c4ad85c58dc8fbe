"""The audit trail."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.decorators import api_view
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from rules.api.reading import query
from rules.api.told import page, paged, told
from rules.origin import ORIGIN, origin_in
from rules.selectors.audit import EventFilter, audit_events
from rules.serializers.audit import EventSerializer, EventsSerializer
from rules.services.permissions import require
from rules.views.audit import EXPORT


@told(paged(EventSerializer), asks=EventsSerializer, name="list_events")
@api_view(["GET"])
def events(request: Request) -> Response:
    """Who did what, newest first. Addresses, which a digest covers too, are told to who may export."""
    told = page(request, audit_events(where=_where(request)), EventSerializer)
    if not request.user.has_perm(EXPORT):
        for event in told.data["results"]:
            event["data"] = _without_address(event["data"])
    return told


@told({(200, "application/x-ndjson"): OpenApiTypes.STR}, asks=EventsSerializer, name="export_events")
@api_view(["GET"])
def export(request: Request) -> StreamingHttpResponse:
    """The same events without pages, one JSON object a line. Takes a lead."""
    require(request.user, EXPORT)
    lines = _lines(_where(request))
    headers = {"Content-Disposition": 'attachment; filename="audit.ndjson"'}
    return StreamingHttpResponse(lines, content_type="application/x-ndjson", headers=headers)


def _where(request: Request) -> EventFilter:
    return EventFilter(**query(request, EventsSerializer))


def _without_address(data: Mapping[str, Any]) -> dict[str, Any]:
    origin = {key: value for key, value in origin_in(data).items() if key != "address"}
    return {**data, ORIGIN: origin} if ORIGIN in data else dict(data)


def _lines(where: EventFilter) -> Iterator[bytes]:
    for event in audit_events(where=where).iterator(chunk_size=500):
        yield JSONRenderer().render(EventSerializer(event).data) + b"\n"
