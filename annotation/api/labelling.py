"""Labelling: the next pair and the label of it in one call, and what a lead puts in the queue."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.label_serializers import (
    AnswerSerializer,
    CameSerializer,
    FlagSerializer,
    HeldSerializer,
    NewPairsSerializer,
    OfferSerializer,
    QueueAskedSerializer,
    QueuedSerializer,
    SkipSerializer,
    StoredSerializer,
    SubmittedSerializer,
    VotesSerializer,
    submitted,
)
from annotation.models import Assignment, Benchmark, Pair
from annotation.reasons import ReasonError
from annotation.selectors.labelling import Offer
from annotation.selectors.queue import queue_of
from annotation.services import assigning, labels
from annotation.services.case_import import pair_for
from annotation.services.labelling import PERMISSION
from annotation.services.queueing import queue_pairs
from annotation.services.votes import store_votes
from rules.api.reading import body, query
from rules.api.told import page, paged, told
from rules.services.permissions import require

OFFERED = {status.HTTP_200_OK: OfferSerializer, status.HTTP_204_NO_CONTENT: None}


@told(OFFERED, name="take_next_pair")
@api_view(["POST"])
def take_next(request: Request, slug: str) -> Response:
    """The pair that the caller holds, or the next one for them; nothing where none is left."""
    return offered(assigning.take_next(by=request.user, benchmark=get_object_or_404(Benchmark, slug=slug)))


@told(OFFERED, name="go_back_to_pair")
@api_view(["POST"])
def go_back(request: Request, slug: str) -> Response:
    """The last pair that the caller labelled and may still change; nothing where there is none."""
    return offered(assigning.go_back(by=request.user, benchmark=get_object_or_404(Benchmark, slug=slug)))


@told(SubmittedSerializer, takes=AnswerSerializer, name="label_pair")
@api_view(["POST"])
def label(request: Request, pk: int) -> Response:
    """Label a pair in the caller's hands, and take the next one in the same call if asked to."""
    said = body(request, AnswerSerializer)
    wants_next, by = said.pop("next"), request.user
    try:
        came = labels.submit_label(by=by, assignment_id=pk, **said)
    except Assignment.DoesNotExist as error:
        raise Http404 from error
    offer, why = None, ""
    if wants_next:
        try:
            offer = assigning.take_next(by=by, benchmark=came.assignment.queued.benchmark)
        except ValidationError as refusal:  # paused, or closed: the label is stored all the same
            why = refusal.code or ""
    return Response(SubmittedSerializer(submitted(came, offer, why)).data)


@told(HeldSerializer, name="keep_pair")
@api_view(["POST"])
def keep(request: Request, pk: int) -> Response:
    """Renew the lease of a pair; refused where somebody else has it."""
    own_benchmark(request, pk)
    return Response(HeldSerializer(assigning.keep(by=request.user, assignment_id=pk)).data)


@told(HeldSerializer, takes=SkipSerializer, name="skip_pair")
@api_view(["POST"])
def skip(request: Request, pk: int) -> Response:
    """Give a pair back without a label."""
    said = body(request, SkipSerializer)
    own_benchmark(request, pk)
    return Response(HeldSerializer(labels.skip(by=request.user, assignment_id=pk, **said)).data)


@told(HeldSerializer, takes=FlagSerializer, name="flag_pair")
@api_view(["POST"])
def flag(request: Request, pk: int) -> Response:
    """Mark that something is odd about a pair."""
    said = body(request, FlagSerializer)
    own_benchmark(request, pk)
    return Response(HeldSerializer(labels.flag(by=request.user, assignment_id=pk, **said)).data)


@told(paged(QueuedSerializer), asks=QueueAskedSerializer, method="GET", name="list_queue")
@told(CameSerializer, takes=NewPairsSerializer, method="POST", name="queue_pairs")
@api_view(["GET", "POST"])
def queue(request: Request, slug: str) -> Response:
    """The queue of a benchmark, in its order; or pairs to be labelled, all or none. Only for who leads the labelling."""
    require(request.user, PERMISSION)
    benchmark = get_object_or_404(Benchmark, slug=slug)
    if request.method == "POST":
        return Response(CameSerializer(queued_from(request, benchmark)).data)
    return page(request, queue_of(benchmark, **query(request, QueueAskedSerializer)), QueuedSerializer)


@told(StoredSerializer, takes=VotesSerializer, name="store_votes")
@api_view(["POST"])
def votes(request: Request, slug: str) -> Response:
    """Store what a model says of pairs."""
    benchmark, said = get_object_or_404(Benchmark, slug=slug), body(request, VotesSerializer)
    levels = {vote["pair"]: vote["level"] for vote in said["votes"]}
    if Pair.objects.filter(pk__in=levels).count() != len(levels):
        raise Http404
    stored = store_votes(by=request.user, benchmark=benchmark, source=said["source"], levels=levels)
    return Response({"stored": stored})


def offered(offer: Offer | None) -> Response:
    """A pair, or nothing."""
    return Response(OfferSerializer(offer).data) if offer else Response(status=status.HTTP_204_NO_CONTENT)


def own_benchmark(request: Request, pk: int) -> Benchmark:
    """The benchmark of a pair that was given to the caller. Raises Http404 for one that was not."""
    found = Assignment.objects.select_related("queued__benchmark").only("queued__benchmark")
    return get_object_or_404(found, pk=pk, person=request.user).queued.benchmark


@transaction.atomic
def queued_from(request: Request, benchmark: Benchmark) -> Any:
    """Queue pairs that a program sends. Raises ValidationError for a product that nobody knows and no title names."""
    said, gold, pairs = body(request, NewPairsSerializer), {}, []
    for row in said["pairs"]:
        try:
            pair = pair_for(query=row["query"].strip(), product_id=row["product_id"], title=row["title"].strip())
        except ReasonError as error:
            raise ValidationError(_(error.reason) % error.params, code="product") from error
        pairs.append(pair.pk)
        if row["gold"]:
            gold[pair.pk] = row["gold"]
    return queue_pairs(by=request.user, benchmark=benchmark, pairs=pairs, origin=said["origin"], gold=gold)
