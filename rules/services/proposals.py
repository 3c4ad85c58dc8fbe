"""Drafting: proposals and the changes in them.

Every write locks its proposal first, so that a draft is not edited while it is being published.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rules.engine.attributes import Level
from rules.engine.check import limit_problems
from rules.engine.content import RuleContent
from rules.engine.rule import Effect, EffectKind
from rules.enums import ChangeKind, ProposalState
from rules.models import Change, Proposal, Rule, RuleVersion
from rules.problems import problem_errors
from rules.selectors.proposals import draft_of
from rules.selectors.rebase import conflicts_of
from rules.selectors.releases import current_release, rules_in
from rules.services import audit
from rules.services.errors import ConflictError
from rules.services.first_release import first_release
from rules.services.moves import move, settle
from rules.services.permissions import require
from rules.services.reviews import lock_open
from rules.signals import proposal_changed, proposal_timed

BLANK = RuleContent(title="", conditions=(), effect=Effect(EffectKind.CAP, Level.MODERATELY))
"""What a new rule starts from."""
LINKS = {"base", "published", "created_by", "restores", "scheduled_by", "publish_at"}
"""Fields of a proposal that no person types."""


@dataclass(frozen=True, slots=True)
class Rebased:
    """A proposal on the release in force; or, when rules it changes were changed meanwhile, their numbers."""

    proposal: Proposal
    conflicting: tuple[int, ...]


@transaction.atomic
def open_proposal(*, by: User, title: str = "", reason: str = "") -> Proposal:
    """A new draft on the release in force. Before the first release, an empty one is made to stand on."""
    require(by, "rules.change_proposal")
    base = current_release() or first_release(by=by)
    proposal = Proposal(title=title.strip() or _("Untitled proposal"), reason=reason, base=base, created_by=by)
    proposal.clean_fields(exclude=LINKS)
    proposal.save()
    proposal.authors.add(by)
    audit.record(
        by=by,
        verb="proposal.opened",
        subject=_subject(proposal),
        data={"base": base.number, "title": title, "reason": reason},
    )
    return proposal


@transaction.atomic
def own_draft(*, by: User, title: str) -> Proposal:
    """The draft that this person worked on last, or a new one with this title. Asked twice at once, it is one."""
    require(by, "rules.change_proposal")
    audit.take_turn()
    return draft_of(by) or open_proposal(by=by, title=title)


@transaction.atomic
def describe_proposal(*, by: User, proposal: Proposal, title: str, reason: str) -> Proposal:
    """Give a draft its title and reason."""
    locked = _lock(by, proposal)
    if (locked.title, locked.reason) == (title, reason):
        return locked
    before = {"title": locked.title, "reason": locked.reason}
    locked.title, locked.reason = title.strip(), reason
    locked.clean_fields(exclude=LINKS)
    locked.save()
    locked.authors.add(by)
    data = {"before": before, "after": {"title": locked.title, "reason": reason}}
    audit.record(by=by, verb="proposal.described", subject=_subject(locked), data=data)
    settle(by=by, proposal=locked)
    return locked


@transaction.atomic
def add_rule(*, by: User, proposal: Proposal, content: RuleContent = BLANK) -> Change:
    """A new rule in a draft. It gets its number when it is published."""
    locked = _lock(by, proposal)
    _refuse(limit_problems(content))
    return _new_change(by, locked, None, ChangeKind.ADD, content)


@transaction.atomic
def edit_rule(*, by: User, proposal: Proposal, rule: Rule) -> Change:
    """The draft's change of `rule`, made from the version in its base where there is none. A retirement is undone."""
    locked = _lock(by, proposal)
    change = locked.changes.filter(rule=rule).first()
    if change is None:
        content = _content_in_base(locked, rule)
        return _new_change(by, locked, rule, ChangeKind.EDIT, content, before=content)
    if change.kind == ChangeKind.RETIRE:
        _turn(by, change, ChangeKind.EDIT)
    return change


@transaction.atomic
def retire_rule(*, by: User, proposal: Proposal, rule: Rule) -> Change:
    """Let the draft leave `rule` out of the next release."""
    locked = _lock(by, proposal)
    content = _content_in_base(locked, rule)
    change = locked.changes.filter(rule=rule).first()
    if change is None:
        return _new_change(by, locked, rule, ChangeKind.RETIRE, content, before=content)
    if change.kind != ChangeKind.RETIRE:
        _turn(by, change, ChangeKind.RETIRE)
    return change


@transaction.atomic
def restore_version(*, by: User, proposal: Proposal, version: RuleVersion) -> Change:
    """Put the content of an old version into the draft, whether its rule was changed since or retired."""
    locked = _lock(by, proposal)
    content = RuleContent.from_json(version.content)
    in_base = any(rule.rule_id == version.rule_id for rule in rules_in(locked.base))
    kind = ChangeKind.EDIT if in_base else ChangeKind.ADD
    change = locked.changes.filter(rule=version.rule).first()
    if change is None:
        before = _content_in_base(locked, version.rule) if in_base else None
        return _new_change(by, locked, version.rule, kind, content, before=before)
    data = {"content_before": change.content, "content_after": content.to_json()}
    _write(by, change, kind=kind, content=content.to_json())
    audit.record(by=by, verb="change.restored", subject=_subject(locked), data=_told(change) | data)
    return change


@transaction.atomic
def save_change(*, by: User, change: Change, content: RuleContent, edition: int) -> Change:
    """Keep `content`, complete or not. `edition` is the one that was edited.

    Raises ConflictError when it is no longer the newest and the newest says something else, and ValidationError for what can't be stored.
    """
    locked = _lock(by, change.proposal)
    _refuse(limit_problems(content))
    stored = _current(change)
    if stored.kind == ChangeKind.RETIRE:
        raise ValidationError(_("This proposal retires the rule; it can't be edited here."))
    if stored.content == content.to_json():
        return stored
    before = stored.content
    if stored.edition != edition or not _write(by, stored, content=content.to_json()):
        stored = _current(change)
        theirs = RuleContent.from_json(stored.content)
        raise ConflictError(mine=content, theirs=theirs, edition=stored.edition, saved_by=stored.updated_by)
    data = {"digest": content.digest, "content_before": before, "content_after": stored.content}
    audit.record(by=by, verb="change.saved", subject=_subject(locked), data=_told(stored) | data)
    return stored


@transaction.atomic
def discard_change(*, by: User, change: Change) -> None:
    """Take a change out of its draft. Done twice it is done once."""
    locked = _lock(by, change.proposal)
    stored = locked.changes.filter(pk=change.pk).first()
    if stored is None:
        return
    told = _told(stored) | {"content_before": stored.content, "content_after": None}
    stored.delete()
    audit.record(by=by, verb="change.discarded", subject=_subject(locked), data=told)
    wrote(by, locked)


@transaction.atomic
def withdraw_proposal(*, by: User, proposal: Proposal) -> Proposal:
    """Give a proposal up. It stays readable."""
    locked = _lock(by, proposal)
    move(by=by, proposal=locked, to=ProposalState.WITHDRAWN)
    return locked


@transaction.atomic
def schedule_proposal(*, by: User, proposal: Proposal, publish_at: datetime | None) -> Proposal:
    """Say when a proposal is to be published once it is approved; None takes the time back. Voids approvals.

    Raises ValidationError for a moment that is over.
    """
    require(by, "rules.publish_release")
    locked = lock_open(proposal)
    if publish_at is not None and publish_at <= timezone.now():
        raise ValidationError(_("Choose a time that is still to come."), code="past")
    if locked.publish_at == publish_at:
        return locked
    before, locked.publish_at, locked.scheduled_by = locked.publish_at, publish_at, by
    locked.save(update_fields=["publish_at", "scheduled_by", "updated_at"])
    data = {"before": before, "after": publish_at}
    audit.record(by=by, verb="proposal.timed", subject=_subject(locked), data=data)
    settle(by=by, proposal=locked)
    transaction.on_commit(lambda: proposal_timed.send_robust(Proposal, proposal_id=locked.pk, actor_id=by.pk))
    return locked


@transaction.atomic
def rebase_proposal(*, by: User, proposal: Proposal) -> Rebased:
    """Move a draft to the release in force, unless a rule that it changes is another one there."""
    locked = _lock(by, proposal)
    current = current_release()
    if current is None or current.pk == locked.base_id:
        return Rebased(locked, ())
    if conflicts := conflicts_of(locked, current):
        return Rebased(locked, tuple(one.number for one in conflicts))
    before, locked.base = locked.base, current
    locked.save(update_fields=["base", "updated_at"])
    data = {"from": before.number, "to": current.number}
    audit.record(by=by, verb="proposal.rebased", subject=_subject(locked), data=data)
    wrote(by, locked)
    return Rebased(locked, ())


def _lock(by: User, proposal: Proposal) -> Proposal:
    require(by, "rules.change_proposal")
    return lock_open(proposal)


def wrote(by: User, proposal: Proposal) -> None:
    """`by` changed what the proposal says: an author from now on; approvals of what it said before are void."""
    proposal.authors.add(by)
    Proposal.objects.filter(pk=proposal.pk).update(updated_at=timezone.now())
    settle(by=by, proposal=proposal)
    transaction.on_commit(lambda: proposal_changed.send_robust(Proposal, proposal_id=proposal.pk, actor_id=by.pk))


def _content_in_base(proposal: Proposal, rule: Rule) -> RuleContent:
    for released in rules_in(proposal.base):
        if released.rule_id == rule.pk:
            return released.content
    raise ValidationError(_("Rule %(rule)s is not in the release this proposal builds on.") % {"rule": rule})


def _new_change(
    by: User,
    proposal: Proposal,
    rule: Rule | None,
    kind: ChangeKind,
    content: RuleContent,
    before: RuleContent | None = None,
) -> Change:
    change = Change.objects.create(proposal=proposal, rule=rule, kind=kind, content=content.to_json(), updated_by=by)
    after = None if kind == ChangeKind.RETIRE else change.content
    data = {"content_before": before.to_json() if before else None, "content_after": after}
    audit.record(by=by, verb=f"change.{VERBS[kind]}", subject=_subject(proposal), data=_told(change) | data)
    wrote(by, proposal)
    return change


VERBS = {ChangeKind.ADD: "added", ChangeKind.EDIT: "opened", ChangeKind.RETIRE: "retired"}


def _turn(by: User, change: Change, kind: ChangeKind) -> None:
    data = {"before": {"kind": str(change.kind)}, "after": {"kind": str(kind)}}
    _write(by, change, kind=kind)
    audit.record(by=by, verb=f"change.{VERBS[kind]}", subject=_subject(change.proposal), data=_told(change) | data)


def _write(by: User, change: Change, **fields: Any) -> bool:
    """Update `change` if it is still the edition that was read; whether it was."""
    fields |= {"edition": change.edition + 1, "updated_by": by, "updated_at": timezone.now()}
    written = Change.objects.filter(pk=change.pk, edition=change.edition).update(**fields)
    if written:
        for name, value in fields.items():
            setattr(change, name, value)
        wrote(by, lock_open(change.proposal))
    return bool(written)


def _current(change: Change) -> Change:
    stored = Change.objects.select_related("proposal", "updated_by", "rule").filter(pk=change.pk).first()
    if stored is None:
        raise ValidationError(_("This change was discarded meanwhile."), code="discarded")
    return stored


def _refuse(problems: tuple[Any, ...]) -> None:
    if problems:
        raise ValidationError(problem_errors(problems))


def _subject(proposal: Proposal) -> str:
    return f"proposal:{proposal.pk}"


def _told(change: Change) -> dict[str, Any]:
    rule = change.rule.number if change.rule else None
    return {"change": change.pk, "rule": rule, "kind": str(change.kind), "edition": change.edition}
