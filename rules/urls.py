"""Addresses of this app."""

from django.urls import path

from rules.views import audit, drafting, editor, library, proposals, releases

app_name = "rules"

urlpatterns = [
    path("rules/", library.library, name="library"),
    path("rules/new/", drafting.new, name="new"),
    path("rules/<int:number>/", library.rule, name="rule"),
    path("rules/<int:number>/edit/", drafting.edit, name="edit"),
    path("rules/<int:number>/retire/", drafting.retire, name="retire"),
    path("rules/<int:number>/versions/<int:version>/restore/", drafting.restore, name="restore"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("proposals/<int:pk>/describe/", proposals.describe, name="describe"),
    path("proposals/<int:pk>/rebase/", proposals.rebase, name="rebase"),
    path("proposals/<int:pk>/publish/", proposals.publish, name="publish"),
    path("proposals/<int:pk>/withdraw/", proposals.withdraw, name="withdraw"),
    path("proposals/<int:pk>/changes/<int:change_pk>/", editor.change, name="change"),
    path("proposals/<int:pk>/changes/<int:change_pk>/discard/", drafting.discard, name="discard"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:number>/", releases.release, name="release"),
    path("audit/", audit.audit, name="audit"),
]
