"""Publishing: how drafted rules come into force."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rules.enums import OPEN, ProposalState, Verdict
from rules.models import Change, Proposal, Release, Rule, RuleVersion
from rules.problems import problem_errors, void_reason
from rules.selectors.proposals import DraftedChange
from rules.selectors.reviews import Standing, standing_of
from rules.services import audit
from rules.services.moves import move
from rules.services.permissions import require
from rules.services.release_rows import new_rule, write_release, write_version


@transaction.atomic
def publish_proposal(*, by: User, proposal: Proposal, notes: str = "") -> Release:
    """Put an approved proposal into force as the next release. Called again, it gives the release it made.

    Raises ValidationError when it is not approved as it stands, stands on an older release, changes nothing, waits
    for its time, or a required check did not pass.
    """
    require(by, "rules.publish_release")
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.published is not None:
        return locked.published
    audit.take_turn()
    standing = standing_of(locked)
    if errors := refusals(standing):
        raise ValidationError(errors)
    versions = {version.rule_id: version for version in _versions_in(locked.base)}
    for change in standing.summary.effective:
        _apply(by, change, versions)
    said = notes.replace("\0", "").strip() or locked.reason
    release = write_release(by=by, base=locked.base, versions=versions.values(), notes=said)
    Proposal.objects.filter(pk=locked.pk, published=None).update(published=release)
    signed: dict[str, Any] = {"release": release.number, "digest": standing.signed.digest}
    approvals = [one.review.pk for one in standing.approvals]
    signed["overrides"] = [one.override.pk for one in standing.checks if one.override]
    audit.record(by=by, verb="proposal.signed", subject=f"proposal:{locked.pk}", data=signed | {"reviews": approvals})
    move(by=by, proposal=locked, to=ProposalState.PUBLISHED)
    return release


def refusals(standing: Standing) -> list[ValidationError]:
    """Everything that keeps a proposal from being published now, in words."""
    proposal, summary = standing.summary.proposal, standing.summary
    if proposal.state not in OPEN:
        return [ValidationError(_("This proposal is no longer open."), code="not_open")]
    found = []
    if summary.stale:
        words = _("Release %(base)s, which this proposal builds on, is no longer in force. Bring it up to date first.")
        found.append(ValidationError(words % {"base": proposal.base}, code="stale"))
    if not summary.effective:
        found.append(ValidationError(_("This proposal changes nothing."), code="no_changes"))
    found += [e for c in summary.changes for e in problem_errors(c.problems, rule=f"R{c.number}")]
    if proposal.state == ProposalState.DRAFT:
        found.append(ValidationError(_("Nobody was asked to review it yet."), code="draft"))
    elif not standing.is_approved:
        found += _unapproved(standing)
    found += [
        ValidationError(
            _("The check “%(check)s” has not passed: %(state)s.") % {"check": one.name.label, "state": one.state.label},
            code="check",
        )
        for one in standing.failing
    ]
    if proposal.publish_at is not None and proposal.publish_at > timezone.now():
        found.append(ValidationError(_("It is scheduled; its time has not come yet."), code="scheduled"))
    return found


def _unapproved(standing: Standing) -> list[ValidationError]:
    """Why the approvals are not enough, void ones with what made them so."""
    found = []
    for one in standing.asking:
        words = _("%(person)s asks for changes.") % {"person": name_of(one.review.by)}
        found.append(ValidationError(words, code="asked"))
    for one in standing.verdicts:
        if one.review.verdict == Verdict.APPROVE and one.differences:
            why = void_reason(one.differences)
            words = _("The approval of %(person)s is void: %(why)s.") % {"person": name_of(one.review.by), "why": why}
            found.append(ValidationError(words, code="void"))
    if len(standing.approvals) < standing.needed:
        counts = {"given": len(standing.approvals), "needed": standing.needed}
        words = _("It has %(given)s of %(needed)s approvals.") % counts
        found.append(ValidationError(words, code="unapproved"))
    return found


def name_of(person: User) -> str:
    """How people are called on pages."""
    return person.get_full_name() or person.get_username()


def _apply(by: User, change: DraftedChange, versions: dict[int, RuleVersion]) -> None:
    rule = change.change.rule or added_rule(by, change.change)
    gone = versions.pop(rule.pk, None)
    if change.after is not None:
        versions[rule.pk] = write_version(by=by, rule=rule, content=change.after)
    else:
        told = {"version": gone.version, "digest": gone.digest} if gone else {}
        audit.record(by=by, verb="rule.retired", subject=f"rule:{rule.number}", data=told)


def added_rule(by: User, change: Change) -> Rule:
    """The rule that an addition becomes; the change keeps it, so that the proposal goes on naming its number."""
    change.rule = new_rule(by=by)
    change.save(update_fields=["rule"])
    return change.rule


def _versions_in(release: Release | None) -> Iterable[RuleVersion]:
    return RuleVersion.objects.filter(entries__release=release).select_related("rule") if release else ()
