"""What a service refuses, told to the person on the next page."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest


@contextmanager
def said_on(request: HttpRequest) -> Iterator[None]:
    """Turn a ValidationError into messages and go on after the block."""
    try:
        yield
    except ValidationError as refusal:
        for message in refusal.messages:
            messages.error(request, message)
