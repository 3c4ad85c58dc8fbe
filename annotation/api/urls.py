"""Addresses of the API of bad cases."""

from django.urls import path

from annotation.api import cases

app_name = "cases_api"

urlpatterns = [
    path("cases/", cases.cases, name="cases"),
    path("cases/reports/", cases.reports, name="reports"),
    path("cases/clusters/", cases.clusters, name="clusters"),
    path("cases/triage/", cases.sort, name="triage"),
    path("cases/merge/", cases.merge, name="merge"),
    path("cases/decline/", cases.decline, name="decline"),
    path("cases/reopen/", cases.reopen, name="reopen"),
    path("cases/link/", cases.link, name="link"),
    path("cases/unlink/", cases.unlink, name="unlink"),
    path("cases/fix/", cases.fix, name="fix"),
    path("cases/undo/", cases.undo, name="undo"),
    path("cases/<int:pk>/", cases.case, name="case"),
]
