"""A proposal's page, read from top to bottom as a decision."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rules.engine.content import RuleContent
from rules.engine.wording import Part
from rules.enums import OPEN, ChangeKind, CheckState, ProposalState
from rules.forms import DescriptionForm, ReviewForm, ScheduleForm
from rules.models import Proposal
from rules.problems import problem_message
from rules.selectors import DraftedChange
from rules.selectors.reviews import Standing, name_of, standing_of
from rules.views.decision import change_counts, decision_on
from rules.views.overtaken import overtaken
from rules.views.roles import actor, may_draft, may_publish, may_review
from rules.views.shown import sentence_parts
from rules.views.standing import shown_checks, shown_moves, shown_overrides, shown_reviews
from rules.views.wordings import PartRow, before_and_after

CHANGES_SHOWN = 50
UNANSWERED = (CheckState.PENDING, CheckState.RUNNING)


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
    context = {**content_of(request, found, standing), **said_of(request, found, standing)}
    return render(
        request, "rules/proposal.html", {**context, **offered(request, found, standing, typed or {})}, status=status
    )


def content_of(request: HttpRequest, found: Proposal, standing: Standing) -> dict[str, object]:
    """What is proposed."""
    changes = standing.summary.changes
    page = Paginator(changes, CHANGES_SHOWN).get_page(request.GET.get("page"))
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


def said_of(request: HttpRequest, found: Proposal, standing: Standing) -> dict[str, object]:
    """What people and machines say about it."""
    return {
        "reviews": shown_reviews(standing, names_in(standing)),
        "checks": shown_checks(standing, actor(request)),
        "overrides": shown_overrides(found.overrides.select_related("by"), standing),
        "moves": shown_moves(found),
    }


def offered(request: HttpRequest, found: Proposal, standing: Standing, typed: dict[str, str]) -> dict[str, object]:
    """What this person may do."""
    user = actor(request)
    is_open = found.state in OPEN
    form = ReviewForm(initial={**typed, "seen": standing.signed.digest})
    form.offer(names_in(standing).items())
    at = timezone.localtime(found.publish_at) if found.publish_at else None
    return {
        "decision": decision_on(standing, user),
        "is_open": is_open,
        "is_draft": found.state == ProposalState.DRAFT,
        "may_change": is_open and may_draft(user),
        "may_comment": may_draft(user) or may_review(user),
        "may_judge": is_open and found.state != ProposalState.DRAFT and may_review(user),
        "may_time": is_open and may_publish(user),
        "is_author": user.pk in {found.created_by_id, *(one.pk for one in found.authors.all())},
        "description": DescriptionForm(initial={"title": found.title, "reason": found.reason}),
        "review": form,
        "schedule": ScheduleForm(initial={"publish_at": at}),
        "may_run_checks": may_draft(user) or may_review(user),
        "unanswered": any(one.state in UNANSWERED for one in standing.checks),
        "zone": timezone.get_current_timezone_name(),
    }


def names_in(standing: Standing) -> dict[str, str]:
    """How the page calls each rule, by the name that a signature has for it."""
    return {name_of(one): called(one) for one in standing.summary.changes}


def called(change: DraftedChange) -> str:
    """How the page calls a rule: one that has no number yet by its title."""
    if change.change.rule_id or change.after is None:
        return f"R{change.number}"
    title = change.after.title.strip()
    return _("new rule “%(title)s”") % {"title": title} if title else _("new rule R%(n)s") % {"n": change.number}


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
