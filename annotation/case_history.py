"""What an action changed of a case, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from annotation.category_names import category_name
from annotation.enums import Cause, Severity
from annotation.models import CaseMove
from rules.engine.attributes import LEVEL_LABELS, Level


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a case, before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """A move with its changes in words."""

    move: CaseMove
    changes: list[Change]


def told_moves(moves: Iterable[CaseMove], people: dict[int, str]) -> list[Told]:
    """Moves with what they changed. `people` are the names of those that cases were assigned to."""
    return [Told(move, changes_of(move, people)) for move in moves]


def changes_of(move: CaseMove, people: dict[int, str]) -> list[Change]:
    """The fields that a reader cares about; times and counters are left out."""
    names = {
        "severity": _("severity"),
        "cause": _("cause"),
        "expected": _("level expected"),
        "assignee_id": _("assignee"),
        "category": _("category"),
        "note": _("note"),
        "reports": _("reports"),
        "master_id": _("the same as"),
    }
    return [
        Change(words, value_of(name, move.changes[name][0], people), value_of(name, move.changes[name][1], people))
        for name, words in names.items()
        if name in move.changes
    ]


def value_of(name: str, value: Any, people: dict[int, str]) -> str:
    """One value as a reader knows it; empty for none."""
    if value in (None, ""):
        return ""
    if name == "severity":
        return str(Severity(value).label)
    if name == "category":
        return category_name(value)
    if name == "cause":
        return str(Cause(value).label)
    if name == "expected":
        return _(LEVEL_LABELS[Level(value)])
    if name == "assignee_id":
        return people.get(int(value), f"{value}")
    return f"#{value}" if name == "master_id" else str(value)


def people_in(moves: Iterable[CaseMove]) -> set[int]:
    """The ids of those that moves name."""
    named = (value for move in moves for value in move.changes.get("assignee_id", ()))
    return {int(value) for value in named if value}
