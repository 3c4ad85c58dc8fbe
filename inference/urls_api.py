"""Addresses of the API of this app."""

from django.urls import path

from inference import api, api_voting

app_name = "inference_api"

urlpatterns = [
    path("judge/", api.judge, name="judge"),
    path("votes/", api_voting.vote, name="vote"),
    path("votes/pairs/", api_voting.ballots, name="ballots"),
    path("releases/<int:number>/gaps/", api.release_gaps, name="release_gaps"),
    path("proposals/<int:pk>/gaps/", api.proposal_gaps, name="proposal_gaps"),
]
