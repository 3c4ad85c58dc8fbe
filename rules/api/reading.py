"""What is read of a request, within limits."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer, Serializer

from rules.engine.exchange import MOST_BYTES


class TooLargeError(APIException):
    """More than a request may hold."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("This is larger than a request may be.")
    default_code = "too_large"


class LimitedParser(BaseParser):
    """JSON of at most so many bytes."""

    media_type = "application/json"
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> object:
        """The values. Raises TooLargeError, and ParseError for what is no JSON or nested without end."""
        if int(parser_context["request"].META.get("CONTENT_LENGTH") or 0) > self.most:
            raise TooLargeError
        try:
            return JSONParser().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("This is nested too deeply.")) from error


class ImportParser(LimitedParser):
    """JSON that may hold a whole rule set: as large a file as is read, and what JSON adds to it."""

    most = 2 * MOST_BYTES


class Pages(PageNumberPagination):
    """Every list comes in pages: `page`, and `page_size` up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


def body(request: Request, takes: type[Serializer]) -> dict[str, Any]:
    """What a request says. Raises ValidationError naming each field that can't be read."""
    return _valid(takes(data=request.data))


def query(request: Request, takes: type[Serializer]) -> dict[str, Any]:
    """What the address asks for. Raises ValidationError naming each field that can't be read."""
    return _valid(takes(data=request.query_params))


def _valid(serializer: BaseSerializer) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = serializer.validated_data
    return data
