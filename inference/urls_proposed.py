"""Addresses of entries that models propose."""

from django.urls import path

from inference.views import proposed

urlpatterns = [
    path("", proposed.proposed, name="proposed_entries"),
    path("ask/", proposed.ask, name="ask_about_names"),
    path("rounds/<int:pk>/", proposed.inquiry, name="proposed_of"),
    path("rounds/<int:pk>/stop/", proposed.stop, name="stop_inquiry"),
    path("<int:pk>/accept/", proposed.accept, name="accept_entry"),
    path("<int:pk>/change/", proposed.change, name="change_proposed"),
    path("<int:pk>/decline/", proposed.decline, name="decline_entry"),
]
