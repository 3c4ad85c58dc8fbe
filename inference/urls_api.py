"""Addresses of the API of this app."""

from django.urls import path

from inference import api

app_name = "inference_api"

urlpatterns = [path("judge/", api.judge, name="judge")]
