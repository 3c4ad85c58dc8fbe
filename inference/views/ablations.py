"""Ablations: the list, one with its table as it grows, launching and cancelling."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from annotation.charts import Series, bars
from inference.enums import RunState
from inference.models import Ablation
from inference.selectors.ablations import StepRow, ablation_list, table_of, tables_of
from inference.services.ablations import AblationUnderWayError, cancel_ablation, launch_ablation
from inference.views.launching import cancelled, launched
from inference.views.runs import STOP_POLLING, actor

ABLATIONS_A_PAGE = 20


@require_GET
def ablations(request: HttpRequest) -> HttpResponse:
    """Every ablation, newest first."""
    page = Paginator(ablation_list(), ABLATIONS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "inference/ablations.html", {"page": page, "tables": tables_of(page.object_list)})


@require_POST
def launch(request: HttpRequest) -> HttpResponse:
    """Launch an ablation and go to it."""

    def go(chosen: dict[str, Any]) -> HttpResponse:
        try:
            made = launch_ablation(by=actor(request), release=chosen["release"], benchmark=chosen["benchmark"])
        except AblationUnderWayError as error:
            messages.info(request, " ".join(error.messages))
            made = error.ablation
        return redirect("inference:ablation", made.pk)

    return launched(request, go)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel what is left of an ablation and go back to it."""
    found = get_object_or_404(Ablation, pk=pk)
    return cancelled(request, lambda: cancel_ablation(by=actor(request), ablation=found), "inference:ablation", pk)


@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def ablation(request: HttpRequest, pk: int) -> HttpResponse:
    """The table of one ablation; as long as it is under way htmx asks for it again."""
    table = table_of(get_object_or_404(ablation_list(), pk=pk))
    polled = request.headers.get("HX-Target") == "table"
    if polled and table.state != RunState.RUNNING:
        return HttpResponse(status=STOP_POLLING, headers={"HX-Refresh": "true"})
    context = {"ablation": table.ablation, "table": table, "chart": chart(table.rows), "useless": useless(table.rows)}
    return render(request, "inference/ablation.html#table" if polled else "inference/ablation.html", context)


def chart(rows: Sequence[StepRow]) -> str:
    """Accuracy on all and on the hard pairs over the steps known; nothing for fewer than two."""
    known = [(one.row.stage, one.row.figures) for one in rows if one.row.figures]
    if len(known) < 2:
        return ""
    labels = [_(stage.label) if stage else _("texts alone") for stage, _figures in known]
    series = [
        Series(_("Accuracy"), [figures.scores.accuracy for _stage, figures in known]),
        Series(_("Accuracy, hard pairs"), [figures.hard.accuracy for _stage, figures in known]),
    ]
    return bars(labels, series, title=_("What every stage adds to those before it"))


def useless(rows: Sequence[StepRow]) -> list[str]:
    """The stages that neither add to those before them nor are missed when they alone are off."""
    return [_(one.row.stage.label) for one in rows if one.row.stage and one.row.idle]
