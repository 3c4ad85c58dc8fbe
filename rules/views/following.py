"""What of a proposal's page follows its checks while they run: a fragment that the page asks for again, for a while."""

import hashlib
import json
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from rules.enums import OPEN, CheckState, ProposalState
from rules.models import Proposal
from rules.selectors.reviews import Standing, standing_of
from rules.views.decision import Decision, decision_on
from rules.views.reviewing import may_approve
from rules.views.roles import actor
from rules.views.said import checks_of

ASKED = "asked"
"""In an address: somebody just had the checks run, so that those of a draft are waited for as well."""
MOST_LOOKS = 100
"""Times that a page asks again before it leaves that to a person: about seven minutes."""
PAUSES = ((5, 1), (30, 2), (MOST_LOOKS, 5))
"""Seconds between two looks, up to how many looks."""


@dataclass(frozen=True, slots=True)
class Following:
    """How a page goes on: it asks for `address` in `pause` seconds, or does no longer (`given_up`)."""

    address: str = ""
    pause: int = 0
    given_up: bool = False


@require_safe
def standing(request: HttpRequest, pk: int) -> HttpResponse:
    """The checks, and what depends on them as far as it is another one than the page shows."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("rules:proposal", pk)
    found = get_object_or_404(Proposal.objects.select_related("base"), pk=pk)
    now = standing_of(found)
    decision = decision_on(now, actor(request))
    moved = request.GET.get("shown") != shown_mark(now)
    context = {
        "proposal": found,
        "standing": now,
        "is_open": found.state in OPEN,
        "is_draft": found.state == ProposalState.DRAFT,
        "moved": moved,
        "may_approve": may_approve(actor(request), found, now),
        "decision": decision,
        "renewed": not moved and request.GET.get("step") != step_mark(decision),
        "following": Following() if moved else following(request, now, decision),
        **checks_of(request, found, now),
    }
    return render(request, "rules/standing.html", context)


def following(request: HttpRequest, standing: Standing, decision: Decision | None) -> Following:
    """Whether and when the page asks again."""
    proposal, asked = standing.summary.proposal, request.GET.get("checks") == ASKED
    if not is_awaited(standing, asked=asked):
        return Following()
    look = request.GET.get("look", "0")
    looks = int(look) + 1 if look.isdecimal() and len(look) < 4 else MOST_LOOKS
    if looks >= MOST_LOOKS:
        return Following(given_up=True)
    told = {"look": looks, "shown": shown_mark(standing), "step": step_mark(decision)}
    address = (
        f"{reverse('rules:standing', args=[proposal.pk])}?{urlencode(told | ({'checks': ASKED} if asked else {}))}"
    )
    return Following(address, next(pause for upto, pause in PAUSES if looks <= upto))


def is_awaited(standing: Standing, *, asked: bool) -> bool:
    """Whether a check is at work, or will be without anybody asking for it."""
    proposal = standing.summary.proposal
    waits = asked or proposal.state != ProposalState.DRAFT
    states = {one.state for one in standing.checks}
    return proposal.state in OPEN and (CheckState.RUNNING in states or (waits and CheckState.PENDING in states))


def shown_mark(standing: Standing) -> str:
    """Stands for what the page shows and the fragment does not renew: what is proposed, and what people said of it."""
    proposal = standing.summary.proposal
    reviews = [[one.review.pk, one.counts] for one in standing.reviews]
    return _digest([standing.content, standing.signed.publish_at, proposal.state, standing.summary.stale, reviews])


def step_mark(decision: Decision | None) -> str:
    """Stands for the one button and what is said of it."""
    return _digest([decision.label, decision.obstacles] if decision else [])


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
