"""Served models: the list, one with its tests, adding, changing, trying and retiring them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inference.endpoint_form import EndpointForm
from inference.engines.protocol import NO_SECRET
from inference.models import ModelEndpoint
from inference.selectors.endpoints import (
    configurations_asking,
    endpoint_list,
    endpoint_rows,
    recent_replies,
    tests_of,
)
from inference.services.endpoints import add_endpoint, change_endpoint, retire_endpoint, try_endpoint
from inference.views.runs import actor
from rules.services.permissions import require
from rules.views.refusals import said_on

ENDPOINTS_A_PAGE = 20
TESTS_A_PAGE = 10
REFUSED = 422


@require_GET
def endpoints(request: HttpRequest) -> HttpResponse:
    """The endpoints in use, or with `retired` those that are not any more."""
    retired = request.GET.get("retired") == "1"
    page = Paginator(endpoint_list(retired=retired), ENDPOINTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": endpoint_rows(page.object_list), "retired": retired}
    return render(request, "inference/endpoints.html", context)


@require_GET
def endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """One endpoint, how it did of late, and its tests."""
    found = get_object_or_404(ModelEndpoint.objects.select_related("created_by"), pk=pk)
    page = Paginator(tests_of(found), TESTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "endpoint": found,
        "page": page,
        "newest": tests_of(found).first(),
        "recent": recent_replies(found),
        "asking": configurations_asking(found),
    }
    return render(request, "inference/endpoint.html", context)


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add an endpoint. Who may not is told before anything is filled in."""
    require(actor(request), "inference.add_modelendpoint")
    form = EndpointForm(request.POST) if request.method == "POST" else EndpointForm()
    if request.method == "POST" and form.is_valid():
        try:
            added = add_endpoint(by=actor(request), said=form.said, secret=form.token or NO_SECRET)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("inference:endpoint", added.pk)
    status = REFUSED if form.errors else 200
    return render(request, "inference/endpoint_form.html", {"form": form}, status=status)


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Say otherwise of an endpoint."""
    require(actor(request), "inference.change_modelendpoint")
    found = get_object_or_404(ModelEndpoint, pk=pk)
    form = (
        EndpointForm(request.POST) if request.method == "POST" else EndpointForm(initial=EndpointForm.values_of(found))
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_endpoint(by=actor(request), endpoint=found, said=form.said, secret=form.token)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("inference:endpoint", found.pk)
    status = REFUSED if form.errors else 200
    return render(request, "inference/endpoint_form.html", {"form": form, "endpoint": found}, status=status)


@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the server for its models and for one reply, and show what came."""
    found = get_object_or_404(ModelEndpoint, pk=pk)
    with said_on(request):
        try_endpoint(by=actor(request), endpoint=found)
    return redirect("inference:endpoint", found.pk)


@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask nothing of an endpoint any more."""
    found = get_object_or_404(ModelEndpoint, pk=pk)
    with said_on(request):
        retire_endpoint(by=actor(request), endpoint=found)
        messages.success(request, _("Nothing is asked of it any more, and its token is forgotten."))
    return redirect("inference:endpoint", found.pk)
