"""What a person says of a proposal, and a lead of a check that need not pass."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rules.enums import CheckName, Verdict
from rules.forms import OverrideForm, ReviewForm
from rules.models import Proposal
from rules.services import reviews as service
from rules.services.checks import override_check
from rules.views.proposal import show
from rules.views.refusals import said_on
from rules.views.roles import actor
from rules.views.steps import refuse_unreadable

REFUSED = 422


@require_POST
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, ask for changes or comment. What was refused stays in the form."""
    found = get_object_or_404(Proposal, pk=pk)
    form = ReviewForm(request.POST)
    with said_on(request):
        refuse_unreadable(form)
        told = give(request, found, form)
        messages.success(request, told)
        return redirect(f"{reverse('rules:proposal', args=[pk])}#discussion")
    typed = {name: request.POST.get(name, "") for name in ("text", "about")}
    return show(request, pk, typed=typed, status=REFUSED)


def give(request: HttpRequest, proposal: Proposal, form: ReviewForm) -> str:
    """Ask the service for what the button said; what was done, in words."""
    data, by = form.cleaned_data, actor(request)
    if data["verdict"] == Verdict.APPROVE:
        if data["about"]:
            raise ValidationError(_("An approval is of the whole proposal. Choose that, or comment."), code="part")
        service.approve(by=by, proposal=proposal, seen=data["seen"], text=data["text"])
        return _("You approved the proposal as it stands.")
    if data["verdict"] == Verdict.ASK:
        service.ask_for_changes(by=by, proposal=proposal, seen=data["seen"], text=data["text"], about=data["about"])
        return _("You asked for changes.")
    service.comment(by=by, proposal=proposal, text=data["text"], about=data["about"])
    return _("Your comment was added.")


@require_POST
def override(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Let a proposal pass without one check."""
    found = get_object_or_404(Proposal, pk=pk)
    if name not in CheckName.values:
        raise Http404
    form = OverrideForm(request.POST)
    with said_on(request):
        refuse_unreadable(form)
        override_check(by=actor(request), proposal=found, name=CheckName(name), reason=form.cleaned_data["reason"])
        messages.success(request, _("The check need not pass for this proposal as it stands."))
    return redirect(f"{reverse('rules:proposal', args=[pk])}#checks")
