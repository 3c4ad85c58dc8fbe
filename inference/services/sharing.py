"""How many calls a run may have under way at a server that other runs are asking too."""

from dataclasses import replace

from django.utils import timezone

from inference.enums import ItemState, RunState
from inference.models import Run, RunItem
from inference.selectors.model_judges import ModelJudge


def shared_judge(*, run: Run, judge: ModelJudge) -> ModelJudge:
    """The model with this run's part of the calls: all of them, unless workers ask the server for other runs just now."""
    part = max(judge.endpoint.in_flight // (1 + others_asking(run=run, judge=judge)), 1)
    return replace(judge, endpoint=replace(judge.endpoint, in_flight=part))


def others_asking(*, run: Run, judge: ModelJudge) -> int:
    """How many other runs have pairs held by a worker that asks the same server about them."""
    held = RunItem.objects.filter(state=ItemState.CLAIMED, claimed_until__gte=timezone.now())
    others = Run.objects.filter(state=RunState.RUNNING, config__endpoint=judge.row).exclude(pk=run.pk)
    return others.filter(pk__in=held.order_by().values("run")).count()
