"""Audit events in words, with a link to what they are about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext

from annotation.enums import QueuedOrigin
from annotation.models.benchmark import FIXED_CASES_NAME
from arweb import subjects
from arweb.event_facts import FACTS, HIDDEN, KINDS, WORDED
from arweb.event_words import DEEDS, SUBJECTS
from arweb.subjects import Subject, plain
from inference.models.pipeline import name_in_words
from inference.pipeline.stages import STAGE_LABELS
from rules.enums import CheckName, CheckState, NotificationKind, ProposalState
from rules.models import AuditEvent
from rules.problems import found_text
from rules.views.standing import move_reason

register = template.Library()
NOTIFIED: dict[str, Any] = dict(NotificationKind.choices)
CHOSEN: dict[str, dict[str, Any]] = {
    "came": dict(QueuedOrigin.choices),
    "check": dict(CheckName.choices),
    "required": dict(CheckName.choices),
    "state": dict(ProposalState.choices) | dict(CheckState.choices),
}
"""Facts whose value is a choice of ours, with its label."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that an event keeps about what was done."""

    name: str
    value: str


@register.filter
def deed(verb: str) -> str:
    """What was done, in words; an unknown verb as it is."""
    return gettext(DEEDS[verb]) if verb in DEEDS else verb


@register.filter
def facts(data: Mapping[str, object]) -> list[Fact]:
    """What an event keeps, in words; what it leaves empty and what only a machine reads is left out."""
    told = [(key, value) for key, value in data.items() if key not in HIDDEN and value not in (None, "")]
    return [Fact(gettext(FACTS.get(key, key)), _told(key, value, data)) for key, value in told]


@register.filter
def fact_name(key: str) -> str:
    """The name of one value of an event; of one inside others, their names too."""
    return gettext("; ").join(_part_name(part) for part in key.split(".")) if key else gettext("value")


def _part_name(part: str) -> str:
    return str(NOTIFIED.get(part) or gettext(FACTS.get(part, part)))


def _told(key: str, value: object, data: Mapping[str, object]) -> str:
    if key == "summary":
        return found_text(str(value), data.get("params"))
    if isinstance(value, list):
        return gettext(", ").join(_worded(key, str(one)) for one in value) or "–"
    if isinstance(value, Mapping):
        return (
            gettext(", ").join(f"{gettext(KINDS.get(str(name), str(name)))} {one}" for name, one in value.items())
            or "–"
        )
    return _worded(key, str(value))


def _worded(key: str, value: str) -> str:
    if key in CHOSEN:
        return str(CHOSEN[key].get(value, value))
    if key == "reason":
        return move_reason(gettext(KINDS.get(value, value)))
    if key in ("config", "name"):
        return gettext(value) if value == FIXED_CASES_NAME else name_in_words(value)
    if key == "off":
        return gettext(", ").join(gettext(str(STAGE_LABELS.get(one, one))) for one in value.split(", "))  # type: ignore[call-overload]
    return gettext(KINDS.get(value, value)) if key in WORDED else value


@register.simple_tag
def subjects_of(events: Iterable[AuditEvent]) -> Mapping[str, Subject]:
    """What events are about, by how the trail has it."""
    return subjects.subjects_of(list(events))


@register.filter
def about(found: Mapping[str, Subject], subject: str) -> Subject:
    """The name of what an event is about, and where its page is."""
    return found.get(subject) or plain(subject)


@register.filter
def subject_name(found: Mapping[str, Subject], subject: str) -> str:
    """What an event is about, with what kind of thing that is."""
    kind, name = subject.partition(":")[0], about(found, subject).name
    word = gettext(SUBJECTS.get(kind, kind))
    return name if name.startswith(word) else f"{word} {name}".strip()
