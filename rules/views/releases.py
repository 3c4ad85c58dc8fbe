"""The releases, and what one of them holds and changed."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from rules import selectors
from rules.enums import ChangeKind
from rules.models import Release
from rules.selectors import ReleasedRule
from rules.views.shown import DiffRow, content_diff, sentence_parts

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ReleaseDifference:
    """One rule in which a release differs from the one before."""

    number: int
    kind: ChangeKind
    diff: tuple[DiffRow, ...]


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """Every release, newest first."""
    found = Release.objects.select_related("created_by", "proposal").annotate(rules=Count("entries"))
    page = Paginator(found.order_by("-number"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "rules/releases.html", {"page": page})


@require_safe
def release(request: HttpRequest, number: int) -> HttpResponse:
    """One release: its notes, what it changed, its rules."""
    found = get_object_or_404(Release.objects.select_related("base", "created_by", "proposal"), number=number)
    rules = selectors.rules_in(found)
    page = Paginator(rules, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "release": found,
        "is_in_force": not Release.objects.filter(number__gt=number).exists(),
        "differences": differences(selectors.rules_in(found.base) if found.base else (), rules),
        "page": page,
        "rules": [(rule, sentence_parts(rule.content)) for rule in page],
    }
    return render(request, "rules/release.html", context)


def differences(before: tuple[ReleasedRule, ...], after: tuple[ReleasedRule, ...]) -> list[ReleaseDifference]:
    """The rules in which two releases differ, by number. Against no release, nothing: all of it would be new."""
    if not before:
        return []
    old, new = ({rule.number: rule for rule in rules} for rules in (before, after))
    return [
        difference(number, old.get(number), new.get(number))
        for number in sorted(old.keys() | new.keys())
        if getattr(old.get(number), "version_id", None) != getattr(new.get(number), "version_id", None)
    ]


def difference(number: int, before: ReleasedRule | None, after: ReleasedRule | None) -> ReleaseDifference:
    """How one rule differs."""
    kind = ChangeKind.ADD if before is None else ChangeKind.RETIRE if after is None else ChangeKind.EDIT
    return ReleaseDifference(
        number, kind, content_diff(before.content if before else None, after.content if after else None)
    )
