"""Addresses of votes, under `runs/vote/`."""

from django.urls import path

from inference.views import run_votes, voting

urlpatterns = [
    path("", voting.vote, name="vote"),
    path("pairs.<slug:kind>", voting.export, name="export_vote"),
    path("use/<int:pk>/", run_votes.use, name="use_votes"),
]
