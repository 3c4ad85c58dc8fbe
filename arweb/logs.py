"""What is left out of the log and of reports of errors."""

from logging import Filter, LogRecord

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class WithoutTracebackOfRefusals(Filter):
    """Lets every record through; one of a person who may not do something keeps its line and loses the traceback."""

    def filter(self, record: LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], PermissionDenied):
            record.exc_info = None
        return True


class AlwaysDiscreet(SafeExceptionReporterFilter):
    """Leaves what forms call sensitive out of every report of an error, those that developers see included."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True
