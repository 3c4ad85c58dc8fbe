"""Reviewing: asking for a review, approving, asking for changes, commenting. Nobody approves what they wrote."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rules.enums import OPEN, ProposalState, Verdict
from rules.models import Proposal, Review
from rules.selectors.reviews import Standing, standing_of
from rules.services import audit
from rules.services.moves import move, settle
from rules.services.permissions import require
from rules.signals import proposal_changed, review_given

LONGEST = 4000


@transaction.atomic
def ask_for_review(*, by: User, proposal: Proposal) -> Proposal:
    """Put a draft before reviewers. Raises ValidationError for one that changes nothing or is not complete."""
    require(by, "rules.change_proposal")
    locked = lock_open(proposal)
    if locked.state != ProposalState.DRAFT:
        return locked
    summary = standing_of(locked).summary
    if not summary.effective:
        raise ValidationError(_("This proposal changes nothing."), code="no_changes")
    if summary.has_problems:
        raise ValidationError(_("Some of its rules are not complete; what is missing is said with each."))
    move(by=by, proposal=locked, to=ProposalState.IN_REVIEW)
    settle(by=by, proposal=locked)
    _announce(locked, by)
    return locked


@transaction.atomic
def take_back(*, by: User, proposal: Proposal) -> Proposal:
    """Make a draft again of a proposal under review."""
    require(by, "rules.change_proposal")
    locked = lock_open(proposal)
    if locked.state != ProposalState.DRAFT:
        move(by=by, proposal=locked, to=ProposalState.DRAFT)
        _announce(locked, by)
    return locked


@transaction.atomic
def approve(*, by: User, proposal: Proposal, seen: str, text: str = "") -> Review:
    """Sign the proposal as it stands. `seen` is the digest that the reviewer was shown.

    Raises PermissionDenied, and ValidationError for one's own proposal, for one not under review, for one of which
    one let a check pass, and where it was changed since it was shown.
    """
    require(by, "rules.review_proposal")
    locked, standing = _under_review(proposal)
    if is_author(by, locked):
        raise ValidationError(_("You wrote in this proposal; somebody else has to approve it."), code="own")
    if by.pk in standing.overrode:
        words = _("You let a check pass on this content; somebody else has to approve it.")
        raise ValidationError(words, code="overrode")
    _refuse_unseen(standing, seen)
    if given := _given(by, standing):
        return given
    review = _write(by, locked, standing, Verdict.APPROVE, text)
    settle(by=by, proposal=locked)
    return review


@transaction.atomic
def ask_for_changes(*, by: User, proposal: Proposal, seen: str, text: str, about: str = "") -> Review:
    """Say what has to change; the proposal can't be published until it does, or the reviewer approves it."""
    require(by, "rules.review_proposal")
    locked, standing = _under_review(proposal)
    _refuse_unseen(standing, seen)
    if not text.strip():
        raise ValidationError(_("Say what has to change."), code="empty")
    review = _write(by, locked, standing, Verdict.ASK, text, about)
    settle(by=by, proposal=locked)
    return review


@transaction.atomic
def comment(*, by: User, proposal: Proposal, text: str, about: str = "") -> Review:
    """Say something about a proposal or one rule in it. It decides nothing, and is possible at any time."""
    if not (by.has_perm("rules.change_proposal") or by.has_perm("rules.review_proposal")):
        require(by, "rules.review_proposal")
    if not text.strip():
        raise ValidationError(_("Write something first."), code="empty")
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    return _write(by, locked, standing_of(locked), Verdict.COMMENT, text, about)


def lock_open(proposal: Proposal) -> Proposal:
    """The proposal, locked. Raises ValidationError once it was decided."""
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state not in OPEN:
        raise ValidationError(_("This proposal is no longer open."), code="not_open")
    return locked


def is_author(person: User, proposal: Proposal) -> bool:
    """Whether somebody wrote in a proposal."""
    return proposal.created_by_id == person.pk or proposal.authors.filter(pk=person.pk).exists()


def _under_review(proposal: Proposal) -> tuple[Proposal, Standing]:
    locked = lock_open(proposal)
    if locked.state == ProposalState.DRAFT:
        raise ValidationError(_("This proposal is a draft; its author has not asked for a review."), code="draft")
    return locked, standing_of(locked)


def _refuse_unseen(standing: Standing, seen: str) -> None:
    if standing.signed.digest != seen:
        raise ValidationError(
            _("The proposal was changed since you opened it. Look at it again before you decide."), code="changed"
        )


def _given(by: User, standing: Standing) -> Review | None:
    """The approval that this person gave already, so that a second click is none."""
    return next((one.review for one in standing.approvals if one.review.by_id == by.pk), None)


def _write(by: User, proposal: Proposal, standing: Standing, verdict: Verdict, text: str, about: str = "") -> Review:
    said = text.replace("\0", "").strip()
    if len(said) > LONGEST:
        raise ValidationError(_("At most %(most)s characters.") % {"most": LONGEST}, code="long")
    signed = standing.signed
    review: Review = Review.objects.create(
        proposal=proposal,
        verdict=verdict,
        text=said,
        about=about[:20],
        digest=signed.digest,
        signed=signed.to_json(),
        by=by,
    )
    data = {"review": review.pk, "digest": signed.digest, "text": said, "about": review.about}
    audit.record(by=by, verb=f"review.{verdict}", subject=f"proposal:{proposal.pk}", data=data)
    transaction.on_commit(lambda: review_given.send_robust(Review, review_id=review.pk))
    return review


def _announce(proposal: Proposal, by: User) -> None:
    pk, actor = proposal.pk, by.pk
    transaction.on_commit(lambda: proposal_changed.send_robust(Proposal, proposal_id=pk, actor_id=actor))
