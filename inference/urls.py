"""Addresses of this app."""

from django.urls import include, path

from inference.views import (
    ablations,
    checks,
    compare,
    configurations,
    gate,
    pairs,
    pictures,
    preview,
    release_runs,
    replays,
    runs,
    tryit,
)

app_name = "inference"

urlpatterns = [
    path("runs/", runs.runs, name="runs"),
    path("runs/launch/", runs.launch, name="launch"),
    path("runs/ablations/", ablations.ablations, name="ablations"),
    path("runs/ablations/launch/", ablations.launch, name="launch_ablation"),
    path("runs/ablations/<int:pk>/", ablations.ablation, name="ablation"),
    path("runs/ablations/<int:pk>/cancel/", ablations.cancel, name="cancel_ablation"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/of-release/<int:number>/", release_runs.release_runs, name="release_runs"),
    path("runs/<int:pk>/cancel/", runs.cancel, name="cancel"),
    path("runs/<int:pk>/compare/", compare.compare_with, name="compare_with"),
    path("runs/<int:before>/compare/<int:after>/", compare.compare, name="compare"),
    path("runs/<int:before>/compare/<int:after>/make/", compare.make, name="make_comparison"),
    path("runs/<int:before>/compare/<int:after>/rows.<slug:kind>", compare.export, name="export_comparison"),
    path("models/", configurations.configurations, name="configurations"),
    path("models/endpoints/", include("inference.urls_endpoints")),
    path("models/new/", configurations.new, name="new_configuration"),
    path("models/<int:pk>/", configurations.configuration, name="configuration"),
    path("models/<int:pk>/change/", configurations.change, name="change_configuration"),
    path("knowledge/documents/", include("inference.urls_documents")),
    path("knowledge/", include("inference.urls_knowledge")),
    path("judgments/<int:pk>/", pairs.judgment, name="judgment"),
    path("judgments/<int:pk>/replay/", replays.replay_judgment, name="replay"),
    path("pairs/<int:pk>/", pairs.pair, name="pair"),
    path("products/<int:pk>/pictures/", pictures.pictures, name="pictures"),
    path("products/<int:pk>/pictures/read/", pictures.read_pictures, name="read_pictures"),
    path("try/", tryit.tryit, name="try"),
    path("preview/", preview.preview, name="preview"),
    path("proposals/gate/", gate.gate, name="gate"),
    path("proposals/<int:pk>/effects/", preview.proposal_effects, name="proposal_effects"),
    path("proposals/<int:pk>/shadow/", include("inference.urls_shadow")),
    path("proposals/<int:pk>/checks/run/", checks.run_checks, name="run_checks"),
    path("proposals/<int:pk>/checks/<slug:name>/", checks.check, name="check"),
    path("", include("inference.urls_attribution")),
    path("", include("inference.urls_cases")),
    path("rules/counts/", preview.rule_counts, name="rule_counts"),
    path("rules/<int:number>/effects/", preview.rule_effects, name="rule_effects"),
]
