"""What is left out of the log."""

from logging import Filter, LogRecord

from django.core.exceptions import PermissionDenied


class WithoutTracebackOfRefusals(Filter):
    """Lets every record through; one of a person who may not do something keeps its line and loses the traceback."""

    def filter(self, record: LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], PermissionDenied):
            record.exc_info = None
        return True
