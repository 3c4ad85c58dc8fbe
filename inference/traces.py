"""How a trace reads on a page: marked words, one step after another, and the reason in a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inference.pipeline.trace import Agreement, EfficacyRelation
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.rule import EffectKind

Json = Mapping[str, Any]

LINES = {
    1: gettext_noop("The product's name contains the whole query, and the efficacy matches"),
    2: gettext_noop("Every character of the query is in the product's name, and the efficacy matches"),
    3: gettext_noop("Core name, efficacy and category match"),
    4: gettext_noop("The efficacy is consistent, but something the query names is different or not shown"),
    5: gettext_noop("Only a similar efficacy or a complementary use"),
    6: gettext_noop("Nothing the query asks for is met"),
}
"""The lines of Algorithm 1 of AR-Med, in the order in which they are tried."""

PROPOSES = {
    1: Level.HIGHLY,
    2: Level.HIGHLY,
    3: Level.HIGHLY,
    4: Level.MODERATELY,
    5: Level.WEAKLY,
    6: Level.IRRELEVANT,
}

FAILURES = {
    "empty_query": gettext_noop("The query is empty."),
    "empty_title": gettext_noop("The product has no title."),
    "long_query": gettext_noop("The query is too long to be judged."),
    "long_title": gettext_noop("The title is too long to be judged."),
    "error": gettext_noop("The pipeline failed on this pair."),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `attributes` and `values` are empty where nothing was recognised in it."""

    text: str
    attributes: tuple[Attribute, ...] = ()
    values: tuple[str, ...] = ()


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
class TraceView:
    """A whole trace, ready to be laid out. `asked` are the attributes that the query names, `open` the others."""

    query: SideView
    product: SideView
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


def view_trace(trace: Json) -> TraceView:
    """The stored JSON of an `inference.pipeline.trace.Trace`, for a page."""
    compared = tuple(_compared(one, trace["waived"]) for one in trace["compared"])
    return TraceView(
        query=_side(trace["query"]),
        product=_side(trace["product"]),
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
    )


def reason(trace: Json) -> str:
    """Why a pair has its level, in one sentence of the current language."""
    parts = [_line_reason(trace), *_effect_reasons(trace["steps"])]
    return _("; ").join(parts) + _(".")


def failure_text(kind: str) -> str:
    """Why a pair has no level, in the current language."""
    return _(FAILURES.get(kind, FAILURES["error"]))


def marked(text: str, mentions: Sequence[Json]) -> tuple[Piece, ...]:
    """`text` cut at the mentions; where mentions overlap, the widest is marked with what all of them say."""
    spans: dict[tuple[int, int], list[Json]] = {}
    for one in mentions:
        if one["origin"] == "text" and one["end"] > one["start"]:
            spans.setdefault((one["start"], one["end"]), []).append(one)
    pieces, at = [], 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < at:
            continue
        if start > at:
            pieces.append(Piece(text[at:start]))
        said = spans[start, end]
        attributes = tuple(dict.fromkeys(Attribute(one["attribute"]) for one in said))
        pieces.append(Piece(text[start:end], attributes, tuple(dict.fromkeys(one["value"] for one in said))))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return tuple(pieces)


def _side(side: Json) -> SideView:
    known = {(one["attribute"], one["value"]) for one in side["mentions"] if one["origin"] == "knowledge"}
    named = (
        Named(Attribute(attribute), tuple((value, (attribute, value) in known) for value in values))
        for attribute, values in side["values"]
        if values
    )
    return SideView(marked(side["text"], side["mentions"]), tuple(named), tuple(side["rest"]))


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


def _line_reason(trace: Json) -> str:
    if trace["line"] == 4:
        return _mismatch_reason(trace)
    words = _(LINES[trace["line"]])
    terms = tuple(dict.fromkeys(term for term in trace["relation_on"] if term))
    if trace["line"] != 5 or len(terms) < 2:
        return words
    return _("%(words)s (asked for %(query)s, is for %(product)s)") % {
        "words": words,
        "query": terms[0],
        "product": terms[1],
    }


def _mismatch_reason(trace: Json) -> str:
    missed = [
        one
        for one in trace["compared"]
        if one["agreement"] in (Agreement.DIFFERENT, Agreement.NOT_SHOWN) and one["attribute"] not in trace["waived"]
    ]
    if not missed:
        return _(LINES[4])
    return _("The efficacy is consistent, but %(what)s") % {"what": _(", ").join(_missed(one) for one in missed)}


def _missed(one: Json) -> str:
    attribute = _(Attribute(one["attribute"]).label)
    asked = _("/").join(one["query"])
    if one["agreement"] == Agreement.NOT_SHOWN or not one["product"]:
        return _("the %(attribute)s %(asked)s is not shown") % {"attribute": attribute, "asked": asked}
    return _("the %(attribute)s is %(shown)s, not %(asked)s") % {
        "attribute": attribute,
        "shown": _("/").join(one["product"]),
        "asked": asked,
    }


def _effect_reasons(steps: Sequence[Json]) -> list[str]:
    return [
        _("rule R%(number)s makes it %(level)s") % {"number": step["number"], "level": _(Level(step["after"]).label)}
        for step in steps
        if step["outcome"] == "applied"
    ]
