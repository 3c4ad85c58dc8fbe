"""Addresses of what people do on a benchmark: rulings, agreement, and how each one is getting on."""

from django.urls import path

from annotation.views import adjudication, agreement, conflict_holds, people

urlpatterns = [
    path("adjudicate/", adjudication.adjudicate, name="adjudicate"),
    path("adjudicate/<int:pk>/", adjudication.rule, name="rule"),
    path("adjudicate/<int:pk>/hold/", conflict_holds.hold, name="hold_conflict"),
    path("rulings/", adjudication.rulings, name="rulings"),
    path("rulings/<int:pk>/take-back/", adjudication.take_back, name="take_back_ruling"),
    path("rulings/<int:pk>/case/", adjudication.open_case, name="open_case_of_ruling"),
    path("agreement/", agreement.agreement, name="agreement"),
    path("people/", people.people, name="people"),
    path("people/me/", people.me, name="person_me"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/pause/", people.pause, name="pause_person"),
    path("people/<int:pk>/resume/", people.resume, name="resume_person"),
    path("flags/", people.flags, name="flags"),
    path("flags/<int:pk>/resolve/", people.resolve_flag, name="resolve_flag"),
]
