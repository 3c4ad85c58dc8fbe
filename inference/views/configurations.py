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
from inference.selectors.model_judges import performed_with
from inference.selectors.runs import run_list, summaries
from inference.services.configurations import change_configuration, create_configuration
from inference.stages_form import StagesForm
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
    like = named_like(request)
    forms = Forms(request, start(like), StagesForm.of(like))
    if forms.valid():
        try:
            made = create_configuration(by=actor(request), **forms.said())
        except ValidationError as error:
            forms.refuse(error)
        else:
            return redirect("inference:configuration", made.pk)
    return render(request, "inference/configuration_form.html", forms.context, status=forms.status)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Alter a configuration that no run used yet."""
    require(actor(request), "inference.change_pipelineconfig")
    config = get_object_or_404(PipelineConfig, pk=pk)
    forms = Forms(request, ConfigurationForm.of(config, config.name), StagesForm.of(config))
    if forms.valid():
        try:
            change_configuration(by=actor(request), config=config, **forms.said())
        except ValidationError as error:
            forms.refuse(error)
        else:
            return redirect("inference:configuration", config.pk)
    return render(
        request, "inference/configuration_form.html", {**forms.context, "config": config}, status=forms.status
    )


@require_GET
def configuration(request: HttpRequest, pk: int) -> HttpResponse:
    """One configuration and the runs made with it."""
    config = get_object_or_404(configurations_counted(), pk=pk)
    page = Paginator(run_list().filter(config=config), RUNS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "row": configuration_rows([config])[0],
        "performed": performed_with(config),
        "page": page,
        "summaries": summaries(page.object_list),
    }
    return render(request, "inference/configuration.html", context)


def named_like(request: HttpRequest) -> PipelineConfig | None:
    """The configuration that a new one begins as."""
    like = request.GET.get("like", "")[:18]
    return PipelineConfig.objects.filter(pk=int(like)).first() if like.isascii() and like.isdecimal() else None


def start(known: PipelineConfig | None) -> dict[str, Any]:
    """What the form of a new configuration begins with."""
    if known is None:
        return ConfigurationForm.values_of(Parameters())
    name = _("%(name)s, altered") % {"name": known}
    return ConfigurationForm.of(known, name[:80])


class Forms:
    """The two forms of a configuration's page: its own, and that of the stages that models perform."""

    def __init__(self, request: HttpRequest, initial: dict[str, Any], stages: dict[str, Any]) -> None:
        self.posted = request.method == "POST"
        self.own = ConfigurationForm(request.POST) if self.posted else ConfigurationForm(initial=initial)
        self.stages = StagesForm(request.POST) if self.posted else StagesForm(initial=stages)

    def valid(self) -> bool:
        """Whether something was posted that both forms can read."""
        return self.posted and all([self.own.is_valid(), self.stages.is_valid()])

    def said(self) -> dict[str, Any]:
        """What valid forms say, as the services take it."""
        return {
            "name": self.own.cleaned_data["name"],
            "parameters": self.own.parameters,
            "canaries": self.own.cleaned_data["canaries"],
            "model": self.own.model,
            "stages": self.stages.stages,
        }

    def refuse(self, error: ValidationError) -> None:
        """Say what a service refused at the field it is about, or at the name."""
        if not hasattr(error, "error_dict"):
            self.own.add_error("name", error)
        elif set(error.error_dict) <= set(self.stages.fields):
            self.stages.add_error(None, error)
        else:
            self.own.add_error(None, error)

    @property
    def context(self) -> dict[str, Any]:
        """What the template shows."""
        return {"form": self.own, "stages": self.stages}

    @property
    def status(self) -> int:
        """The status of the page."""
        return REFUSED if self.posted else 200
