"""A stored trace laid out for a page: one record a step of the path."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inference.pipeline.stages import Stage
from inference.pipeline.trace import Agreement, EfficacyRelation
from inference.traces.facts import Json, part
from inference.traces.model import FlagView, ModelView, flags_view, model_sureness, model_view
from inference.traces.pieces import Piece, marked
from inference.traces.sentence import reason
from inference.traces.stages import CheckView, QueryView, check_view, off_view, query_view
from inference.traces.told import ToldView, told_view
from inference.traces.wording import LINES, PROPOSES, sureness, without_packs
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.rule import EffectKind


@dataclass(frozen=True, slots=True)
class Named:
    """One attribute of one side with its values; `known` marks those that knowledge added."""

    attribute: Attribute
    values: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class SideView:
    """One side as the page shows it."""

    pieces: tuple[Piece, ...]
    named: tuple[Named, ...]
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparedView:
    """One attribute on both sides."""

    attribute: Attribute
    agreement: Agreement
    query: tuple[str, ...]
    product: tuple[str, ...]
    waived: bool


@dataclass(frozen=True, slots=True)
class RuleStep:
    """What one recalled rule did, on which words."""

    number: int
    version: int
    effect: EffectKind
    words: tuple[tuple[Side, str], ...]
    outcome: str
    before: Level | None
    after: Level | None
    by: int | None


@dataclass(frozen=True, slots=True)
class UnsureView:
    """What became of a judgment that was not sure enough. Shares of one."""

    before: Level
    after: Level
    confidence: float
    threshold: float


@dataclass(frozen=True, slots=True)
class TraceView:
    """A whole trace, ready to be laid out. `asked` are the attributes that the query names, `open` the others.

    `off` are the stages that did not run, `told` what models said at the others, by step. `sureness` is the confidence in words, empty in older traces.
    `model` is what a model answered, None where the lexical engine judged; a model's level comes from no `line`.
    """

    query: SideView
    product: SideView
    understood: QueryView
    check: CheckView
    asked: tuple[ComparedView, ...]
    open: tuple[ComparedView, ...]
    relation: EfficacyRelation
    relation_on: tuple[str, ...]
    line: int
    lines: tuple[tuple[int, str, Level], ...]
    proposed: Level
    rules: tuple[RuleStep, ...]
    level: Level
    reason: str
    confidence: float
    sureness: str
    off: Mapping[str, tuple[Stage, ...]]
    told: Mapping[str, tuple[ToldView, ...]]
    model: ModelView | None = None
    unsure: UnsureView | None = None
    flags: tuple[FlagView, ...] = ()
    missed_plainly: tuple[Attribute, ...] = ()

    @property
    def before_rules(self) -> Level:
        """The level that rules were applied to."""
        return self.unsure.after if self.unsure else self.proposed


def view_trace(trace: Json, off: Collection[Stage] = ()) -> TraceView:
    """The stored JSON of an `inference.pipeline.trace.Trace`, for a page; `off` are the stages switched off."""
    compared = tuple(_compared(one, trace["waived"]) for one in trace["compared"])
    confidence = trace.get("confidence") or 0.0
    return TraceView(
        query=_side(trace["query"]),
        product=_side(trace["product"], part(trace, "check").get("tricks", ())),
        understood=query_view(trace),
        check=check_view(trace),
        asked=tuple(one for one in compared if one.agreement is not Agreement.NOT_ASKED),
        open=tuple(one for one in compared if one.agreement is Agreement.NOT_ASKED),
        relation=EfficacyRelation(trace["relation"]),
        relation_on=tuple(term for term in trace["relation_on"] if term),
        line=trace["line"],
        lines=tuple((line, _(words), PROPOSES[line]) for line, words in LINES.items()),
        proposed=Level(trace["proposed"]),
        rules=_rule_steps(trace),
        level=Level(trace["level"]),
        reason=reason(trace),
        confidence=confidence,
        sureness=model_sureness(trace) if trace.get("model") else sureness(confidence),
        off=off_view(off),
        told=told_view(trace),
        model=model_view(trace),
        unsure=_unsure(part(trace, "unsure")),
        flags=flags_view(trace),
        missed_plainly=tuple(map(Attribute, trace.get("missed_plainly", ()))),
    )


def _unsure(said: Json) -> UnsureView | None:
    if not said:
        return None
    return UnsureView(Level(said["before"]), Level(said["after"]), said["confidence"], said["threshold"])


def _side(side: Json, tricks: Sequence[Json] = ()) -> SideView:
    known = {(one["attribute"], one["value"]) for one in side["mentions"] if one["origin"] == "knowledge"}
    named = (
        Named(Attribute(attribute), tuple((value, (attribute, value) in known) for value in values))
        for attribute, values in side["values"]
        if values
    )
    pieces = marked(side["text"], side["mentions"], tricks, side.get("excluded") or ())
    return SideView(pieces, tuple(named), without_packs(side["rest"]))


def _compared(one: Json, waived: Sequence[str]) -> ComparedView:
    agreement = Agreement(one["agreement"])
    return ComparedView(
        Attribute(one["attribute"]), agreement, tuple(one["query"]), tuple(one["product"]), one["attribute"] in waived
    )


def _rule_steps(trace: Json) -> tuple[RuleStep, ...]:
    steps = {step["number"]: step for step in trace["steps"]}
    return tuple(_rule_step(rule, steps.get(rule["number"])) for rule in trace["recalled"])


def _rule_step(rule: Json, step: Json | None) -> RuleStep:
    return RuleStep(
        number=rule["number"],
        version=rule["version"],
        effect=EffectKind(rule["effect"]),
        words=tuple((Side(word["side"]), word["word"]) for word in rule["words"]),
        outcome=step["outcome"] if step else "unchanged",
        before=Level(step["before"]) if step else None,
        after=Level(step["after"]) if step else None,
        by=step["by"] if step else None,
    )
