"""Publishing: how drafted rules come into force."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rules.engine.check import content_problems
from rules.engine.content import RuleContent
from rules.enums import ProposalState
from rules.models import Change, Proposal, Release, Rule, RuleVersion
from rules.problems import problem_errors
from rules.selectors.proposals import DraftedChange, ProposalSummary, proposal_summary
from rules.selectors.releases import current_release
from rules.services import audit
from rules.services.permissions import require
from rules.services.release_rows import new_rule, write_release, write_version


@transaction.atomic
def publish_proposal(*, by: User, proposal: Proposal, notes: str = "") -> Release:
    """Put a proposal into force as the next release. Called again, it gives the release it made.

    Raises ValidationError when the proposal was withdrawn, stands on an older release, changes nothing,
    or holds a content with problems.
    """
    require(by, "rules.publish_release")
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.published is not None:
        return locked.published
    audit.take_turn()
    summary = proposal_summary(locked)
    _refuse_unpublishable(summary)
    versions = {version.rule_id: version for version in _versions_in(locked.base)}
    for change in summary.effective:
        _apply(by, change, versions)
    said = notes.replace("\0", "").strip() or locked.reason
    release = write_release(by=by, base=locked.base, versions=versions.values(), notes=said)
    _close(by, locked, release)
    return release


@transaction.atomic
def import_rules(*, by: User, contents: Iterable[tuple[int, RuleContent]], notes: str = "") -> Release:
    """A release in which each numbered rule says the content given, and every other rule stays.

    Gives the release in force when that is so already. Raises ValidationError naming each invalid rule.
    """
    require(by, "rules.publish_release")
    given = sorted(dict(contents).items())
    errors = [e for number, content in given for e in problem_errors(content_problems(content), rule=f"R{number}")]
    if errors:
        raise ValidationError(errors)
    audit.take_turn()
    base = current_release()
    versions = {version.rule.number: version for version in _versions_in(base)}
    changed = [(n, c) for n, c in given if n not in versions or versions[n].digest != c.digest]
    if base is not None and not changed:
        return base
    rules = {rule.number: rule for rule in Rule.objects.filter(number__in=[number for number, _content in changed])}
    for number, content in changed:
        rule = rules.get(number) or new_rule(by=by, number=number)
        versions[number] = write_version(by=by, rule=rule, content=content)
    return write_release(by=by, base=base, versions=versions.values(), notes=notes)


def _refuse_unpublishable(summary: ProposalSummary) -> None:
    if summary.proposal.state != ProposalState.DRAFT:
        raise ValidationError(_("This proposal is no longer a draft."), code="not_a_draft")
    if summary.stale:
        raise ValidationError(
            _("Release %(base)s, which this proposal builds on, is no longer in force. Bring it up to date first.")
            % {"base": summary.proposal.base},
            code="stale",
        )
    if not summary.effective:
        raise ValidationError(_("This proposal changes nothing."), code="no_changes")
    errors = [e for c in summary.changes for e in problem_errors(c.problems, rule=f"R{c.number}")]
    if errors:
        raise ValidationError(errors)


def _apply(by: User, change: DraftedChange, versions: dict[int, RuleVersion]) -> None:
    rule = change.change.rule or added_rule(by, change.change)
    versions.pop(rule.pk, None)
    if change.after is not None:
        versions[rule.pk] = write_version(by=by, rule=rule, content=change.after)
    else:
        audit.record(by=by, verb="rule.retired", subject=f"rule:{rule.number}")


def added_rule(by: User, change: Change) -> Rule:
    """The rule that an addition becomes; the change keeps it, so that the proposal goes on naming its number."""
    change.rule = new_rule(by=by)
    change.save(update_fields=["rule"])
    return change.rule


def _close(by: User, proposal: Proposal, release: Release) -> None:
    moved = Proposal.objects.filter(pk=proposal.pk, state=ProposalState.DRAFT, published=None).update(
        state=ProposalState.PUBLISHED, published=release
    )
    if not moved:
        raise ValidationError(_("This proposal is no longer a draft."), code="not_a_draft")
    data = {"release": release.number}
    audit.record(by=by, verb="proposal.published", subject=f"proposal:{proposal.pk}", data=data)


def _versions_in(release: Release | None) -> Iterable[RuleVersion]:
    return RuleVersion.objects.filter(entries__release=release).select_related("rule") if release else ()
