"""How far the people who label a benchmark agree, with each other and with models."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotation.agreement import Agreement, Between, Figure, OneValue
from annotation.category_names import category_name
from annotation.models import Benchmark
from annotation.selectors.agreement import MODEL, agreement_figures, person_in, rater_of
from annotation.services.watching import PERMISSION
from rules.engine.attributes import Level, LevelClass

MOST_PAIRS = 200
"""Rows of a table of two; those with most pairs in common come first."""
LEAST = 10
"""Of fewer pairs or ratings an interval says no more than that everything is possible."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of figures under a name."""

    name: str
    figures: tuple[Figure, ...]
    items: int

    @property
    def is_few(self) -> bool:
        """Whether there are too few to say how sure the figures are."""
        return self.items < LEAST


@dataclass(frozen=True, slots=True)
class TwoShown:
    """Two who rated the same pairs, by their names."""

    one: str
    other: str
    between: Between[str]

    @property
    def is_few(self) -> bool:
        """Whether they have too few pairs in common to say how sure the figures are."""
        return self.between.items < LEAST


@require_safe
def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    """The figures as they are now. Names are for those who lead; everybody sees their own."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    found = agreement_figures(benchmark)
    may_lead = request.user.has_perm(PERMISSION)
    mine = "" if may_lead else rater_of(request.user.pk or 0)
    context = {
        "benchmark": benchmark,
        "found": found,
        "least": LEAST,
        "is_few": found.overall.items < LEAST,
        "headline": [
            (_("Cohen"), found.cohen.kappa),
            (_("Cohen, quadratic weights"), found.cohen.quadratic),
            (_("Fleiss"), found.overall.fleiss),
            (_("Krippendorff, ordered levels"), found.overall.alpha),
        ],
        "levels": by_value(found.overall, {one.value: one.label for one in Level}),
        "classes": by_value(found.classes, {one.value: one.label for one in LevelClass}),
        "categories": [
            Row(category_name(name), (one.percent, one.fleiss, one.alpha), one.items)
            for name, one in sorted(found.categories.items(), key=lambda pair: (-pair[1].items, pair[0]))
        ],
        "people": two_shown(found.people, mine),
        "models": two_shown(found.models, mine),
        "may_lead": may_lead,
    }
    return render(request, "annotation/agreement.html", context)


def by_value(found: Agreement, names: dict[str, str]) -> list[Row]:
    """Agreement on each level or class against the rest, the highest first."""
    said: list[tuple[str, OneValue]] = [
        (name, found.values[value]) for value, name in names.items() if value in found.values
    ]
    return [Row(_(name), (one.percent, one.fleiss, one.alpha), one.ratings) for name, one in said]


def two_shown(pairs: tuple[Between[str], ...], mine: str) -> list[TwoShown]:
    """Those with pairs in common, most of them first; only one's own rows where `mine` names one, others unnamed."""
    seen = [one for one in pairs if one.items and (not mine or mine in (one.one, one.other))]
    seen = sorted(seen, key=lambda one: -one.items)[:MOST_PAIRS]
    names = names_of({rater for one in seen for rater in (one.one, one.other)}, mine)
    turned = [(one.other, one.one) if one.other == mine else (one.one, one.other) for one in seen]
    return [TwoShown(names[first], names[second], one) for (first, second), one in zip(turned, seen, strict=True)]


def names_of(raters: set[str], mine: str) -> dict[str, str]:
    """How each one is called: models by their source, people by name, or as somebody else for who does not lead."""
    people = {rater: person for rater in raters if (person := person_in(rater)) is not None}
    models = {rater: rater.removeprefix(MODEL) for rater in raters - people.keys()}
    if mine:
        return models | dict.fromkeys(people, _("somebody else")) | {mine: _("You")}
    known = {one.pk: one.get_full_name() or one.get_username() for one in User.objects.filter(pk__in=people.values())}
    return models | {rater: known.get(person, "") for rater, person in people.items()}
