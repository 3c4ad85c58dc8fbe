"""Addresses about bad cases."""

from django.urls import path

from inference.views import case_drafting, case_traces

urlpatterns = [
    path("pairs/<int:pk>/trace/", case_traces.case_trace, name="case_trace"),
    path("bad-cases/<int:pk>/draft-rule/", case_drafting.draft_rule, name="draft_rule"),
    path("preview/cases/", case_drafting.edit_case_effects, name="edit_case_effects"),
    path("proposals/<int:pk>/case-effects/", case_drafting.proposal_case_effects, name="case_effects"),
]
