"""Addresses of thresholds of confidence, under `runs/<pk>/thresholds/`."""

from django.urls import path

from inference.views import thresholds

urlpatterns = [
    path("", thresholds.thresholds, name="thresholds"),
    path("keep/", thresholds.keep, name="keep_thresholds"),
]
