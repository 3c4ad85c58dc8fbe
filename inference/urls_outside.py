"""Addresses of the search outside, under `models/search/`."""

from django.urls import path

from inference.views import outside

urlpatterns = [
    path("", outside.outside, name="outside"),
    path("test/", outside.test, name="test_outside"),
    path("<int:pk>/", outside.answer, name="outside_answer"),
]
