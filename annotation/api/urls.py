"""Addresses of the API of bad cases, of labelling and of benchmark releases."""

from django.urls import path

from annotation.api import cases, labelling, releases

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
    path("benchmarks/<slug:slug>/label/next/", labelling.take_next, name="take_next"),
    path("benchmarks/<slug:slug>/label/back/", labelling.go_back, name="go_back"),
    path("benchmarks/<slug:slug>/queue/", labelling.queue, name="queue"),
    path("benchmarks/<slug:slug>/votes/", labelling.votes, name="votes"),
    path("benchmarks/<slug:slug>/releases/", releases.releases, name="releases"),
    path("benchmarks/<slug:slug>/releases/<int:number>/", releases.release, name="release"),
    path("benchmarks/<slug:slug>/releases/<int:number>/compare/<int:other>/", releases.compare, name="compare"),
    path("benchmarks/<slug:slug>/releases/<int:number>/verify/", releases.verification, name="verify"),
    path("benchmarks/<slug:slug>/releases/<int:number>/<str:kind>/", releases.export, name="export"),
    path("assignments/<int:pk>/label/", labelling.label, name="label"),
    path("assignments/<int:pk>/keep/", labelling.keep, name="keep"),
    path("assignments/<int:pk>/skip/", labelling.skip, name="skip"),
    path("assignments/<int:pk>/flag/", labelling.flag, name="flag"),
]
