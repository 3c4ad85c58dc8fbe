"""What an expert writes in a rule, as a record and as JSON."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.engine.attributes import Attribute, Level, Side
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator


@dataclass(frozen=True, slots=True)
class Example:
    """A pinned pair: whatever else changes, this query with this title is to have this level."""

    query: str
    title: str
    level: Level


@dataclass(frozen=True, slots=True)
class RuleContent:
    """One wording of a rule, complete: what a rule version stores and a draft edits.

    `safety`: a wrong answer here could hurt somebody, so that a change takes more approvals.
    """

    title: str
    conditions: tuple[Condition, ...]
    effect: Effect
    instruction: str = ""
    rationale: str = ""
    source: str = ""
    examples: tuple[Example, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    safety: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives the same content back."""
        return {
            "title": self.title,
            "conditions": [
                {
                    "side": c.side.value,
                    "operator": c.operator.value,
                    "attribute": c.attribute.value if c.attribute else None,
                    "values": list(c.values),
                }
                for c in self.conditions
            ],
            "effect": {
                "kind": self.effect.kind.value,
                "level": self.effect.level.value if self.effect.level else None,
                "attributes": [a.value for a in self.effect.attributes],
            },
            "instruction": self.instruction,
            "rationale": self.rationale,
            "source": self.source,
            "examples": [{"query": e.query, "title": e.title, "level": e.level.value} for e in self.examples],
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            **({"safety": True} if self.safety else {}),  # left out where not: digests of older wordings stay
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RuleContent":
        """The content that `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
        return cls(
            title=data["title"],
            conditions=tuple(
                Condition(
                    side=Side(c["side"]),
                    operator=Operator(c["operator"]),
                    attribute=Attribute(c["attribute"]) if c.get("attribute") else None,
                    values=tuple(c.get("values", ())),
                )
                for c in data["conditions"]
            ),
            effect=Effect(
                kind=EffectKind(data["effect"]["kind"]),
                level=Level(data["effect"]["level"]) if data["effect"].get("level") else None,
                attributes=tuple(Attribute(a) for a in data["effect"].get("attributes", ())),
            ),
            instruction=data.get("instruction", ""),
            rationale=data.get("rationale", ""),
            source=data.get("source", ""),
            examples=tuple(Example(e["query"], e["title"], Level(e["level"])) for e in data.get("examples", ())),
            valid_from=date.fromisoformat(data["valid_from"]) if data.get("valid_from") else None,
            valid_until=date.fromisoformat(data["valid_until"]) if data.get("valid_until") else None,
            safety=bool(data.get("safety", False)),
        )

    def is_valid_on(self, day: date) -> bool:
        """Whether `day` lies within the validity dates, both ends included."""
        start, end = self.valid_from, self.valid_until
        return (start is None or start <= day) and (end is None or day <= end)

    @property
    def digest(self) -> str:
        """SHA-256 of the content, the same for the same words whenever and by whomever written."""
        text = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def engine_rule(self, *, number: int, version: int, age_order: int) -> EngineRule:
        """This content as recall and decision read it."""
        return EngineRule(
            number=number,
            version=version,
            conditions=self.conditions,
            effect=self.effect,
            instruction=self.instruction,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            age_order=age_order,
            digest=self.digest,
        )
