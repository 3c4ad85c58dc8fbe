"""The judgments of a run that a smaller model can learn from."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from annotation.selectors.blind import hidden_pairs, is_blind, without_hidden
from inference.distillation_files import CONTENT_TYPE, json_lines
from inference.distillation_form import LimitsForm
from inference.enums import Engine, RunState
from inference.models import Judgment, Run
from inference.selectors.distillation import fit, sieve
from inference.selectors.runs import run_list
from inference.views.runs import actor
from rules.services.permissions import require

EXPORT = "inference.export_examples"
JUDGMENTS_A_PAGE = 50


@require_GET
def distillation(request: HttpRequest, pk: int) -> HttpResponse:
    """What each condition leaves of the judgments of a run, and those that meet all of them."""
    run, form = judged_by_model(pk), LimitsForm(request.GET)
    fitting = without_hidden(fit(Judgment.objects.filter(run=run), form.limits), request.user)
    found = fitting.select_related("pair__query", "pair__product")
    counted = sieve(run, form.limits)
    pages = Paginator(found.order_by("pair_id"), JUDGMENTS_A_PAGE)
    if not is_blind(request.user):
        pages.count = counted.fit  # so that they are not counted again
    context = {
        "run": run,
        "form": form,
        "limits": form.limits,
        "sieve": counted,
        "page": pages.get_page(request.GET.get("page")),
    }
    return render(request, "inference/distillation.html", context)


@require_GET
def export(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The examples as a file, written as they are read."""
    require(actor(request), EXPORT)
    run, limits = judged_by_model(pk), LimitsForm(request.GET).limits
    if hidden_pairs(request.user, pairs_in(run)):
        raise PermissionDenied(_("This file has levels of pairs that you may yet be asked to label."))
    response = StreamingHttpResponse(json_lines(run, limits), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="examples-{run.pk}.jsonl"'
    return response


def pairs_in(run: Run) -> Iterable[int]:
    """The pairs that a run judged."""
    return Judgment.objects.filter(run=run).order_by().values_list("pair_id", flat=True)


def judged_by_model(pk: int) -> Run:
    """A run that has finished, and in which a model gave the levels; of any other there is nothing to learn."""
    run = get_object_or_404(run_list().select_related("config__endpoint"), pk=pk, state=RunState.FINISHED)
    if run.config.engine != Engine.LLM:
        raise Http404
    return run
