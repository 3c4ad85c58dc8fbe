"""Addresses of bad cases."""

from django.urls import path

from annotation.views import case_actions, case_reports, case_watch, cases

urlpatterns = [
    path("", cases.cases, name="cases"),
    path("<int:pk>/", cases.case, name="case"),
    path("act/", case_actions.act, name="act_on_cases"),
    path("report/", case_reports.report, name="report_case"),
    path("clusters/", case_watch.clusters, name="case_clusters"),
    path("watch/", case_watch.watch, name="case_watch"),
    path("watch/week/", case_watch.week, name="case_week"),
    path("views/", case_reports.keep_view, name="keep_case_view"),
    path("views/<int:pk>/forget/", case_reports.forget_view, name="forget_case_view"),
]
