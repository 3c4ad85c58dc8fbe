"""Addresses of served models, under `models/endpoints/`."""

from django.urls import path

from inference.views import endpoints

urlpatterns = [
    path("", endpoints.endpoints, name="endpoints"),
    path("new/", endpoints.new, name="new_endpoint"),
    path("<int:pk>/", endpoints.endpoint, name="endpoint"),
    path("<int:pk>/change/", endpoints.change, name="change_endpoint"),
    path("<int:pk>/test/", endpoints.test, name="test_endpoint"),
    path("<int:pk>/retire/", endpoints.retire, name="retire_endpoint"),
]
