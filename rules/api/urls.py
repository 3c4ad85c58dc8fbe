"""Addresses of the API."""

from django.urls import path

from rules.api import analysis, audit, changes, notifications, policy, problems, proposals, releases, reviews, rules

app_name = "api"

urlpatterns = [
    path("rules/", rules.rules, name="rules"),
    path("rules/<int:number>/", rules.rule, name="rule"),
    path("rules/<int:number>/versions/", rules.versions, name="versions"),
    path("releases/", releases.releases, name="releases"),
    path("releases/current/", releases.current, name="current"),
    path("releases/as-of/", releases.as_of, name="as_of"),
    path("releases/<int:number>/", releases.release, name="release"),
    path("releases/<int:number>/compare/<int:other>/", releases.compare, name="compare"),
    path("releases/<int:number>/export/", releases.export, name="export"),
    path("releases/<int:number>/restore/", releases.restore, name="restore"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/import/", proposals.imported, name="import"),
    path("proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("proposals/<int:pk>/changes/", changes.changes, name="changes"),
    path("proposals/<int:pk>/changes/<int:change_pk>/", changes.change, name="change"),
    path("proposals/<int:pk>/ask-for-review/", reviews.ask_for_review, name="ask_for_review"),
    path("proposals/<int:pk>/take-back/", reviews.take_back, name="take_back"),
    path("proposals/<int:pk>/approve/", reviews.approve, name="approve"),
    path("proposals/<int:pk>/ask-for-changes/", reviews.ask_for_changes, name="ask_for_changes"),
    path("proposals/<int:pk>/comment/", reviews.comment, name="comment"),
    path("proposals/<int:pk>/checks/<slug:name>/", reviews.report, name="report"),
    path("proposals/<int:pk>/checks/<slug:name>/override/", reviews.override, name="override"),
    path("proposals/<int:pk>/schedule/", proposals.schedule, name="schedule"),
    path("proposals/<int:pk>/rebase/", proposals.rebase, name="rebase"),
    path("proposals/<int:pk>/publish/", reviews.publish, name="publish"),
    path("proposals/<int:pk>/withdraw/", proposals.withdraw, name="withdraw"),
    path("analysis/", analysis.analysis, name="analysis"),
    path("analysis/<slug:kind>/", analysis.findings, name="findings"),
    path("policy/", policy.policy, name="policy"),
    path("audit/", audit.events, name="audit"),
    path("audit/export/", audit.export, name="audit_export"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/read/", notifications.read_all, name="notifications_read"),
    path("notifications/settings/", notifications.notification_settings, name="notification_settings"),
    path("notifications/<int:pk>/read/", notifications.read, name="notification_read"),
    path("<path:rest>", problems.nowhere, name="nowhere"),
]
