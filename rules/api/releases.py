"""Releases: what was in force when, how two differ, one as a file, and the way back to one."""

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from rest_framework import status
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from rules import selectors
from rules.api.proposals import standing
from rules.api.reading import body, query
from rules.api.told import page, paged, told
from rules.models import Release, ReleaseEntry
from rules.selectors.counting import count_of
from rules.selectors.exchange import release_text
from rules.selectors.rebase import moved_rules
from rules.selectors.releases import release_at
from rules.serializers.proposals import ProposalSerializer
from rules.serializers.rules import AsOfSerializer, DifferenceSerializer, ReleaseSerializer, RestoreSerializer
from rules.services.exchange import restore_release


@told(paged(ReleaseSerializer), name="list_releases")
@api_view(["GET"])
def releases(request: Request) -> Response:
    """Every release, newest first."""
    return page(request, listed(), ReleaseSerializer)


@told(ReleaseSerializer, name="get_release")
@api_view(["GET"])
def release(request: Request, number: int) -> Response:
    """One release. Its rules are at /rules/?release=."""
    return Response(ReleaseSerializer(get_object_or_404(listed(), number=number)).data)


@told(ReleaseSerializer, name="get_current_release")
@api_view(["GET"])
def current(request: Request) -> Response:
    """The release in force."""
    return _answered(selectors.current_release())


@told(ReleaseSerializer, asks=AsOfSerializer, name="get_release_as_of")
@api_view(["GET"])
def as_of(request: Request) -> Response:
    """The release that was in force at a moment."""
    return _answered(release_at(query(request, AsOfSerializer)["at"]))


@told(paged(DifferenceSerializer), name="compare_releases")
@api_view(["GET"])
def compare(request: Request, number: int, other: int) -> Response:
    """The rules in which release `other` differs from release `number`, with both wordings and the words that changed."""
    before, after = (get_object_or_404(Release, number=one) for one in (number, other))
    return page(request, moved_rules(before, after), DifferenceSerializer)


@told({(200, "application/yaml"): OpenApiTypes.STR}, name="export_release")
@api_view(["GET"])
def export(request: Request, number: int) -> HttpResponse:
    """A release as a file that an import reads again."""
    text = release_text(get_object_or_404(Release, number=number))
    headers = {"Content-Disposition": f'attachment; filename="release-{number}.yaml"'}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)


@told(ProposalSerializer, takes=RestoreSerializer, made=True, name="restore_release")
@api_view(["POST"])
def restore(request: Request, number: int) -> Response:
    """Propose to put an older release back: a draft after which every rule is as it was in it."""
    found = get_object_or_404(Release, number=number)
    draft = restore_release(by=request.user, release=found, **body(request, RestoreSerializer))
    return standing(draft, status.HTTP_201_CREATED)


def listed() -> "QuerySet[Release]":
    """Releases with all that is told of them."""
    found = Release.objects.select_related("base", "created_by", "proposal")
    return found.annotate(rules=count_of(ReleaseEntry, "release")).order_by("-number")


def _answered(found: Release | None) -> Response:
    if found is None:
        raise Http404
    return Response(ReleaseSerializer(listed().get(pk=found.pk)).data)
