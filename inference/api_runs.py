"""The API of runs: how one stands, and asking its failed pairs again."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from inference.models import Run
from inference.run_serializers import RunSerializer
from inference.selectors.run_calls import calls_of
from inference.selectors.runs import failures_by_kind, progress_of, run_list
from inference.services.asking_again import ask_failed_again
from rules.api.told import told


@told(RunSerializer, name="get_run")
@api_view(["GET"])
def run(request: Request, pk: int) -> Response:
    """How far a run has come, why judgments failed, and what was asked of models."""
    return Response(RunSerializer(standing(get_object_or_404(run_list(), pk=pk))).data)


@told(RunSerializer, name="ask_failed_pairs_again")
@api_view(["POST"])
def ask_again(request: Request, pk: int) -> Response:
    """Judge the failed pairs of a finished run again, in a run of their own; asked twice, it is the same run."""
    again = ask_failed_again(by=request.user, run=get_object_or_404(Run, pk=pk))
    return Response(RunSerializer(standing(again)).data)


def standing(run: Run) -> dict[str, Any]:
    """A run as it is told."""
    found, calls = progress_of(run), calls_of([run], slow=True)[run.pk]
    return {
        "run": run,
        "progress": found,
        "failures": [{"kind": kind, "pairs": n} for kind, n in failures_by_kind(run)],
        "calls": calls if calls.calls else None,
    }
