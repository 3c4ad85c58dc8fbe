"""A proposal as its checks look at it: the rules before and after, and which of them it changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from inference.gate import Gate
from rules.engine.content import RuleContent
from rules.engine.recall import RuleIndex
from rules.engine.rule import EngineRule
from rules.enums import CheckState
from rules.models import Proposal
from rules.selectors.proposals import all_drafted_rules, proposal_summary
from rules.selectors.releases import rules_in
from rules.selectors.reviews import content_digest


@dataclass(frozen=True, slots=True)
class Drafted:
    """The rules before and after, of whatever day they are valid on; `day` is the first they can be in force on.

    `content` is the digest that the checks are about, `changed` the rules that are added or worded anew.
    """

    proposal: Proposal
    content: str
    day: date
    before: tuple[EngineRule, ...]
    after: tuple[EngineRule, ...]
    contents: Mapping[int, RuleContent]
    changed: frozenset[int]

    def index_before(self, day: date | None = None) -> RuleIndex:
        """The rules in the base that are valid on a day."""
        return RuleIndex(rule for rule in self.before if rule.is_valid_on(day or self.day))

    def index_after(self, day: date | None = None) -> RuleIndex:
        """The drafted rules that are valid on a day."""
        return RuleIndex(rule for rule in self.after if rule.is_valid_on(day or self.day))

    @property
    def changed_rules(self) -> tuple[EngineRule, ...]:
        """The rules that are added or worded anew."""
        return tuple(rule for rule in self.after if rule.number in self.changed)


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: an answer in a sentence (an English msgid with its parameters), and the rows behind it.

    `behind` names the labelled pairs, the terms and the run that it rests on; `gate` has the terms answered one by one.
    """

    state: CheckState
    summary: str
    params: Mapping[str, Any]
    rows: tuple[Any, ...] = ()
    behind: str = ""
    gate: Gate | None = None


def drafted(proposal: Proposal) -> Drafted:
    """A proposal as it stands."""
    summary = proposal_summary(proposal)
    base = rules_in(proposal.base)
    contents = {rule.number: rule.content for rule in base}
    changed = set()
    for change in summary.effective:
        if change.after is None:
            contents.pop(change.number, None)
        elif not change.problems:
            contents[change.number] = change.after
            changed.add(change.number)
    today = timezone.localdate()
    planned = timezone.localdate(proposal.publish_at) if proposal.publish_at else today
    return Drafted(
        proposal=proposal,
        content=content_digest(summary),
        day=max(today, planned),
        before=tuple(rule.engine_rule for rule in base),
        after=all_drafted_rules(proposal),
        contents=contents,
        changed=frozenset(changed),
    )
