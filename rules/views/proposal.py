"""A proposal's page, read from top to bottom as a decision."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from rules.engine.content import RuleContent
from rules.engine.wording import Part
from rules.enums import OPEN, ChangeKind, ProposalState
from rules.forms import DescriptionForm, ReviewForm, ScheduleForm
from rules.models import Proposal
from rules.problems import problem_message
from rules.selectors import DraftedChange
from rules.selectors.reviews import Standing, name_of, standing_of
from rules.views.decision import change_counts, decision_on
from rules.views.following import following
from rules.views.names import called, names_in
from rules.views.overtaken import overtaken
from rules.views.reviewing import is_author, may_approve, may_judge
from rules.views.roles import actor, may_draft, may_publish, may_review
from rules.views.said import said_of
from rules.views.shown import sentence_parts
from rules.views.wordings import PartRow, before_and_after

CHANGES_SHOWN = 25


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One change as the page lays it out: the sentence as it now reads, and what differs. `called` is its name on pages."""

    drafted: DraftedChange
    called: str
    content: RuleContent | None
    parts: tuple[Part, ...]
    rows: tuple[PartRow, ...]
    problems: tuple[str, ...]
    can_edit: bool
    said: int


@require_safe
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal."""
    return show(request, pk)


def show(request: HttpRequest, pk: int, *, typed: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    """The page; `typed` is what a review that was refused said, and stays in its form."""
    related = Proposal.objects.select_related("base", "created_by", "published", "scheduled_by", "restores")
    found = get_object_or_404(related, pk=pk)
    standing = standing_of(found)
    context = {
        **content_of(request, found, standing),
        **said_of(request, found, standing),
        **offered(request, found, standing),
        **asked(request, found, standing, typed or {}),
    }
    return render(request, "rules/proposal.html", context, status=status)


def content_of(request: HttpRequest, found: Proposal, standing: Standing) -> dict[str, object]:
    """What is proposed."""
    page = page_of(request, standing)
    open_to = found.state in OPEN and may_draft(request.user)
    return {
        "proposal": found,
        "summary": change_counts(standing.summary.effective),
        "standing": standing,
        "page": page,
        "changes": [shown_change(one, open_to, standing) for one in page],
        "authors": found.authors.all(),
        "overtaken": overtaken(standing.summary),
    }


def page_of(request: HttpRequest, standing: Standing) -> "Page[DraftedChange]":
    """The changes that the page shows."""
    return Paginator(standing.summary.changes, CHANGES_SHOWN).get_page(request.GET.get("page"))


def offered(request: HttpRequest, found: Proposal, standing: Standing) -> dict[str, object]:
    """What this person may do."""
    user, is_open = actor(request), found.state in OPEN
    decision = decision_on(standing, user)
    return {
        "decision": decision,
        "following": following(request, standing, decision),
        "is_open": is_open,
        "is_draft": found.state == ProposalState.DRAFT,
        "may_change": is_open and may_draft(user),
        "may_comment": may_draft(user) or may_review(user),
        "may_judge": may_judge(user, found),
        "may_approve": may_approve(user, found, standing),
        "may_time": is_open and may_publish(user),
        "is_author": is_author(user, found),
        "overrode": user.pk in standing.overrode,
    }


def asked(request: HttpRequest, found: Proposal, standing: Standing, typed: dict[str, str]) -> dict[str, object]:
    """The forms. Words may be about a rule that the page shows, or that refused ones were about."""
    review = ReviewForm(initial={**typed, "seen": standing.signed.digest})
    shown = {name_of(one) for one in page_of(request, standing)} | {typed.get("about", "")}
    review.offer(one for one in names_in(standing).items() if one[0] in shown)
    at = timezone.localtime(found.publish_at) if found.publish_at else None
    return {
        "description": DescriptionForm(initial={"title": found.title, "reason": found.reason}),
        "review": review,
        "schedule": ScheduleForm(initial={"publish_at": at}),
        "zone": timezone.get_current_timezone_name(),
    }


def shown_change(change: DraftedChange, may_edit: bool, standing: Standing) -> ShownChange:
    """A change with its sentence and, where there was a rule before, every part before and after."""
    before = change.before.content if change.before else None
    content = change.after or before
    name = name_of(change)
    return ShownChange(
        drafted=change,
        called=called(change),
        content=content,
        parts=sentence_parts(content) if content else (),
        rows=before_and_after(before, change.after) if before and change.after else (),
        problems=tuple(problem_message(problem) for problem in change.problems),
        can_edit=may_edit and change.change.kind != ChangeKind.RETIRE,
        said=sum(one.review.about == name for one in standing.reviews),
    )
