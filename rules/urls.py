"""Addresses of this app."""

from django.urls import path

from rules.views import (
    audit,
    drafting,
    editor,
    library,
    notifications,
    policy,
    proposal,
    proposals,
    releases,
    reviews,
    steps,
)

app_name = "rules"

urlpatterns = [
    path("rules/", library.library, name="library"),
    path("rules/new/", drafting.new, name="new"),
    path("rules/<int:number>/", library.rule, name="rule"),
    path("rules/<int:number>/edit/", drafting.edit, name="edit"),
    path("rules/<int:number>/retire/", drafting.retire, name="retire"),
    path("rules/<int:number>/versions/<int:version>/restore/", drafting.restore, name="restore"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<int:pk>/", proposal.proposal, name="proposal"),
    path("proposals/<int:pk>/describe/", steps.describe, name="describe"),
    path("proposals/<int:pk>/ask-for-review/", steps.ask_for_review, name="ask_for_review"),
    path("proposals/<int:pk>/take-back/", steps.take_back, name="take_back"),
    path("proposals/<int:pk>/rebase/", steps.rebase, name="rebase"),
    path("proposals/<int:pk>/schedule/", steps.schedule, name="schedule"),
    path("proposals/<int:pk>/publish/", steps.publish, name="publish"),
    path("proposals/<int:pk>/withdraw/", steps.withdraw, name="withdraw"),
    path("proposals/<int:pk>/review/", reviews.review, name="review"),
    path("proposals/<int:pk>/checks/<slug:name>/override/", reviews.override, name="override"),
    path("proposals/<int:pk>/rules/", drafting.add_to, name="add_to"),
    path("proposals/<int:pk>/changes/<int:change_pk>/", editor.change, name="change"),
    path("proposals/<int:pk>/changes/<int:change_pk>/discard/", drafting.discard, name="discard"),
    path("policy/", policy.policy, name="policy"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:number>/", releases.release, name="release"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export/<str:kind>/", audit.export, name="audit_export"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/read/", notifications.read_all, name="notifications_read"),
    path("notifications/settings/", notifications.notification_settings, name="notification_settings"),
    path("notifications/<int:pk>/open/", notifications.open_notification, name="notification_open"),
    path("notifications/<int:pk>/read/", notifications.read_notification, name="notification_read"),
]
