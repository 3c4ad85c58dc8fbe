"""What moved between the release a proposal builds on and the one in force, and where both changed one rule."""

from dataclasses import dataclass

from rules.engine.content import RuleContent
from rules.enums import ChangeKind
from rules.models import Change, Proposal, Release
from rules.selectors.releases import ReleasedRule, rules_in


@dataclass(frozen=True, slots=True)
class Moved:
    """A rule that is another one in the release in force; None where it is not in a release."""

    number: int
    before: RuleContent | None
    after: RuleContent | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A rule that both the proposal and a later release changed: as it was, as it is in force, as it is proposed."""

    change: Change
    number: int
    base: RuleContent | None
    theirs: RuleContent | None
    mine: RuleContent | None


def moved_rules(base: Release, current: Release) -> tuple[Moved, ...]:
    """Every rule in which the release in force differs from the base, by number."""
    before, after = ({rule.number: rule for rule in rules_in(release)} for release in (base, current))
    return tuple(
        Moved(number, _content(before.get(number)), _content(after.get(number)))
        for number in sorted(before.keys() | after.keys())
        if not _same(before.get(number), after.get(number))
    )


def conflicts_of(proposal: Proposal, current: Release) -> tuple[Conflict, ...]:
    """The changes whose rule is another one in `current` than in the proposal's base, by number."""
    before, after = ({rule.rule_id: rule for rule in rules_in(release)} for release in (proposal.base, current))
    found = [
        Conflict(
            change=change,
            number=change.rule.number,
            base=_content(before.get(change.rule.pk)),
            theirs=_content(after.get(change.rule.pk)),
            mine=None if change.kind == ChangeKind.RETIRE else RuleContent.from_json(change.content),
        )
        for change in proposal.changes.select_related("rule", "updated_by").exclude(rule=None)
        if change.rule is not None and not _same(before.get(change.rule.pk), after.get(change.rule.pk))
    ]
    return tuple(sorted(found, key=lambda one: one.number))


def _content(rule: ReleasedRule | None) -> RuleContent | None:
    return rule.content if rule else None


def _same(one: ReleasedRule | None, other: ReleasedRule | None) -> bool:
    """Whether both releases hold the same version, or neither holds any: versions are never edited."""
    return (one and one.version_id) == (other and other.version_id)
