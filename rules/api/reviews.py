"""What people and checkers say about a proposal, and publishing it."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from rules.api.proposals import found, standing
from rules.api.reading import body
from rules.api.releases import listed
from rules.api.told import told
from rules.enums import OPEN, CheckName, CheckState
from rules.serializers.proposals import (
    ApprovalSerializer,
    AskSerializer,
    CommentSerializer,
    NotesSerializer,
    OverridingSerializer,
    ProposalSerializer,
    ReportSerializer,
)
from rules.serializers.rules import ReleaseSerializer
from rules.services import checks, reviews
from rules.services.releases import publish_proposal


@told(ProposalSerializer, name="ask_for_review")
@api_view(["POST"])
def ask_for_review(request: Request, pk: int) -> Response:
    """Put a draft before reviewers."""
    return standing(reviews.ask_for_review(by=request.user, proposal=found(pk)))


@told(ProposalSerializer, name="take_back")
@api_view(["POST"])
def take_back(request: Request, pk: int) -> Response:
    """Make a draft of it again."""
    return standing(reviews.take_back(by=request.user, proposal=found(pk)))


@told(ProposalSerializer, takes=ApprovalSerializer, name="approve")
@api_view(["POST"])
def approve(request: Request, pk: int) -> Response:
    """Sign exactly what was seen: refused where the proposal has another digest by now."""
    reviews.approve(by=request.user, proposal=found(pk), **body(request, ApprovalSerializer))
    return standing(found(pk))


@told(ProposalSerializer, takes=AskSerializer, name="ask_for_changes")
@api_view(["POST"])
def ask_for_changes(request: Request, pk: int) -> Response:
    """Say what has to change; until it does, it can't be published."""
    reviews.ask_for_changes(by=request.user, proposal=found(pk), **body(request, AskSerializer))
    return standing(found(pk))


@told(ProposalSerializer, takes=CommentSerializer, name="comment")
@api_view(["POST"])
def comment(request: Request, pk: int) -> Response:
    """Say something. It decides nothing."""
    reviews.comment(by=request.user, proposal=found(pk), **body(request, CommentSerializer))
    return standing(found(pk))


@told(ReleaseSerializer, takes=NotesSerializer, name="publish_proposal")
@api_view(["POST"])
def publish(request: Request, pk: int) -> Response:
    """Put an approved proposal into force. Asked again, it answers with the release that it made."""
    release = publish_proposal(by=request.user, proposal=found(pk), **body(request, NotesSerializer))
    return Response(ReleaseSerializer(listed().get(pk=release.pk)).data)


@told(ProposalSerializer, takes=OverridingSerializer, name="override_check")
@api_view(["POST"])
def override(request: Request, pk: int, name: str) -> Response:
    """Let it pass without a check, for the content as it stands. Takes a lead and a reason."""
    said = body(request, OverridingSerializer)
    checks.override_check(by=request.user, proposal=found(pk), name=_check(name), **said)
    return standing(found(pk))


@told(ProposalSerializer, takes=ReportSerializer, method="PUT", name="report_check")
@api_view(["PUT"])
def report(request: Request, pk: int, name: str) -> Response:
    """Say what a checker outside found about the content with this digest."""
    said = body(request, ReportSerializer)
    said |= {"state": CheckState(said["state"]), "summary": "%(text)s", "params": {"text": said["summary"]}}
    check = checks.report_check(by=request.user, proposal=found(pk), name=_check(name), **said)
    if check is None and found(pk).state not in OPEN:
        raise ValidationError(_("This proposal is no longer open."), code="not_open")
    if check is None:
        raise ValidationError(_("This was found about another content than the proposal has now."), code="changed")
    return standing(found(pk))


def _check(name: str) -> CheckName:
    if name not in CheckName.values:
        raise Http404
    return CheckName(name)
