"""Addresses of proposals that shadow the release in force."""

from django.urls import path

from inference.views import shadows

urlpatterns = [
    path("", shadows.shadow, name="shadow"),
    path("start/", shadows.start, name="start_shadow"),
    path("stop/", shadows.stop, name="stop_shadow"),
]
