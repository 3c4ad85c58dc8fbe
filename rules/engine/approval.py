"""What an approval signs, and how many approvals a set of changes takes. Pure.

An approval counts only for the exact content it saw: the changes, the release they build on, the benchmark and the
run behind each check, and the day of publishing. A change of any of these makes another digest.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.engine.attributes import gettext_noop
from rules.engine.content import RuleContent
from rules.engine.rule import EffectKind


@dataclass(frozen=True, slots=True)
class Signed:
    """The parts under a signature. `changes` gives for each changed rule what is done and the digest of its content;
    `checks` what was behind each check; `publish_at` an ISO moment or empty."""

    base: str
    changes: Mapping[str, str]
    checks: Mapping[str, str] = field(default_factory=dict)
    publish_at: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of every part by name."""
        text = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives the same parts back."""
        return {
            "base": self.base,
            "changes": dict(self.changes),
            "checks": dict(self.checks),
            "publish_at": self.publish_at,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Signed":
        """The parts that `to_json` wrote."""
        return cls(data["base"], data["changes"], data["checks"], data["publish_at"])


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that is no longer what was signed. `part` is a key of PARTS, `what` names the rule or the check."""

    part: str
    what: str = ""

    @property
    def label(self) -> str:
        """What happened, in English: the key of its translation, with `%(what)s` in it where something is named."""
        return PARTS[self.part]


PARTS = {
    "base": gettext_noop("it was moved to another release"),
    "timed": gettext_noop("a time of publishing was set"),
    "publish_at": gettext_noop("the time of publishing was changed"),
    "untimed": gettext_noop("the time of publishing was taken back"),
    "missed": gettext_noop("it could not be published when it was due"),
    "overrode": gettext_noop("the reviewer let a check of it pass"),
    "change": gettext_noop("%(what)s was changed"),
    "added": gettext_noop("%(what)s was taken in"),
    "removed": gettext_noop("%(what)s was taken out"),
    "check": gettext_noop("the check “%(what)s” was run again on something else"),
}


BACK = {
    "asked": gettext_noop("somebody asks for changes"),
    "nothing": gettext_noop("it changes nothing any more"),
    "more": gettext_noop("it takes more approvals than it has"),
}
"""Why a proposal is approved no longer though its approvals are of what it says."""


def differences(signed: Signed, now: Signed) -> tuple[Difference, ...]:
    """Everything that is no longer as it was signed."""
    found = [Difference("base")] if signed.base != now.base else []
    if signed.publish_at != now.publish_at:
        found.append(Difference(_time_part(signed.publish_at, now.publish_at)))
    for rule in sorted(signed.changes.keys() | now.changes.keys()):
        if rule not in signed.changes:
            found.append(Difference("added", rule))
        elif rule not in now.changes:
            found.append(Difference("removed", rule))
        elif signed.changes[rule] != now.changes[rule]:
            found.append(Difference("change", rule))
    checks = sorted(signed.checks.keys() | now.checks.keys())
    found += [Difference("check", name) for name in checks if signed.checks.get(name) != now.checks.get(name)]
    return tuple(found)


def _time_part(signed: str, now: str) -> str:
    if not now:
        return "untimed"
    return "publish_at" if signed else "timed"


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """How many approvals a proposal takes: the most that any of its changes takes, never less than one.

    `approvals` is for kinds of effect that take another number than `otherwise`; `safety` for rules marked so.
    """

    approvals: Mapping[EffectKind, int] = field(default_factory=lambda: {EffectKind.FORBID: 2})
    otherwise: int = 1
    safety: int = 2

    def needed(self, contents: Iterable[RuleContent]) -> int:
        """Approvals that changes between these contents take: give each rule's content before and after."""
        wanted = (count for content in contents for count in self.wanted(content).values())
        return max(wanted, default=max(self.otherwise, 1))

    def wanted(self, content: RuleContent) -> dict[EffectKind | None, int]:
        """Approvals that a change from or to a content takes, by what takes them: its effect, and None for safety."""
        kind = content.effect.kind
        by_effect = {kind: max(self.approvals.get(kind, self.otherwise), 1)}
        return by_effect | ({None: max(self.safety, 1)} if content.safety else {})
