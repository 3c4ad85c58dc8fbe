"""The list of imports with the upload form, and the page of one import."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from annotation import selectors
from annotation.case_rows import CASE_COLUMNS
from annotation.forms import UploadForm
from annotation.rows import PAIR_COLUMNS, PRODUCT_COLUMNS
from annotation.services.import_jobs import PERMISSION, start_import
from annotation.tasks import run_import_task

PAGE_SIZE = 50
STOP_POLLING = 286


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Every import; a POST uploads a file and starts one."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return started(request, form)
        except ValidationError as error:
            form.add_error("file", error)
    page = Paginator(selectors.imports_newest_first(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "may_import": request.user.has_perm(PERMISSION),
        "product_columns": ", ".join(PRODUCT_COLUMNS.known),
        "pair_columns": ", ".join(PAIR_COLUMNS.known),
        "case_columns": ", ".join(CASE_COLUMNS.known),
    }
    return render(request, "annotation/imports.html", context, status=422 if form.errors else 200)


def started(request: HttpRequest, form: UploadForm) -> HttpResponse:
    """Start the import that a valid form asks for, and go to its page."""
    job = start_import(
        by=request.user,
        kind=form.cleaned_data["kind"],
        upload=form.cleaned_data["file"],
        benchmark=form.cleaned_data["benchmark"],
        to_label=form.cleaned_data["to_label"],
    )
    run_import_task.delay_on_commit(job.pk)
    messages.success(request, _("The file was uploaded."))
    return redirect("annotation:import", job.pk)


@require_safe
@vary_on_headers("HX-Request")
def import_job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import is and which rows were not taken. htmx asks for this every second until it is over."""
    job = get_object_or_404(selectors.imports_newest_first(), pk=pk)
    page = Paginator(selectors.problems_of(job), PAGE_SIZE).get_page(request.GET.get("page"))
    htmx = request.htmx  # type: ignore[attr-defined]
    partial = htmx and not htmx.history_restore_request
    template = "annotation/import.html" + ("#state" if partial else "")
    return render(
        request, template, {"job": job, "page": page}, status=STOP_POLLING if partial and job.is_over else 200
    )
