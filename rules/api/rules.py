"""Rules: those of a release, and the versions of one."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from rules import selectors
from rules.api.reading import query
from rules.api.told import page, paged, told
from rules.models import Release, ReleaseEntry, Rule
from rules.serializers.rules import LibrarySerializer, ReleasedRuleSerializer, RuleSerializer, VersionSerializer


@told(paged(ReleasedRuleSerializer), asks=LibrarySerializer, name="list_rules")
@api_view(["GET"])
def rules(request: Request) -> Response:
    """The rules of a release (the one in force unless told), by number, as JSON content."""
    asked = query(request, LibrarySerializer)
    number = asked.pop("release")
    release = selectors.current_release() if number is None else get_object_or_404(Release, number=number)
    found = selectors.library(release, **asked) if release else ReleaseEntry.objects.none()
    return page(request, found, ReleasedRuleSerializer)


@told(RuleSerializer, name="get_rule")
@api_view(["GET"])
def rule(request: Request, number: int) -> Response:
    """One rule: its newest version, and which one is in force."""
    newest = selectors.rule_history(get_object_or_404(Rule, number=number)).first()
    release = selectors.current_release()
    if newest is None:
        raise Http404
    released = selectors.released_rule(release, number) if release else None
    version = released.version if released else None
    return Response(RuleSerializer({"number": number, "in_force": version, "newest": newest}).data)


@told(paged(VersionSerializer), name="list_versions")
@api_view(["GET"])
def versions(request: Request, number: int) -> Response:
    """Every version of a rule, newest first."""
    return page(request, selectors.rule_history(get_object_or_404(Rule, number=number)), VersionSerializer)
