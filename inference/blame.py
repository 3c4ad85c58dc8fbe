"""What of a judgment is to blame for its level being wrong, read from the trace. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.clusters import BlameKind, cluster_of
from annotation.enums import Cause
from inference.pipeline.trace import Agreement, EfficacyRelation
from inference.pipeline.tricks import TRICKS
from inference.traces.wording import failure_label
from rules.engine.attributes import Attribute, Level
from rules.engine.rule import EffectKind

Json = Mapping[str, Any]
MISSED = (Agreement.DIFFERENT, Agreement.NOT_SHOWN)
CAUSES = {
    Attribute.BRAND: Cause.BRAND,
    Attribute.EFFICACY: Cause.EFFICACY,
    Attribute.CATEGORY: Cause.INTENT,
    Attribute.DOSAGE_FORM: Cause.DOSAGE_FORM,
    Attribute.INGREDIENT: Cause.INGREDIENT,
    Attribute.CORE_NAME: Cause.INGREDIENT,
    Attribute.STRENGTH: Cause.INGREDIENT,
    Attribute.POPULATION: Cause.POPULATION,
    Attribute.REGION: Cause.BRAND,
}
"""The cause that a fault in an attribute is told as."""
ORDER = (
    *(Attribute.POPULATION, Attribute.INGREDIENT, Attribute.CORE_NAME, Attribute.DOSAGE_FORM, Attribute.BRAND),
    *(Attribute.STRENGTH, Attribute.REGION, Attribute.CATEGORY, Attribute.EFFICACY),
)
"""Attributes by what is to blame first where several are at fault: what may harm before what may annoy."""
ATTRIBUTED = frozenset({EffectKind.REQUIRE, EffectKind.WAIVE})


@dataclass(frozen=True, slots=True)
class Blame:
    """The attributes at fault, what alike cases have in common, and the cause in a word; empty where nobody can say."""

    faults: tuple[Attribute, ...]
    cluster: str
    cause: Cause | None


def blame(trace: Json, expected: str) -> Blame:
    """What is to blame for a level that should be `expected` (empty: not said)."""
    if "failure" in trace:
        return Blame((), cluster_of(BlameKind.FAILURE, failure_label(str(trace["failure"]))), None)
    level = Level(trace["level"])
    if rule := _deciding_rule(trace, level, expected):
        return rule
    too_high = bool(expected) and Level(expected).rank < level.rank
    return _too_high(trace) if too_high else _by_line(trace)


def category_in(trace: Json) -> str:
    """The category that the product was read as; empty for none."""
    values = dict(trace.get("product", {}).get("values", ()))
    return next(iter(values.get(Attribute.CATEGORY.value, ())), "")


def missed_in(trace: Json) -> tuple[Attribute, ...]:
    """The attributes on which the product is not what was asked, those that may harm first."""
    missed = {Attribute(one["attribute"]) for one in trace["compared"] if one["agreement"] in MISSED}
    return tuple(one for one in ORDER if one in missed)


def _deciding_rule(trace: Json, level: Level, expected: str) -> Blame | None:
    """The rule that moved the level away from what is expected, if one did."""
    applied = [step for step in trace["steps"] if step["outcome"] == "applied"]
    if not applied or not expected or expected == level:
        return None
    last = applied[-1]
    before, wanted = Level(last["before"]), Level(expected)
    if abs(before.rank - wanted.rank) >= abs(level.rank - wanted.rank):
        return None
    faults = tuple(Attribute(one) for one in last["attributes"]) if last["effect"] in ATTRIBUTED else missed_in(trace)
    return Blame(faults, cluster_of(BlameKind.RULE, str(last["number"])), Cause.RULE_WRONG)


def _too_high(trace: Json) -> Blame:
    """A level that something should have lowered: a trick in the title, a mismatch that weighed too little, or nothing."""
    tricks = (trace.get("check") or {}).get("tricks") or ()
    if tricks:
        attribute = Attribute(tricks[0]["attribute"])
        return Blame((attribute,), cluster_of(BlameKind.TRICK, TRICKS[tricks[0]["kind"]]), Cause.TRICK)
    if missed := missed_in(trace):
        return _of_attributes(trace, missed)
    if trace["relation"] in (EfficacyRelation.NEAR, EfficacyRelation.COMPLEMENTARY, EfficacyRelation.SAME):
        return _of_use(trace, Cause.RULE_MISSING if trace["relation"] == EfficacyRelation.SAME else Cause.EFFICACY)
    return Blame((), cluster_of(BlameKind.LINE, str(trace["line"])), Cause.RULE_MISSING)


def _by_line(trace: Json) -> Blame:
    """A level that the line of Algorithm 1 put too low, or one that nobody said a better for."""
    grounds: Sequence[Sequence[str]] = trace["grounds"]
    named = {name: [Attribute(value) for key, value in grounds if key == name] for name in ("unfit", "ruled_out")}
    if harmed := (*named["unfit"], *named["ruled_out"]):
        return _of_attributes(trace, harmed)
    mismatched = [Attribute(value) for key, value in grounds if key == "mismatch"]
    if mismatched:
        return _of_attributes(trace, tuple(one for one in ORDER if one in mismatched))
    if trace["line"] in (5, 6):
        return _of_use(trace, Cause.EFFICACY)
    return Blame((), cluster_of(BlameKind.LINE, str(trace["line"])), None)


def _of_attributes(trace: Json, faults: Sequence[Attribute]) -> Blame:
    """Attributes at fault, told by the first: what the query asks for there, which alike cases have in common."""
    asked = next((one["query"] for one in trace["compared"] if one["attribute"] == faults[0]), ())
    cluster = cluster_of(BlameKind.ATTRIBUTE, faults[0].value, next(iter(asked), ""))
    return Blame(tuple(faults), cluster, CAUSES[faults[0]])


def _of_use(trace: Json, cause: Cause) -> Blame:
    wanted, served = trace["relation_on"]
    return Blame((Attribute.EFFICACY,), cluster_of(BlameKind.USE, wanted, served), cause)
