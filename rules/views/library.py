"""The rule library and the page of one rule."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from rules import selectors
from rules.engine.content import RuleContent
from rules.engine.rule import Effect
from rules.engine.wording import Part
from rules.enums import OPEN
from rules.forms import LibraryFilter
from rules.models import Release, ReleaseEntry, Rule, RuleVersion
from rules.views.moments import asked_moment
from rules.views.roles import actor, may_draft
from rules.views.shown import DiffRow, content_diff, sentence, sentence_parts

PAGE_SIZE = 50
VERSIONS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """One rule of the library. `valid`: whether it is valid today."""

    number: int
    version: RuleVersion
    parts: tuple[Part, ...]
    content: RuleContent
    valid: bool

    @property
    def effect(self) -> Effect:
        """What it does."""
        return self.content.effect


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One version with what it changed of the one before; for the first, what it said."""

    version: RuleVersion
    diff: tuple[DiffRow, ...]
    sentence: str


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """Every rule in force, now or at the moment that the address names, filtered by what it says."""
    asked = asked_moment(request)
    release = selectors.release_at(asked.moment) if asked.moment else selectors.current_release()
    chosen = LibraryFilter(request.GET)
    entries: QuerySet[ReleaseEntry] = ReleaseEntry.objects.none()
    if release:
        entries = selectors.library(
            release,
            text=chosen.chosen("q"),
            effect=chosen.chosen("effect"),
            attribute=chosen.chosen("attribute"),
            on=asked.day if asked.moment else None,
        )
    page = Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "release": release,
        "in_force": counted(release, asked.day if asked.moment else None) if release else 0,
        "idle": len(selectors.not_valid_on(release, asked.day)) if release else 0,
        "asked": asked,
        "then": release,
        "kept": [(name, chosen.chosen(name)) for name in ("q", "effect", "attribute")],
        "q": chosen.chosen("q"),
        "facets": chosen.facets(),
        "page": page,
        "rows": [library_row(entry) for entry in page],
        "drafted": selectors.draft_of(actor(request)),
        "may_draft": may_draft(request.user),
    }
    return render(request, "rules/library.html", context)


def library_row(entry: ReleaseEntry) -> LibraryRow:
    """An entry of a release as the library shows it."""
    content = RuleContent.from_json(entry.version.content)
    return LibraryRow(
        entry.rule.number, entry.version, sentence_parts(content), content, content.is_valid_on(timezone.localdate())
    )


def counted(release: Release, day: date | None) -> int:
    """How many rules a release holds; those valid on a day, if one is asked about."""
    return len(selectors.rules_in(release)) - (len(selectors.not_valid_on(release, day)) if day else 0)


@require_safe
def rule(request: HttpRequest, number: int) -> HttpResponse:
    """One rule: what it says in force, where it fires, and how it came to say it."""
    found = get_object_or_404(Rule, number=number)
    history = selectors.rule_history(found)
    page = Paginator(history, VERSIONS_SHOWN).get_page(request.GET.get("page"))
    release = selectors.current_release()
    in_force = selectors.released_rule(release, number) if release else None
    shown = history.filter(pk=in_force.version_id).get() if in_force else history[0]
    content = RuleContent.from_json(shown.content)
    context = {
        "rule": found,
        "shown": shown,
        "content": content,
        "parts": sentence_parts(content),
        "in_force": in_force is not None,
        "valid": content.is_valid_on(timezone.localdate()),
        "page": page,
        "history": with_differences(list(history[page.start_index() - 1 : page.end_index() + 1]))[: len(page)],
        "drafts": found.changes.filter(proposal__state__in=OPEN).select_related("proposal"),
        "may_draft": may_draft(request.user),
    }
    return render(request, "rules/rule.html", context)


def with_differences(history: list[RuleVersion]) -> list[HistoryEntry]:
    """Each version, newest first, beside what it changed of the one before."""
    contents = [RuleContent.from_json(version.content) for version in history]
    return [
        HistoryEntry(version, content_diff(older, newer) if older else (), sentence(newer))
        for version, newer, older in zip(history, contents, [*contents[1:], None], strict=True)
    ]
