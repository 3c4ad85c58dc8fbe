"""How many calls a run may have under way at a server that other runs are asking too."""

from dataclasses import replace

from django.utils import timezone

from inference.engines.protocol import Endpoint
from inference.enums import ItemState, RunState
from inference.models import ModelEndpoint, Run, RunItem
from inference.selectors.model_judges import ModelJudge, servers_of


def shared_judge(*, run: Run, judge: ModelJudge) -> ModelJudge:
    """The model with this run's part of the calls."""
    return replace(judge, endpoint=shared(run=run, row=judge.row, endpoint=judge.endpoint))


def shared(*, run: Run, row: ModelEndpoint, endpoint: Endpoint) -> Endpoint:
    """A server with a run's part of the calls: all of them, unless workers ask it for other runs just now."""
    return replace(endpoint, in_flight=max(endpoint.in_flight // (1 + others_asking(run=run, row=row)), 1))


def others_asking(*, run: Run, row: ModelEndpoint) -> int:
    """How many other runs have pairs held by a worker that asks the same server, for levels or at a stage."""
    held = RunItem.objects.filter(state=ItemState.CLAIMED, claimed_until__gte=timezone.now())
    others = Run.objects.filter(state=RunState.RUNNING, pk__in=held.order_by().values("run")).exclude(pk=run.pk)
    return sum(row.pk in servers_of(other.config) for other in others.select_related("config"))
