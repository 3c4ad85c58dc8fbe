"""The changes of a proposal: rules added, changed and retired in it."""

from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from rules.api.proposals import found
from rules.api.reading import body
from rules.api.told import CONTEXT, page, paged, told
from rules.enums import ChangeKind
from rules.models import Change, Proposal, Rule, RuleVersion
from rules.selectors import drafted_changes
from rules.serializers.proposals import ChangeSerializer, EditSerializer, NewChangeSerializer
from rules.services import proposals as service


@told(paged(ChangeSerializer), method="GET", name="list_changes")
@told(ChangeSerializer, takes=NewChangeSerializer, method="POST", made=True, name="draft_change")
@api_view(["GET", "POST"])
def changes(request: Request, pk: int) -> Response:
    """The changes, each with both wordings and the words that changed; or a new one."""
    proposal = found(pk)
    if request.method == "POST":
        return shown(drafted(request, proposal), status.HTTP_201_CREATED)
    return page(request, drafted_changes(proposal), ChangeSerializer)


@told(ChangeSerializer, method="GET", name="get_change")
@told(ChangeSerializer, takes=EditSerializer, method="PUT", name="save_change")
@told(None, method="DELETE", name="discard_change")
@api_view(["GET", "PUT", "DELETE"])
def change(request: Request, pk: int, change_pk: int) -> Response:
    """One change; saved with the edition that was edited, it is refused with both wordings where that is no longer it."""
    stored = get_object_or_404(Change.objects.select_related("proposal__base"), pk=change_pk, proposal__pk=pk)
    if request.method == "DELETE":
        service.discard_change(by=request.user, change=stored)
        return Response(status=status.HTTP_204_NO_CONTENT)
    if request.method == "PUT":
        stored = service.save_change(by=request.user, change=stored, **body(request, EditSerializer))
    return shown(stored)


def drafted(request: Request, proposal: Proposal) -> Change:
    """The change that a request asks for."""
    said = body(request, NewChangeSerializer)
    if said["kind"] == ChangeKind.ADD:
        return service.add_rule(by=request.user, proposal=proposal, content=said["content"])
    rule = get_object_or_404(Rule, number=said["rule"])
    if said["kind"] == ChangeKind.RETIRE:
        return service.retire_rule(by=request.user, proposal=proposal, rule=rule)
    if "version" in said:
        version = get_object_or_404(RuleVersion.objects.select_related("rule"), rule=rule, version=said["version"])
        return service.restore_version(by=request.user, proposal=proposal, version=version)
    return service.edit_rule(by=request.user, proposal=proposal, rule=rule)


def shown(stored: Change, code: int = status.HTTP_200_OK) -> Response:
    """A change beside the base release."""
    found = next(one for one in drafted_changes(stored.proposal) if one.change.pk == stored.pk)
    return Response(ChangeSerializer(found, context=CONTEXT).data, status=code)
