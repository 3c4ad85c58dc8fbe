"""How the operations of the API are described, and what they answer."""

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from rules.api.problems import MEDIA_TYPE
from rules.api.reading import Pages
from rules.serializers.content import ContentSerializer
from rules.views.shown import content_diff

CONTEXT = {"diff": content_diff}


class FaultSerializer(serializers.Serializer):
    """One reason of a refusal; `field` is the path of what can't be read, if that is why."""

    field = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """Why something was refused (RFC 9457), in the language asked for. The last four come with code `conflict`."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = FaultSerializer(many=True)
    mine = ContentSerializer(required=False)
    theirs = ContentSerializer(required=False)
    edition = serializers.IntegerField(required=False)
    saved_by = serializers.CharField(required=False)


def told(gives: Any, *, takes: Any = None, asks: Any = None, method: str = "", made: bool = False, name: str) -> Any:
    """Describe an operation: what it takes in its body, what its address may ask, what it gives."""
    success = status.HTTP_204_NO_CONTENT if gives is None else status.HTTP_201_CREATED if made else status.HTTP_200_OK
    refusals = {(code, MEDIA_TYPE): ProblemSerializer for code in ("400", "401", "403", "404", "409", "429")}
    return extend_schema(
        operation_id=name,
        summary=name.replace("_", " ").capitalize(),
        methods=[method] if method else None,
        request=takes,
        parameters=[asks] if asks else None,
        responses={**(gives if isinstance(gives, dict) else {success: gives}), **refusals},
    )


def paged(serializer: type[serializers.Serializer]) -> Any:
    """A page of a list, for the schema."""
    fields = {
        "count": serializers.IntegerField(),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": serializer(many=True),
    }
    return inline_serializer(f"{serializer.__name__.removesuffix('Serializer')}Page", fields)


def page(request: Request, rows: Any, serializer: type[serializers.Serializer]) -> Response:
    """One page of a list."""
    pages = Pages()
    found = pages.paginate_queryset(rows, request)
    return pages.get_paginated_response(serializer(found, many=True, context=CONTEXT).data)
