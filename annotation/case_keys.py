"""What can be done to bad cases with one key."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from annotation.enums import Cause, Severity
from rules.engine.attributes import Level


@dataclass(frozen=True, slots=True)
class Tool:
    """One action: its key, what the form says, its words."""

    key: str
    do: str
    label: str | Promise
    level: str = ""


@dataclass(frozen=True, slots=True)
class ToolGroup:
    """Actions that belong together."""

    label: str | Promise
    tools: Sequence[Tool]


CAUSE_KEYS = {
    Cause.BRAND: "b",
    Cause.EFFICACY: "e",
    Cause.DOSAGE_FORM: "f",
    Cause.INGREDIENT: "i",
    Cause.POPULATION: "p",
    Cause.INTENT: "q",
    Cause.RETRIEVAL: "r",
    Cause.TRICK: "t",
    Cause.RULE_WRONG: "w",
    Cause.RULE_MISSING: "m",
    Cause.RULE_IGNORED: "o",
    Cause.LABEL_WRONG: "l",
}
LEVEL_KEYS = {Level.IRRELEVANT: "6", Level.WEAKLY: "7", Level.MODERATELY: "8", Level.HIGHLY: "9"}
SEVERITY_KEYS = {one: str(one.value) for one in Severity}

TOOLS: Sequence[ToolGroup] = (
    ToolGroup(
        _("Severity"),
        [Tool(SEVERITY_KEYS[one], f"severity:{one.value}", one.label) for one in reversed(Severity)],
    ),
    ToolGroup(_("Cause"), [Tool(key, f"cause:{one.value}", one.label) for one, key in CAUSE_KEYS.items()]),
    ToolGroup(
        _("Should be"),
        [Tool(key, f"expected:{one.value}", one.label, level=one.value) for one, key in LEVEL_KEYS.items()],
    ),
    ToolGroup(
        pgettext_lazy("bad case", "Then"),
        [
            Tool("a", "assign:me", _("assign to me")),
            Tool("A", "assign:nobody", _("assign to nobody")),
            Tool("v", "state:triaged", _("looked at")),
            Tool("=", "merge", _("merge marked into open")),
            Tool("R", "reopen", _("reopen")),
            Tool("u", "undo", _("undo")),
        ],
    ),
)
