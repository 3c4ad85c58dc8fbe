"""The rule library and the history of a rule."""

from datetime import date

from django.db.models import Max, Min, QuerySet

from rules.engine.text import normalise
from rules.models import Release, ReleaseEntry, Rule, RuleVersion
from rules.selectors.releases import not_valid_on

WORDS_SEARCHED = 8


def library(
    release: Release, *, text: str = "", effect: str = "", attribute: str = "", on: date | None = None
) -> "QuerySet[ReleaseEntry]":
    """The entries of `release` with rule, version and author, by number; with `on`, those valid on that day alone.

    Every word of `text` is looked for in title, values, instruction, rationale and source, and as a number (`R12`).
    """
    entries = ReleaseEntry.objects.filter(release=release).select_related("rule", "version__created_by")
    if on and (idle := not_valid_on(release, on)):
        entries = entries.exclude(rule__number__in=idle)
    for word in text.split()[:WORDS_SEARCHED]:
        entries = entries.filter(version__words__contains=normalise(word))
    if effect:
        entries = entries.filter(version__effect=effect)
    if attribute:
        entries = entries.filter(version__attributes__contains=f"|{attribute}|")
    return entries.order_by("rule__number")


def rule_history(rule: Rule) -> "QuerySet[RuleVersion]":
    """Every version, newest first, each with the numbers of its `first_release` and `last_release`."""
    versions: QuerySet[RuleVersion] = (
        rule.versions.select_related("created_by")
        .annotate(first_release=Min("entries__release__number"), last_release=Max("entries__release__number"))
        .order_by("-version")
    )
    return versions
