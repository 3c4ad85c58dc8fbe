"""The steps of a proposal: described, put before reviewers, taken back, timed, brought up to date, published."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rules.forms import DescriptionForm, ScheduleForm
from rules.models import Proposal
from rules.services import proposals as service
from rules.services import reviews
from rules.services.conflicts import resolve_conflicts
from rules.services.releases import publish_proposal
from rules.views.refusals import said_on
from rules.views.roles import actor

CHOICE = "rule-"


@require_POST
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a proposal its title and reason."""

    def step(found: Proposal) -> str:
        form = DescriptionForm(request.POST)
        refuse_unreadable(form)
        service.describe_proposal(by=actor(request), proposal=found, **form.cleaned_data)
        return _("The title and the reason were saved.")

    return taken(request, pk, step)


@require_POST
def ask_for_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft before reviewers."""

    def step(found: Proposal) -> str:
        reviews.ask_for_review(by=actor(request), proposal=found)
        return _("The proposal now waits for reviewers.")

    return taken(request, pk, step)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a draft of it again."""

    def step(found: Proposal) -> str:
        reviews.take_back(by=actor(request), proposal=found)
        return _("The proposal is a draft again.")

    return taken(request, pk, step)


@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the next release of a proposal."""
    found = get_object_or_404(Proposal, pk=pk)
    with said_on(request):
        release = publish_proposal(by=actor(request), proposal=found, notes=request.POST.get("notes", "")[:4000])
        messages.success(request, _("Release %(number)s is in force.") % {"number": release.number})
        return redirect("rules:release", release.number)
    return redirect("rules:proposal", pk)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a proposal up."""
    found = get_object_or_404(Proposal, pk=pk)
    with said_on(request):
        service.withdraw_proposal(by=actor(request), proposal=found)
        messages.success(request, _("The proposal was withdrawn."))
        return redirect("rules:proposals")
    return redirect("rules:proposal", pk)


@require_POST
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Say when a proposal is to be published, or with `clear` that it waits for a person."""

    def step(found: Proposal) -> str:
        if "clear" in request.POST:
            service.schedule_proposal(by=actor(request), proposal=found, publish_at=None)
            return _("The time was taken back.")
        form = ScheduleForm(request.POST)
        refuse_unreadable(form)
        service.schedule_proposal(by=actor(request), proposal=found, publish_at=form.cleaned_data["publish_at"])
        return _("The time was set. It counts once the proposal is approved.")

    return taken(request, pk, step)


@require_POST
def rebase(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a proposal up to the release that its page showed, with the wordings chosen there."""

    def step(found: Proposal) -> str:
        onto = request.POST.get("onto", "")
        resolve_conflicts(
            by=actor(request),
            proposal=found,
            onto=int(onto) if onto.isdecimal() and len(onto) < 10 else -1,
            mine=chosen(request.POST, "mine"),
            theirs=chosen(request.POST, "theirs"),
        )
        return _("The proposal now builds on the release in force.")

    return taken(request, pk, step)


def taken(request: HttpRequest, pk: int, step: Callable[[Proposal], str]) -> HttpResponse:
    """Take a step with a proposal and go back to its page, which says what was done or why not."""
    found = get_object_or_404(Proposal, pk=pk)
    with said_on(request):
        messages.success(request, step(found))
    return redirect("rules:proposal", pk)


def chosen(data: QueryDict, side: str) -> set[int]:
    """The numbers of the rules for which this side's wording was chosen."""
    names = (name.removeprefix(CHOICE) for name in data if name.startswith(CHOICE) and data[name] == side)
    return {int(name) for name in names if name.isdecimal() and len(name) < 10}


def refuse_unreadable(form: Form) -> None:
    """Raise what can't be read, each with the name of its field."""
    if not form.is_valid():
        raise ValidationError([f"{form[name].label}: {error}" for name, told in form.errors.items() for error in told])
