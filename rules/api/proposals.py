"""Proposals: opening, describing, timing, publishing and giving up."""

from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.decorators import api_view, parser_classes
from rest_framework.request import Request
from rest_framework.response import Response

from rules.api.reading import ImportParser, body, query
from rules.api.told import page, paged, told
from rules.enums import OPEN
from rules.models import Change, Proposal
from rules.selectors.counting import count_of
from rules.selectors.rebase import conflicts_of, moved_rules
from rules.selectors.releases import current_release
from rules.selectors.reviews import standing_of
from rules.serializers.proposals import (
    DescriptionSerializer,
    ListedProposalSerializer,
    OvertakenSerializer,
    ProposalSerializer,
    ProposalsSerializer,
    RebaseSerializer,
    ScheduleSerializer,
)
from rules.serializers.rules import ImportSerializer
from rules.services import proposals as service
from rules.services.conflicts import resolve_conflicts
from rules.services.exchange import import_rules, propose_rules
from rules.services.requests import open_once

KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Sent again with the same key, it opens no second one."
)


@told(paged(ListedProposalSerializer), asks=ProposalsSerializer, method="GET", name="list_proposals")
@told(ProposalSerializer, takes=DescriptionSerializer, asks=KEY, method="POST", made=True, name="open_proposal")
@api_view(["GET", "POST"])
def proposals(request: Request) -> Response:
    """The proposals, the one touched last first; or a new draft on the release in force."""
    if request.method == "POST":
        return opened(request)
    asked = query(request, ProposalsSerializer)
    related = Proposal.objects.select_related("created_by", "base", "published")
    found = related.annotate(size=count_of(Change, "proposal"))
    if asked["state"]:
        found = found.filter(state=asked["state"])
    if asked["author"]:
        found = found.filter(created_by__username=asked["author"])
    return page(request, found.order_by("-updated_at", "-pk"), ListedProposalSerializer)


def opened(request: Request) -> Response:
    """A new draft; under a key that came before, the one that it opened."""
    said, key = body(request, DescriptionSerializer), request.headers.get("Idempotency-Key", "")
    draft = open_once(by=request.user, key=key, **said) if key else service.open_proposal(by=request.user, **said)
    return standing(draft, status.HTTP_201_CREATED)


@told(ProposalSerializer, method="GET", name="get_proposal")
@told(ProposalSerializer, takes=DescriptionSerializer, method="PUT", name="describe_proposal")
@api_view(["GET", "PUT"])
def proposal(request: Request, pk: int) -> Response:
    """A proposal and how it stands: its checks, its reviews, what keeps it from being published; or its new title."""
    proposal = found(pk)
    if request.method == "PUT":
        service.describe_proposal(by=request.user, proposal=proposal, **body(request, DescriptionSerializer))
    return standing(proposal)


@told(ProposalSerializer, takes=ScheduleSerializer, name="schedule_proposal")
@api_view(["POST"])
def schedule(request: Request, pk: int) -> Response:
    """Say when it is to be published once it is approved. Voids approvals."""
    service.schedule_proposal(by=request.user, proposal=found(pk), **body(request, ScheduleSerializer))
    return standing(found(pk))


@told(OvertakenSerializer, method="GET", name="get_what_moved")
@told(ProposalSerializer, takes=RebaseSerializer, method="POST", name="rebase_proposal")
@api_view(["GET", "POST"])
def rebase(request: Request, pk: int) -> Response:
    """What moved since it was opened; or bring it up to the release in force. Where both changed a rule, say in `mine`
    or `theirs` whose wording stays."""
    if request.method == "GET":
        return Response(OvertakenSerializer(moved_under(found(pk))).data)
    said = body(request, RebaseSerializer)
    if "onto" in said:
        resolve_conflicts(by=request.user, proposal=found(pk), **said)
        return standing(found(pk))
    rebased = service.rebase_proposal(by=request.user, proposal=found(pk))
    if rebased.conflicting:
        rules = ", ".join(f"R{number}" for number in rebased.conflicting)
        raise ValidationError(_("Choose a wording for %(rules)s.") % {"rules": rules}, code="unsaid")
    return standing(found(pk))


@told(ProposalSerializer, name="withdraw_proposal")
@api_view(["POST"])
def withdraw(request: Request, pk: int) -> Response:
    """Give it up. It stays readable."""
    service.withdraw_proposal(by=request.user, proposal=found(pk))
    return standing(found(pk))


@told(ProposalSerializer, takes=ImportSerializer, made=True, name="import_rules")
@api_view(["POST"])
@parser_classes([ImportParser])
def imported(request: Request) -> Response:
    """Open a draft after which the rules say what was sent."""
    said = body(request, ImportSerializer)
    about = {"by": request.user, "title": said["title"], "reason": said["reason"]}
    if said["file"] is not None:
        draft = import_rules(data=said["file"].encode(), replace=said["replace"], **about)
    else:
        draft = propose_rules(contents=said["rules"], others=not said["replace"], **about)
    return standing(draft, status.HTTP_201_CREATED)


def moved_under(proposal: Proposal) -> dict[str, Any]:
    """What differs between the base of a proposal and the release in force; nothing for one that was decided."""
    current = current_release() if proposal.state in OPEN else None
    onto = current or proposal.base
    return {
        "base": proposal.base.number,
        "onto": onto.number,
        "moved": [one.number for one in moved_rules(proposal.base, onto)],
        "conflicts": conflicts_of(proposal, onto),
    }


def found(pk: int) -> Proposal:
    """A proposal as it is now. Raises Http404."""
    related = Proposal.objects.select_related("base", "created_by", "published", "restores")
    proposal: Proposal = get_object_or_404(related, pk=pk)
    return proposal


def standing(proposal: Proposal, code: int = status.HTTP_200_OK) -> Response:
    """A proposal and how it stands now."""
    return Response(ProposalSerializer(standing_of(found(proposal.pk))).data, status=code)
