"""What a proposal shows when another release came into force since it was opened."""

from dataclasses import dataclass

from rules import selectors
from rules.enums import ChangeKind
from rules.models import Release
from rules.selectors import ProposalSummary
from rules.selectors.rebase import Conflict, Moved, conflicts_of, moved_rules
from rules.views.shown import DiffRow, content_diff
from rules.views.wordings import PartRow, three_ways

MOVED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ShownMoved:
    """A rule that moved, and how."""

    number: int
    kind: ChangeKind
    rows: tuple[DiffRow, ...]


@dataclass(frozen=True, slots=True)
class ShownConflict:
    """A rule that both changed, in three wordings."""

    conflict: Conflict
    rows: tuple[PartRow, ...]


@dataclass(frozen=True, slots=True)
class Overtaken:
    """What moved between the base and the release in force; `count` of all of it."""

    current: Release
    count: int
    moved: tuple[ShownMoved, ...]
    conflicts: tuple[ShownConflict, ...]


def overtaken(summary: ProposalSummary) -> Overtaken | None:
    """What moved since, or None for a proposal that stands on the release in force or was decided."""
    current = selectors.current_release()
    if not summary.stale or current is None:
        return None
    moved = moved_rules(summary.proposal.base, current)
    conflicts = conflicts_of(summary.proposal, current)
    return Overtaken(
        current=current,
        count=len(moved),
        moved=tuple(shown_moved(one) for one in moved[:MOVED_SHOWN]),
        conflicts=tuple(ShownConflict(one, three_ways(one.base, one.theirs, one.mine)) for one in conflicts),
    )


def shown_moved(moved: Moved) -> ShownMoved:
    """One rule that moved."""
    kind = ChangeKind.ADD if moved.before is None else ChangeKind.RETIRE if moved.after is None else ChangeKind.EDIT
    return ShownMoved(moved.number, kind, content_diff(moved.before, moved.after))
