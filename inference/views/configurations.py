"""Pipeline configurations: the list, one with the runs made with it, making and altering them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from inference.forms import ConfigurationForm
from inference.models import PipelineConfig
from inference.pipeline.parameters import Parameters
from inference.selectors.configurations import configuration_list, configuration_rows, configurations_counted
from inference.selectors.runs import run_list, summaries
from inference.services.configurations import change_configuration, create_configuration
from inference.views.runs import actor
from rules.services.permissions import require

CONFIGURATIONS_A_PAGE = 20
RUNS_A_PAGE = 20
REFUSED = 422
"""The status of a form that is shown again with what is wrong."""


@require_GET
def configurations(request: HttpRequest) -> HttpResponse:
    """The configurations that people chose, or with `steps` those of ablations."""
    steps = request.GET.get("steps") == "1"
    page = Paginator(configuration_list(steps=steps), CONFIGURATIONS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": configuration_rows(page.object_list), "steps": steps}
    return render(request, "inference/configurations.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a configuration; `like` names one to start from. Who may not is told before anything is filled in."""
    require(actor(request), "inference.add_pipelineconfig")
    if request.method == "GET":
        return render(request, "inference/configuration_form.html", {"form": ConfigurationForm(initial=start(request))})
    form = ConfigurationForm(request.POST)
    if form.is_valid():
        try:
            made = create_configuration(by=actor(request), **said_in(form))
        except ValidationError as error:
            show_error(form, error)
        else:
            return redirect("inference:configuration", made.pk)
    return render(request, "inference/configuration_form.html", {"form": form}, status=REFUSED)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Alter a configuration that no run used yet."""
    require(actor(request), "inference.change_pipelineconfig")
    config = get_object_or_404(PipelineConfig, pk=pk)
    initial = ConfigurationForm.of(config, config.name)
    form = ConfigurationForm(request.POST) if request.method == "POST" else ConfigurationForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_configuration(by=actor(request), config=config, **said_in(form))
        except ValidationError as error:
            show_error(form, error)
        else:
            return redirect("inference:configuration", config.pk)
    status = REFUSED if request.method == "POST" else 200
    return render(request, "inference/configuration_form.html", {"form": form, "config": config}, status=status)


@require_GET
def configuration(request: HttpRequest, pk: int) -> HttpResponse:
    """One configuration and the runs made with it."""
    config = get_object_or_404(configurations_counted(), pk=pk)
    page = Paginator(run_list().filter(config=config), RUNS_A_PAGE).get_page(request.GET.get("page"))
    context = {"row": configuration_rows([config])[0], "page": page, "summaries": summaries(page.object_list)}
    return render(request, "inference/configuration.html", context)


def start(request: HttpRequest) -> dict[str, object]:
    """What the form of a new configuration begins with."""
    like = request.GET.get("like", "")[:18]
    known = PipelineConfig.objects.filter(pk=int(like)).first() if like.isascii() and like.isdecimal() else None
    if known is None:
        return ConfigurationForm.values_of(Parameters())
    name = _("%(name)s, altered") % {"name": known}
    return ConfigurationForm.of(known, name[:80])


def said_in(form: ConfigurationForm) -> dict[str, Any]:
    """What a valid form says, as the services take it."""
    return {
        "name": form.cleaned_data["name"],
        "parameters": form.parameters,
        "canaries": form.cleaned_data["canaries"],
        "model": form.model,
    }


def show_error(form: ConfigurationForm, error: ValidationError) -> None:
    """Say what a service refused at the field it is about, or at the name."""
    if hasattr(error, "error_dict"):
        form.add_error(None, error)
    else:
        form.add_error("name", error)
