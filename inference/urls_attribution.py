"""Addresses of what rules had a part in."""

from django.urls import path

from inference.views import attribution

urlpatterns = [
    path("judgments/<int:pk>/rules/", attribution.judgment_rules, name="judgment_rules"),
    path("judgments/<int:pk>/rules/ask/", attribution.ask, name="ask_without_rules"),
    path("pairs/<int:pk>/rules/", attribution.pair_rules, name="pair_rules"),
    path("runs/<int:before>/compare/<int:after>/rules/", attribution.flips, name="flips"),
    path("rules/introduced/", attribution.introduced, name="introduced"),
]
