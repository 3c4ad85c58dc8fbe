"""Marking the canaries of a run that is being launched."""

from inference.enums import ItemState
from inference.models import Run, RunItem
from inference.selectors.canaries import sample_for


def mark_canaries(*, run: Run) -> None:
    """Have a fixed sample of the pairs judged anew, whatever was judged before. Belongs into the launch."""
    RunItem.objects.filter(run=run, pair__in=sample_for(run)).update(state=ItemState.NEW, canary=True)
