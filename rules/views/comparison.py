"""Two releases beside each other, rule by rule."""

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rules import selectors
from rules.engine.content import RuleContent
from rules.engine.wording import Part
from rules.enums import ChangeKind
from rules.models import Release
from rules.views.shown import sentence_parts
from rules.views.wordings import PartRow, before_and_after

PAGE_SIZE = 20
MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """How one rule differs: the sentence of what there is, and its parts where it is in both releases."""

    number: int
    kind: ChangeKind
    content: RuleContent
    parts: tuple[Part, ...]
    rows: tuple[PartRow, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule in which two releases differ. It costs little until it is shown."""

    number: int
    before: RuleContent | None
    after: RuleContent | None

    @property
    def kind(self) -> ChangeKind:
        """What happened to the rule from the one to the other."""
        return ChangeKind.ADD if self.before is None else ChangeKind.RETIRE if self.after is None else ChangeKind.EDIT

    def shown(self) -> ShownDifference:
        """The difference word by word."""
        content = self.after or self.before
        assert content is not None
        rows = before_and_after(self.before, self.after) if self.before and self.after else ()
        return ShownDifference(self.number, self.kind, content, sentence_parts(content), rows)


@require_safe
def compare(request: HttpRequest, before: int, after: int) -> HttpResponse:
    """What differs between two releases, either way round."""
    old, new = (get_object_or_404(Release.objects.select_related("created_by"), number=n) for n in (before, after))
    found = differences(old, new)
    kind = request.GET.get("kind", "")
    chosen = [one for one in found if one.kind == kind] if kind in ChangeKind.values else found
    page = Paginator(chosen, PAGE_SIZE).get_page(request.GET.get("page"))
    counts = Counter(one.kind for one in found)
    release = selectors.current_release()
    context = {
        "before": old,
        "after": new,
        "page": page,
        "kind": kind,
        "kinds": [(one.value, one.label, counts[one]) for one in ChangeKind],
        "total": len(found),
        "changes": [one.shown() for one in page],
        "heads": [_("Release %(number)s") % {"number": one.number} for one in (old, new)],
        "newest": release.number if release else 0,
    }
    return render(request, "rules/comparison.html", context)


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """To the comparison of the two releases that were typed."""
    asked = [request.GET.get(name, "").strip().lstrip("#") for name in ("before", "after")]
    numbers = [int(one) for one in asked if one.isascii() and one.isdigit() and len(one) <= MOST_DIGITS]
    if len(numbers) == len(asked) and Release.objects.filter(number__in=numbers).count() == len(set(numbers)):
        return redirect("rules:compare", *numbers)
    messages.error(request, _("Choose two releases by their numbers; one of these there is not."))
    return redirect("rules:releases")


def differences(before: Release, after: Release) -> list[Difference]:
    """The rules in which two releases differ, by number."""
    old, new = ({rule.number: rule for rule in selectors.rules_in(release)} for release in (before, after))
    changed = (n for n in sorted(old.keys() | new.keys()) if not _same(old.get(n), new.get(n)))
    return [Difference(n, old[n].content if n in old else None, new[n].content if n in new else None) for n in changed]


def _same(one: selectors.ReleasedRule | None, other: selectors.ReleasedRule | None) -> bool:
    return one is not None and other is not None and one.digest == other.digest
