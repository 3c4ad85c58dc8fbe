"""A pair with its trace: as one run judged it, or as the release in force judges it now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from annotation.models import Pair
from inference.models import Judgment, Run
from inference.pipeline.chain import Judged
from inference.pipeline.parameters import Parameters
from inference.pipeline.stages import Stage
from inference.selectors.cases import case_of
from inference.selectors.chains import chain_in_force
from inference.selectors.picture_pages import pictures_of_trace
from inference.traces import failure_text, view_trace
from inference.views.blind import waits_for_answer
from rules.selectors import current_release

PAIRS = Pair.objects.select_related("query", "product").prefetch_related("product__images")


@require_GET
def judgment(request: HttpRequest, pk: int) -> HttpResponse:
    """The level one run gave a pair, and why."""
    judgments = Judgment.objects.select_related(
        "run__release", "run__benchmark", "run__config", "pair__query", "pair__product", "traced"
    )
    one = get_object_or_404(judgments.prefetch_related("pair__product__images"), pk=pk)
    if instead := waits_for_answer(request, one.pair):
        return instead
    context = {
        "judgment": one,
        "pair": one.pair,
        "run": one.run,
        "release": one.run.release,
        "expected": one.expected,
        "level": one.level,
        "failure": failure_text(one.failure) if one.failure else "",
        "raw": one.trace.get("raw", "") if one.failure else "",
        "view": None if one.failure else view_trace(one.trace, stages_off(one.run)),
        "pictures": pictures_of_trace((one.trace.get("check") or {}).get("pictures", ())),
        "key": one.key,
        "milliseconds": one.milliseconds,
        "reused": one.reused,
    }
    return render(request, "inference/pair.html", context)


@require_GET
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """The level the release in force gives a pair now; nothing is stored."""
    one = get_object_or_404(PAIRS, pk=pk)
    if instead := waits_for_answer(request, one):
        return instead
    labels = list(one.memberships.select_related("label", "benchmark"))
    stored = one.judgments.filter(run__ablation=None).select_related("run__release", "run__benchmark")
    context = {
        "pair": one,
        "release": current_release(),
        "expected": next((member.label.level for member in labels), ""),
        "memberships": labels,
        "may_hold": request.user.has_perm("annotation.set_must_hold"),
        "judgments": stored.order_by("-pk")[:10],
        **answered(chain_in_force().judge(case_of(one))),
    }
    return render(request, "inference/pair.html", context)


def stages_off(run: Run) -> frozenset[Stage]:
    """The stages that a run's configuration switched off."""
    return Parameters.from_json(run.config.parameters).switched_off


def answered(judged: Judged) -> dict[str, object]:
    """A judgment just made, as the pair page and the try-it page show it."""
    trace = judged.trace.to_json() if judged.trace else None
    return {
        "level": judged.trace.level if judged.trace else "",
        "failure": failure_text(judged.failure.kind) if judged.failure else "",
        "view": view_trace(trace) if trace else None,
        "pictures": pictures_of_trace(trace["check"]["pictures"]) if trace else (),
        "key": judged.key,
        "milliseconds": judged.milliseconds,
    }
