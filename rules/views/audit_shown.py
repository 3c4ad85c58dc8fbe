"""An audit event as its page lays it out: what was before and after, and where it came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy

from rules.engine.content import RuleContent
from rules.engine.diff import word_diff
from rules.enums import CheckName, CheckState, ProposalState
from rules.models import AuditEvent
from rules.origin import Channel, origin_in
from rules.views.shown import DiffRow, content_diff

ANSWERS: dict[str, Any] = {"True": gettext_lazy("yes"), "False": gettext_lazy("no")}
STATES: dict[str, Any] = dict(ProposalState.choices) | dict(CheckState.choices) | ANSWERS
CHECKS: dict[str, Any] = dict(CheckName.choices)
LANGUAGES: dict[str, Any] = dict(settings.LANGUAGES)
SINGLE = {"proposal.timed": "publish_at"}
"""What the one value before and after an event is; of a proposal's other events it is the state."""


@dataclass(frozen=True, slots=True)
class ShownOrigin:
    """Where an event came from; what is not known, or not shown to this reader, is empty."""

    channel: str = ""
    name: str = ""
    address: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """An event with what it changed, as rows before and after. `wording`: these rows are parts of a rule."""

    event: AuditEvent
    origin: ShownOrigin
    diff: tuple[DiffRow, ...]
    wording: bool


def shown_event(
    event: AuditEvent, contents: Mapping[tuple[str, int], Mapping[str, object]], *, with_address: bool
) -> ShownEvent:
    """An event to read. `contents` has the rule versions that events on the page wrote."""
    wording = _wording(event, contents)
    diff = tuple(_rows(event)) if wording is None else wording
    return ShownEvent(event, _origin(event, with_address), diff, wording is not None)


def _origin(event: AuditEvent, with_address: bool) -> ShownOrigin:
    told = {key: str(value) for key, value in origin_in(event.data).items()}
    channel = told.get("channel", "")
    return ShownOrigin(
        channel=channel if channel in {one.value for one in Channel} else "",
        name=told.get("name", ""),
        address=told.get("address", "") if with_address else "",
        request=told.get("request", ""),
    )


def _wording(event: AuditEvent, contents: Mapping[tuple[str, int], Mapping[str, object]]) -> tuple[DiffRow, ...] | None:
    """How a rule reads before and after an event; None for one about something else."""
    version = event.data.get("version")
    if event.verb == "rule.written" and isinstance(version, int):
        before, after = contents.get((event.subject, version - 1)), contents.get((event.subject, version))
    elif event.verb.startswith("change.") and "content_after" in event.data:
        before, after = event.data.get("content_before"), event.data["content_after"]
    else:
        return None
    return content_diff(_content(before), _content(after)) if before or after else ()


def _content(data: Any) -> RuleContent | None:
    return RuleContent.from_json(data) if data else None


def _rows(event: AuditEvent) -> Iterator[DiffRow]:
    """Every value that is another one after the event, by its name."""
    alone = SINGLE.get(event.verb, "state" if event.verb.startswith("proposal.") else "")
    for start in ("", "content_"):
        before, after = event.data.get(f"{start}before"), event.data.get(f"{start}after")
        old, new = (dict(_values(_named(value, alone))) for value in (before, after))
        for name in [*old, *(name for name in new if name not in old)]:
            if old.get(name) != new.get(name):
                yield DiffRow(name, word_diff(_worded(name, old.get(name, "")), _worded(name, new.get(name, ""))))


def _named(value: Any, name: str) -> Any:
    return value if isinstance(value, Mapping) else {name: value}


def _worded(name: str, value: str) -> str:
    """A value in the language of the page, where it is one of ours."""
    if name == "language":
        return str(LANGUAGES.get(value, value))
    if name == "state" or value in ("True", "False"):
        return str(STATES.get(value, value))
    return "\n".join(str(CHECKS.get(line, line)) for line in value.split("\n")) if name == "required" else value


def _values(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """A value with all inside it as texts by their names."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _values(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        yield name, "\n".join("; ".join(text for _key, text in _values(one)) for one in value)
    elif value is not None:
        yield name, str(value)
