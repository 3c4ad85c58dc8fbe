"""Drafts: what a proposal changes, and the rules as they would be."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.contrib.auth.models import User
from django.db.models import Max
from django.utils import timezone

from rules.engine.check import Problem, content_problems
from rules.engine.content import RuleContent
from rules.engine.rule import EngineRule
from rules.enums import OPEN, ChangeKind, ProposalState
from rules.models import Change, Proposal, Rule, RuleVersion
from rules.selectors.releases import ReleasedRule, current_release, rules_in


@dataclass(frozen=True, slots=True)
class DraftedChange:
    """One change beside the base release. A rule that is added has no `before`, a retired one no `after`.

    `number` is the rule's, or for a new rule the one it would get if published now; `version` likewise.
    A change that is not `effective` says what the base says already and makes no version. `digest` is of what the
    change holds and what it does with it.
    """

    change: Change
    number: int
    version: int
    before: ReleasedRule | None
    after: RuleContent | None
    problems: tuple[Problem, ...]
    effective: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A content as it was read, and why it can't be published."""

    content: RuleContent
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ProposalSummary:
    """A proposal at a glance. `stale`: another release came since it was opened."""

    proposal: Proposal
    changes: tuple[DraftedChange, ...]
    stale: bool

    @property
    def effective(self) -> tuple[DraftedChange, ...]:
        """The changes that would alter the release."""
        return tuple(change for change in self.changes if change.effective)

    @property
    def has_problems(self) -> bool:
        """Whether some content can't be published as it stands."""
        return any(change.problems for change in self.changes)

    @property
    def can_publish(self) -> bool:
        """Whether it could be published once it is approved."""
        is_open = self.proposal.state in OPEN
        return is_open and bool(self.effective) and not self.stale and not self.has_problems


def draft_of(by: User) -> Proposal | None:
    """The draft that this person worked on last."""
    drafts = Proposal.objects.filter(created_by=by, state=ProposalState.DRAFT)
    return drafts.select_related("base").order_by("-updated_at", "-pk").first()


def proposal_summary(proposal: Proposal) -> ProposalSummary:
    """What `proposal` changes. For one that was published, against the base it was published on."""
    current = current_release()
    is_open = proposal.state in OPEN
    return ProposalSummary(
        proposal=proposal,
        changes=drafted_changes(proposal),
        stale=is_open and current is not None and current.pk != proposal.base_id,
    )


def drafted_changes(
    proposal: Proposal, *, replacing: Change | None = None, content: RuleContent | None = None
) -> tuple[DraftedChange, ...]:
    """Every change of `proposal` in the order it was made, with `content` in the place of what `replacing` holds."""
    base = {rule.rule_id: rule for rule in rules_in(proposal.base)}
    changes = list(
        proposal.changes.select_related("rule")
        .prefetch_related("updated_by")  # few people, who would be read once a change
        .annotate(last_version=Max("rule__versions__version"))
        .order_by("pk")
    )
    next_number = _next_number() if any(change.rule is None for change in changes) else 0
    drafted = []
    for change in changes:
        number = change.rule.number if change.rule else next_number
        next_number += change.rule is None
        given = content if replacing is not None and change.pk == replacing.pk else None
        drafted.append(_drafted(change, number, (change.last_version or 0) + 1, base.get(change.rule_id or 0), given))
    return tuple(drafted)


def drafted_number(change: Change) -> int:
    """The number of the rule that `change` is about; for a new rule the one it would get if published now."""
    return next(drafted.number for drafted in drafted_changes(change.proposal) if drafted.change.pk == change.pk)


def drafted_rules(
    proposal: Proposal,
    replacing: Change | None = None,
    content: RuleContent | None = None,
    *,
    on: date | None = None,
) -> tuple[EngineRule, ...]:
    """The rules of the base release with the proposal's changes applied, valid on a day (today unless told).

    `content`, if given, stands in the place of what the change `replacing` holds: an edit not saved yet.
    What is changed counts as newer than every version there is. A content that can't be published as it
    stands is left out: the rule stays as it is in the base.
    """
    day = on or timezone.localdate()
    return tuple(rule for rule in all_drafted_rules(proposal, replacing, content) if rule.is_valid_on(day))


def all_drafted_rules(
    proposal: Proposal, replacing: Change | None = None, content: RuleContent | None = None
) -> tuple[EngineRule, ...]:
    """What `drafted_rules` says, of whatever day the rules are valid on."""
    rules = {rule.number: rule.engine_rule for rule in rules_in(proposal.base)}
    newest = RuleVersion.objects.aggregate(newest=Max("pk"))["newest"] or 0
    for place, drafted in enumerate(drafted_changes(proposal, replacing=replacing, content=content), start=1):
        if drafted.problems or not drafted.effective:
            continue
        rules.pop(drafted.number, None)
        if drafted.after is not None:
            rules[drafted.number] = drafted.after.engine_rule(
                number=drafted.number,
                version=drafted.version,
                age_order=newest + place,
            )
    return tuple(rules[number] for number in sorted(rules))


def _drafted(
    change: Change, number: int, version: int, before: ReleasedRule | None, given: RuleContent | None
) -> DraftedChange:
    text = json.dumps(change.content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(f'["{change.kind}",{text}]'.encode()).hexdigest()
    if change.kind == ChangeKind.RETIRE:
        return DraftedChange(change, number, version, before, None, (), before is not None, digest)
    wording = _wording(text) if given is None else Wording(given, content_problems(given))
    effective = before is None or before.content != wording.content
    return DraftedChange(change, number, version, before, wording.content, wording.problems, effective, digest)


@lru_cache(maxsize=4096)
def _wording(text: str) -> Wording:
    """A content that a draft holds as JSON; the same text is the same wording."""
    content = RuleContent.from_json(json.loads(text))
    return Wording(content, content_problems(content))


def _next_number() -> int:
    highest: int = Rule.objects.aggregate(highest=Max("number"))["highest"] or 0
    return highest + 1
