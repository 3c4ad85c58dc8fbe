"""Opening a rule for change: each lands in the person's draft, which is opened when there is none."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rules.models import Change, Proposal, Rule, RuleVersion
from rules.services import proposals
from rules.views.refusals import said_on
from rules.views.roles import actor

RETIRED = gettext_lazy("R%(number)s will be retired when this proposal is published.")


@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Draft a rule that does not exist yet."""
    with said_on(request):
        return opened(drafted(request, _("New rule"), proposals.add_rule))
    return redirect("rules:library")


@require_POST
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Draft a change of a rule in force."""
    rule = get_object_or_404(Rule, number=number)
    with said_on(request):
        return opened(drafted(request, change_of(number), proposals.edit_rule, rule=rule))
    return redirect("rules:rule", number)


@require_POST
def retire(request: HttpRequest, number: int) -> HttpResponse:
    """Draft that a rule in force is retired."""
    rule = get_object_or_404(Rule, number=number)
    words = {"number": number}
    with said_on(request):
        change = drafted(request, _("Retirement of R%(number)s") % words, proposals.retire_rule, rule=rule)
        messages.success(request, RETIRED % words)
        return redirect("rules:proposal", change.proposal_id)
    return redirect("rules:rule", number)


@require_POST
def restore(request: HttpRequest, number: int, version: int) -> HttpResponse:
    """Draft that a rule says again what an old version of it said."""
    old = get_object_or_404(RuleVersion, rule__number=number, version=version)
    with said_on(request):
        return opened(drafted(request, change_of(number), proposals.restore_version, version=old))
    return redirect("rules:rule", number)


@require_POST
def add_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rule into this very proposal, whoever opened it: a new one, or `number` to be changed or retired."""
    proposal = get_object_or_404(Proposal, pk=pk)
    number, deed = request.POST.get("number", ""), request.POST.get("deed", "")
    with said_on(request):
        if deed == "new":
            return opened(proposals.add_rule(by=actor(request), proposal=proposal))
        rule = rule_called(number)
        if deed == "retire":
            proposals.retire_rule(by=actor(request), proposal=proposal, rule=rule)
            messages.success(request, RETIRED % {"number": rule.number})
            return redirect("rules:proposal", pk)
        return opened(proposals.edit_rule(by=actor(request), proposal=proposal, rule=rule))
    return redirect("rules:proposal", pk)


def rule_called(text: str) -> Rule:
    """The rule that somebody typed as `R17` or `17`. Raises ValidationError where there is none."""
    number = text.strip().lstrip("Rr")
    found = Rule.objects.filter(number=number).first() if number.isdecimal() and len(number) < 10 else None
    if found is None:
        raise ValidationError(_("There is no rule “%(number)s”.") % {"number": text.strip()}, code="no_rule")
    return found


@require_POST
def discard(request: HttpRequest, pk: int, change_pk: int) -> HttpResponse:
    """Take one change out of a proposal; a second click finds it taken out."""
    proposal = get_object_or_404(Proposal, pk=pk)
    change = Change.objects.select_related("proposal").filter(pk=change_pk, proposal=proposal).first()
    if change is None:
        messages.warning(request, _("This change was discarded meanwhile."))
        return redirect("rules:proposal", pk)
    with said_on(request):
        proposals.discard_change(by=actor(request), change=change)
        messages.success(request, _("The change was discarded."))
    return redirect("rules:proposal", pk)


def drafted(request: HttpRequest, title: str, draft: Callable[..., Change], **what: Any) -> Change:
    """What the service `draft` made of `what` in the person's draft; `title` names a draft that is opened for it."""
    user = actor(request)
    change = draft(by=user, proposal=draft_for(user, title), **what)
    if change.proposal.changes.count() > 1:
        words = _("This is in your draft “%(title)s”, beside its other changes.")
        messages.info(request, words % {"title": change.proposal.title})
    return change


def opened(change: Change) -> HttpResponse:
    """The editor on a change."""
    return redirect("rules:change", change.proposal_id, change.pk)


def change_of(number: int) -> str:
    """The title of a draft that begins with a change of one rule."""
    return _("Change of R%(number)s") % {"number": number}


def draft_for(user: User, title: str) -> Proposal:
    """The person's draft, brought up to date where it can be; a new one, titled so, where there is none or it can't."""
    draft = proposals.own_draft(by=user, title=title)
    rebased = proposals.rebase_proposal(by=user, proposal=draft)
    return proposals.open_proposal(by=user, title=title) if rebased.conflicting else rebased.proposal
