"""Addresses of the API of this app."""

from django.urls import path

from inference import api, api_runs, api_voting

app_name = "inference_api"

urlpatterns = [
    path("judge/", api.judge, name="judge"),
    path("votes/", api_voting.vote, name="vote"),
    path("runs/<int:pk>/votes/", api_voting.use, name="use_votes"),
    path("votes/pairs/", api_voting.ballots, name="ballots"),
    path("runs/<int:pk>/", api_runs.run, name="run"),
    path("runs/<int:pk>/ask-again/", api_runs.ask_again, name="ask_again"),
    path("releases/<int:number>/gaps/", api.release_gaps, name="release_gaps"),
    path("proposals/<int:pk>/gaps/", api.proposal_gaps, name="proposal_gaps"),
]
