"""Addresses of what people do on a benchmark: rulings, agreement, and how each one is getting on."""

from django.urls import path

from annotation.views import adjudication

urlpatterns = [
    path("adjudicate/", adjudication.adjudicate, name="adjudicate"),
    path("adjudicate/<int:pk>/", adjudication.rule, name="rule"),
    path("rulings/", adjudication.rulings, name="rulings"),
    path("rulings/<int:pk>/take-back/", adjudication.take_back, name="take_back_ruling"),
    path("rulings/<int:pk>/case/", adjudication.open_case, name="open_case_of_ruling"),
]
