"""Addresses of what a smaller model can learn from a run."""

from django.urls import path

from inference.views import distillation

urlpatterns = [
    path("", distillation.distillation, name="distillation"),
    path("examples.jsonl", distillation.export, name="export_examples"),
]
