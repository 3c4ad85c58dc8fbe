"""The API of votes: what the vote of some runs comes to, and its pairs."""

from collections.abc import Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.models import Benchmark
from annotation.selectors.blind import hidden_pairs
from inference.models import Run
from inference.selectors.voting import (
    FEWEST,
    MOST,
    BallotFilter,
    Judge,
    finished_runs,
    judges_of,
    shown_ballots,
    vote_of,
)
from inference.services.run_votes import use_as_votes
from inference.voting_files import judge_told, told_of
from inference.voting_serializers import (
    BallotsAskedSerializer,
    BallotSerializer,
    RunsSerializer,
    UsedSerializer,
    VoteReportSerializer,
    VotingInSerializer,
)
from rules.api.reading import Pages, body, query
from rules.api.told import paged, told


@told(VoteReportSerializer, asks=RunsSerializer, name="count_vote")
@api_view(["GET"])
def vote(request: Request) -> Response:
    """What the vote of some finished runs comes to (AR-Med, appendix A.3)."""
    judges = judges_named(query(request, RunsSerializer))
    found = vote_of(judges)
    counted = {"judges": [judge_told(one) for one in judges], "apart": found.apart, "retold": found.retold}
    return Response({**found.report.to_json(), **counted})


@told(paged(BallotSerializer), asks=BallotsAskedSerializer, name="list_pairs_of_vote")
@api_view(["GET"])
def ballots(request: Request) -> Response:
    """The pairs of a vote."""
    said = query(request, BallotsAskedSerializer)
    judges = judges_named(said)
    wanted = BallotFilter(**{name: value for name, value in said.items() if name != "run"})
    pages = Pages()
    all_of_them = vote_of(judges).ballots
    hidden = hidden_pairs(request.user, (one.pair for one in all_of_them))
    asked = [one for one in all_of_them if wanted.lets_through(one) and one.pair not in hidden]
    found = pages.paginate_queryset(asked, request)
    return pages.get_paginated_response([told_of(judges, row) for row in shown_ballots(judges, found or [])])


@told(UsedSerializer, takes=VotingInSerializer, name="use_run_as_votes")
@api_view(["POST"])
def use(request: Request, pk: int) -> Response:
    """Store what a finished run judged as votes of its model in the labelling of a benchmark. Done twice it adds nothing."""
    run = get_object_or_404(Run.objects.select_related("config__endpoint"), pk=pk)
    benchmark = get_object_or_404(Benchmark, slug=body(request, VotingInSerializer)["benchmark"])
    return Response(UsedSerializer(use_as_votes(by=request.user, run=run, benchmark=benchmark)).data)


def judges_named(said: dict[str, Any]) -> Sequence[Judge]:
    """Who votes. Raises ValidationError where the runs can't vote together."""
    judges = judges_of(finished_runs(said["run"]))
    if not judges:
        words = _("Choose %(fewest)s to %(most)s finished runs on one benchmark, or one with several answers a pair.")
        raise ValidationError({"run": words % {"fewest": FEWEST, "most": MOST}})
    return judges
