"""Thresholds of confidence for the judgments of a run: tuned, shown, and kept in a configuration."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotation.charts import Series, curves
from inference.comparison_tables import MetricLine
from inference.enums import RunState
from inference.intervals import Metric, metrics_of
from inference.models import Run
from inference.selectors.runs import run_list
from inference.selectors.tuning import FEWEST, thresholds_of, tuned_on
from inference.services.thresholds import configuration_held, run_held
from inference.threshold_form import AskedForm, KeepForm, between_words, facets
from inference.tuning import FOLDS, Point, Tuned
from inference.views.runs import actor
from rules.engine.attributes import LevelClass

REFUSED = 422


@require_safe
def thresholds(request: HttpRequest, pk: int) -> HttpResponse:
    """What thresholds would do to a finished run."""
    run = finished(pk)
    return shown(request, run)


@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a configuration with thresholds; with `launch`, run it on the pairs and under the rules of the run."""
    run = finished(pk)
    form = KeepForm(request.POST)
    if not form.is_valid():
        return shown(request, run, form)
    said = {"by": actor(request), "name": form.cleaned_data["name"], "thresholds": form.thresholds}
    try:
        if "launch" in request.POST:
            return redirect("inference:run", run_held(run=run, **said).pk)
        made = configuration_held(config=run.config, **said)
        messages.success(request, _("The configuration %(name)s was made.") % {"name": made})
        return redirect("inference:configuration", made.pk)
    except ValidationError as error:
        form.add_error("name", error.messages)
        return shown(request, run, form)


def shown(request: HttpRequest, run: Run, form: KeepForm | None = None) -> HttpResponse:
    """The page, with a form that was refused."""
    asked = AskedForm(request.GET)
    goal, release = asked.goal_of(), asked.release_of(run)
    context: dict[str, Any] = {"run": run, "goal": goal, "facets": facets(run, goal, release), "folds": FOLDS}
    context |= {"already": thresholds_of(run), "fewest": FEWEST}
    tuned = tuned_on(run, goal, release)
    if not context["already"] and tuned.movable >= FEWEST:
        context |= figures(tuned) | {"tuned": tuned, "form": form or KeepForm(initial=KeepForm.of(tuned, run.config))}
    return render(request, "inference/thresholds.html", context, status=REFUSED if form else 200)


def figures(tuned: Tuned) -> dict[str, Any]:
    """What the thresholds are worth on judgments that they were not tuned on, and what each does alone."""
    metrics = metrics_of(tuned.outcomes)
    return {
        "chosen": [(name, tuned.chosen.of(name), between_words(tuned, name)) for name in LevelClass],
        "overall": [one for one in metrics if one.about is None],
        "classes": [
            MetricLine(name, tuple(one for one in metrics if one.about is name), support(tuned, name))
            for name in LevelClass
        ],
        "verdict": verdict(tuned, next(one for one in metrics if (one.name, one.about) == metric_of(tuned))),
        "curves": [(name, chart(name, points), points) for name, points in tuned.curves.items() if len(points) > 1],
    }


def verdict(tuned: Tuned, metric: Metric) -> str:
    """What can be said of thresholds, by the interval of what they change in what they are to be best at."""
    if metric.difference and metric.difference.low > 0:
        return _("Thresholds make these judgments better.")
    if not tuned.chosen:
        return _("On these pairs nothing is better than keeping every judgment.")
    if metric.difference and metric.difference.high < 0:
        return _("On pairs that they were not tuned on, thresholds make these judgments worse.")
    return _("No threshold is shown to make these judgments better.")


def metric_of(tuned: Tuned) -> tuple[str, LevelClass | None]:
    """The metric that thresholds are best at, as metrics are named."""
    name = tuned.goal.value
    return ("f1", LevelClass(name)) if name in set(LevelClass) else (name, None)


def support(tuned: Tuned, name: LevelClass) -> int:
    """The pairs labelled with a class."""
    return sum(n for (labelled, _was, _now), n in tuned.outcomes.items() if labelled is name)


def chart(name: LevelClass, points: tuple[Point, ...]) -> str:
    """Precision, recall and F1 of a class against its threshold."""
    place = list(LevelClass).index(name)
    series = [
        Series(_("Precision"), [point.precision.value if point.precision.whole else None for point in points]),
        Series(_("Recall"), [point.recall.value for point in points]),
        Series("F1", [point.f1s[place] for point in points]),
    ]
    words = _("Precision, recall and F1 of the class %(name)s by its threshold") % {"name": _(name.label)}
    return curves([f"{point.threshold:g}" for point in points], series, title=words, along=_("Threshold"))


def finished(pk: int) -> Run:
    """A run that has finished on a benchmark. Raises Http404 for another."""
    run = get_object_or_404(run_list().select_related("config__endpoint"), pk=pk)
    if run.state != RunState.FINISHED:
        raise Http404
    return run
