"""Which rules made a judgment so, and what the changes of rules did between two runs: fragments that are pages too."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from annotation.models import Pair
from inference.attribution import Attribution, RulePart
from inference.enums import ComparisonState
from inference.models import Comparison, Judgment
from inference.selectors.attribution import RulesAtWork, rules_at_work, rules_at_work_now
from inference.selectors.flips import flips_by_rule
from inference.selectors.introductions import introductions
from inference.services.asking_otherwise import ask_under_other_rules
from inference.views.blind import waits_for_answer
from inference.views.preview import chosen_benchmark
from rules.engine.rule import EngineRule
from rules.selectors import current_release
from rules.views.roles import actor

JUDGMENTS = Judgment.objects.select_related(
    "run__release", "run__config__endpoint", "pair__query", "pair__product", "traced"
)
PAIRS = Pair.objects.select_related("query", "product").prefetch_related("product__images")
COMPARISONS = Comparison.objects.filter(state=ComparisonState.READY).select_related(
    "before__release", "before__config", "after__release", "after__config"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A recalled rule with its part in the level."""

    rule: EngineRule
    part: RulePart


@require_GET
@vary_on_headers("HX-Request")
def judgment_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Which rules made a stored judgment so."""
    one = get_object_or_404(JUDGMENTS, pk=pk)
    if instead := waits_for_answer(request, one.pair):
        return instead
    found = None if one.failure else rules_at_work(one)
    return render(request, fragment(request, "attribution"), {"judgment": one, "pair": one.pair, **laid_out(found)})


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the model that judged a pair about it under other sets of the rules."""
    one = get_object_or_404(JUDGMENTS, pk=pk)
    try:
        came = ask_under_other_rules(by=actor(request), judgment=one)
        text = ngettext("The model gave %(n)s reply.", "The model gave %(n)s replies.", came)
        messages.success(request, text % {"n": came})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("inference:judgment_rules", pk)


@require_GET
@vary_on_headers("HX-Request")
def pair_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Which rules make the level that the release in force gives a pair now."""
    one = get_object_or_404(PAIRS, pk=pk)
    if instead := waits_for_answer(request, one):
        return instead
    return render(request, fragment(request, "attribution"), {"pair": one, **laid_out(rules_at_work_now(one))})


@require_GET
@vary_on_headers("HX-Request")
def flips(request: HttpRequest, before: int, after: int) -> HttpResponse:
    """What the changes of rules did between two runs, a line a rule; nothing before the runs are compared."""
    comparison = COMPARISONS.filter(before__pk=before, after__pk=after).first()
    if comparison is None:
        return redirect("inference:compare", before, after)
    context = {"before": comparison.before, "after": comparison.after, "flips": flips_by_rule(comparison)}
    return render(request, fragment(request, "flips"), context)


@require_GET
def introduced(request: HttpRequest) -> HttpResponse:
    """What rules in force fixed and broke when they came: cells for the rule library, put where they belong."""
    release, benchmark = current_release(), chosen_benchmark(request.GET.get("benchmark", ""))
    numbers = [int(one) for one in request.GET.getlist("number")[:100] if one.isdecimal() and len(one) < 10]
    found = introductions(release=release, benchmark=benchmark, numbers=numbers) if release and benchmark else {}
    cells = [(number, found.get(number)) for number in numbers]
    return render(request, "inference/introduced.html", {"cells": cells})


def laid_out(found: RulesAtWork | None) -> dict[str, object]:
    """What the template needs of the rules at work; of a failed judgment there is nothing."""
    if found is None or found.attribution is None:
        return {"at_work": found, "lines": [], "held_lines": []}
    return {
        "at_work": found,
        "lines": lines(found.rules, found.attribution),
        "held_lines": lines(found.rules, found.held) if found.held else [],
    }


def lines(rules: tuple[EngineRule, ...], attribution: Attribution) -> list[Line]:
    """The rules with their parts, by number."""
    parts = {part.number: part for part in attribution.parts}
    return [Line(rule, parts[rule.number]) for rule in rules]


def fragment(request: HttpRequest, name: str) -> str:
    """The fragment for htmx, the page around it for everybody else."""
    page = f"inference/{name}.html"
    return f"{page}#{name}" if request.htmx else page  # type: ignore[attr-defined]
