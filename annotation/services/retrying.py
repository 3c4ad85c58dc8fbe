"""Work that meets somebody else's, tried again."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError, transaction

Result = TypeVar("Result")

TIMES = 6


def retried(work: Callable[[], Result]) -> Result:
    """What `work` returns, done in one transaction. A constraint or a deadlock undoes it, and it begins anew."""
    for _time in range(TIMES - 1):
        try:
            with transaction.atomic():
                return work()
        except (IntegrityError, OperationalError):
            continue
    with transaction.atomic():
        return work()
