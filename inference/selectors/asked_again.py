"""Runs whose failed pairs can be asked again, and the runs that did."""

from django.db.models import QuerySet

from inference.enums import RunState
from inference.models import Judgment, Run

LASTING = ("empty_query", "empty_title", "long_query", "long_title")
"""Failures of the texts themselves, which asking again does not mend."""


def mendable(run: Run) -> QuerySet[Judgment]:
    """The failed judgments of a run that may go well when they are made again."""
    return Judgment.objects.filter(run=run).exclude(failure="").exclude(failure__in=LASTING)


def run_again_of(run: Run) -> Run | None:
    """The run that asks the failed pairs of a run again, if there is one; one that was cancelled is none."""
    return Run.objects.filter(again_of=run).exclude(state=RunState.CANCELLED).first()
