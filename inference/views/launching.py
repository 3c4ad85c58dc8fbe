"""Launching and cancelling what judges: a run, or an ablation of several. What is refused is said on the next page."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from inference.forms import LaunchForm
from rules.views.refusals import said_on


def launched(request: HttpRequest, launch: Callable[[dict[str, Any]], HttpResponse]) -> HttpResponse:
    """Go where launching what the form says leads to, or else back to the runs."""
    form = LaunchForm(request.POST)
    with said_on(request):
        if not form.is_valid():
            raise ValidationError(_("Choose a release and a benchmark that exist."))
        return launch(form.cleaned_data)
    return redirect("inference:runs")


def cancelled(request: HttpRequest, cancel: Callable[[], object], page: str, pk: int) -> HttpResponse:
    """Cancel something and go back to its page."""
    with said_on(request):
        cancel()
    return redirect(page, pk)
