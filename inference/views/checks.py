"""What each check of a proposal finds, and running the checks when asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotation.selectors.blind import hidden_pairs
from inference.selectors.check_conflicts import ConflictFound
from inference.selectors.check_coverage import Coverage, Seen
from inference.selectors.check_examples import ExampleFound
from inference.selectors.check_labels import Held
from inference.selectors.documents import Piece, marked
from inference.selectors.drafted import Drafted, drafted
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.known_values import worded
from inference.selectors.preview import Flip
from inference.selectors.proposal_checks import CHECKED, CHECKS, due_checks
from inference.services.proposal_checks import ask_for_checks
from inference.tasks import check_proposal
from inference.traces import failure_text
from rules.engine.findings import Finding, NeverFires
from rules.enums import OPEN, CheckName
from rules.models import Proposal
from rules.problems import found_text
from rules.selectors.analysis import overview_of, release_analysis
from rules.selectors.reviews import standing_of
from rules.views.analysis import PATIENCE, Words, shown_finding
from rules.views.following import ASKED
from rules.views.roles import actor

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Marked:
    """A query and a title with the words marked that a rule was recalled on."""

    query: tuple[Piece, ...]
    title: tuple[Piece, ...]
    pair_id: int | None = None


@require_safe
def check(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """What one check finds in a proposal as it stands, beside the answer it gave."""
    if name not in CheckName.values:
        raise Http404
    proposal = proposal_at(pk)
    take_up(proposal)
    standing = next(one for one in standing_of(proposal).checks if one.name == name)
    judged = drafted(proposal)
    if name == CheckName.CONFLICTS and not is_analysed(judged):
        return render(request, "inference/check.html", {"proposal": proposal, "standing": standing, "under_way": True})
    found = CHECKS[CheckName(name)](judged)
    page = Paginator(seen_by(request, found.rows), PAGE_SIZE).get_page(request.GET.get("page"))
    lay_out = LAID_OUT.get(CheckName(name), as_it_is)
    context = {
        "proposal": proposal,
        "standing": standing,
        "found": found,
        "said": found_text(found.summary, found.params),
        "differs": standing.check is not None and found.state != standing.state,
        "page": page,
        "rows": [lay_out(row, proposal) for row in page],
        "may_run": may_run(request, proposal),
    }
    return render(request, "inference/check.html", context)


@require_POST
def run_checks(request: HttpRequest, pk: int) -> HttpResponse:
    """Run all checks of a proposal again."""
    proposal = proposal_at(pk)
    try:
        ask_for_checks(by=actor(request), proposal=proposal)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("rules:proposal", pk)
    check_proposal.delay(proposal.pk, again=True)
    messages.success(request, _("The checks are being run."))
    return redirect(f"{reverse('rules:proposal', args=[pk])}?checks={ASKED}#checks")


def proposal_at(pk: int) -> Proposal:
    """The proposal of an address."""
    return get_object_or_404(Proposal.objects.select_related("base"), pk=pk)


def take_up(proposal: Proposal) -> None:
    """Enqueue the checks of a proposal under review whose task got lost, if any did."""
    if proposal.state in CHECKED and due_checks(proposal):
        check_proposal.delay(proposal.pk)


def is_analysed(judged: Drafted) -> bool:
    """Whether the release that a proposal builds on is analysed; if not, that is under way from now on."""
    base = release_analysis(judged.proposal.base, since=judged.day)
    return overview_of(base, wait=PATIENCE) is not None


def may_run(request: HttpRequest, proposal: Proposal) -> bool:
    """Whether this person may have the checks run."""
    user = request.user
    able = user.has_perm("rules.change_proposal") or user.has_perm("rules.review_proposal")
    return proposal.state in OPEN and able


def seen_by(request: HttpRequest, rows: Sequence[Any]) -> list[Any]:
    """The rows without labelled pairs that the person may yet be asked to label."""
    pairs = {id(row): row.pair.pair_id if isinstance(row, Flip) else row.pair_id for row in rows if is_labelled(row)}
    hidden = hidden_pairs(request.user, pairs.values())
    return [row for row in rows if pairs.get(id(row)) not in hidden]


def is_labelled(row: Any) -> bool:
    """Whether a row tells the label of a pair."""
    return isinstance(row, Flip | Held)


def as_it_is(row: Any, proposal: Proposal) -> Any:
    """A row that its template can show."""
    return row


def example_row(row: ExampleFound, proposal: Proposal) -> dict[str, object]:
    """An example with the words marked that its rule fires on."""
    failure = failure_text(row.failure) if row.failure else ""
    return {"one": row, "text": words_of(row.example.query, row.example.title, row.words), "failure": failure}


def conflict_row(row: ConflictFound, proposal: Proposal) -> dict[str, object]:
    """A finding about the rules as the proposal leaves them."""
    return {"one": shown_finding(row.finding, f"proposal={proposal.pk}&", words_for(row.finding)), "fails": row.fails}


def words_for(finding: Finding) -> Words:
    """How the pipeline calls the values that a rule asks for and nothing has."""
    if not isinstance(finding, NeverFires) or not finding.absent:
        return {}
    lexicon = lexicon_in_use()
    return {(one.attribute, one.value): worded(one.attribute, one.value, lexicon) for one in finding.absent}


def coverage_row(row: Coverage, proposal: Proposal) -> dict[str, object]:
    """A rule with some of the pairs it fires on."""
    return {"one": row, "shown": [seen_text(seen, words) for seen, words in row.shown]}


def seen_text(seen: Seen, words: tuple[str, ...]) -> Marked:
    """A pair with the words marked that a rule fires on."""
    return words_of(seen.query, seen.title, words, seen.pair_id)


def words_of(query: str, title: str, words: tuple[str, ...], pair_id: int | None = None) -> Marked:
    """Two texts with some words marked."""
    return Marked(tuple(marked(query, words)), tuple(marked(title, words)), pair_id)


LAID_OUT: dict[CheckName, Callable[[Any, Proposal], Any]] = {
    CheckName.EXAMPLES: example_row,
    CheckName.CONFLICTS: conflict_row,
    CheckName.COVERAGE: coverage_row,
}
