"""Addresses of the models side by side."""

from django.urls import path

from inference.views import model_table

urlpatterns = [
    path("", model_table.model_table, name="model_table"),
    path("models.csv", model_table.export, name="export_model_table"),
]
