"""What the API refuses with: problem details (RFC 9457) with a code and words in the caller's language."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, status
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import exception_handler

from rules.serializers.content import ContentSerializer
from rules.services.errors import ConflictError

MEDIA_TYPE = "application/problem+json"
CONFLICTS = frozenset(
    {"conflict", "changed", "stale", "void", "moved", "unsaid", "discarded", "not_open", "no_such_move", "key_reused"}
)
"""Codes of refusals that looking again may help with: what was seen is no longer so."""


def answer(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The response to an error; None for one that nobody foresaw, which is Django's to log."""
    if isinstance(error, ValidationError):
        return _refused(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    told = list(_flattened(response.data))
    if response.status_code == status.HTTP_400_BAD_REQUEST and isinstance(error, exceptions.ValidationError):
        return _problem(response, "invalid", _("Some of it can't be read."), told)
    return _problem(response, told[0]["code"], told[0]["message"], [])


@extend_schema(exclude=True)
@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
@permission_classes([AllowAny])
def nowhere(request: HttpRequest, rest: str) -> Response:
    """No address of the API."""
    raise Http404


def _refused(refusal: ValidationError) -> Response:
    """What a service refuses, with each reason; for an edit of what somebody changed, both wordings."""
    errors = [{"field": "", "code": one.code or "invalid", "message": "".join(one.messages)} for one in _each(refusal)]
    codes = [one["code"] for one in errors]
    conflict = bool(CONFLICTS.intersection(codes))
    response = Response(status=status.HTTP_409_CONFLICT if conflict else status.HTTP_400_BAD_REQUEST)
    code = next((one for one in codes if one in CONFLICTS), codes[0])
    _problem(response, code, " ".join(one["message"] for one in errors), errors)
    if isinstance(refusal, ConflictError):
        response.data |= _both(refusal)
    return response


def _both(conflict: ConflictError) -> dict[str, Any]:
    return {
        "mine": ContentSerializer(conflict.mine).data,
        "theirs": ContentSerializer(conflict.theirs).data,
        "edition": conflict.edition,
        "saved_by": conflict.saved_by.get_username(),
    }


def _each(refusal: ValidationError) -> Iterator[ValidationError]:
    if hasattr(refusal, "error_dict"):
        colon = _(": ")
        for name, errors in refusal.error_dict.items():
            yield from (ValidationError(f"{name}{colon}{''.join(e.messages)}", code=e.code) for e in errors)
        return
    yield from refusal.error_list


def _flattened(detail: object, field: str = "") -> Iterator[dict[str, str]]:
    """Each error of the framework's nested ones, with the path of its field."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            outer = "" if name in ("detail", "non_field_errors") else str(name)
            yield from _flattened(inner, ".".join(part for part in (field, outer) if part))
    elif isinstance(detail, list | tuple):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _flattened(inner, f"{field}.{place}" if nested and field else field)
    else:
        code = getattr(detail, "code", "invalid")
        yield {"field": sendable(field), "code": code, "message": sendable(str(detail))}


def sendable(text: str) -> str:
    """A text that repeats what was sent, without halves of surrogate pairs: no answer can hold one."""
    return text.encode(errors="replace").decode()


def _problem(response: Response, code: str, detail: str, errors: list[dict[str, str]]) -> Response:
    response.data = {
        "type": f"urn:arweb:problem:{code}",
        "title": response.status_text.title(),
        "status": response.status_code,
        "code": code,
        "detail": detail,
        "errors": errors,
    }
    response.content_type = MEDIA_TYPE
    return response
