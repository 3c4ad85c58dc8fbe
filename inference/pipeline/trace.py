"""What the pipeline answers: the level, and every step that led to it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from inference.pipeline.model_part import Flag, ModelPart
from inference.pipeline.steps import Asked, ProductCheck
from inference.pipeline.thresholds import Unsure
from inference.pipeline.told import ToldPart, Unit
from rules.engine.attributes import Attribute, Level, gettext_noop
from rules.engine.decide import EffectStep
from rules.engine.recall import RecalledWord
from rules.engine.rule import EffectKind


class Agreement(StrEnum):
    """How the two sides stand on one attribute."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_SHOWN = "not_shown"
    NOT_ASKED = "not_asked"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return AGREEMENT_LABELS[self]


AGREEMENT_LABELS = {
    Agreement.SAME: gettext_noop("same"),
    Agreement.DIFFERENT: gettext_noop("different"),
    Agreement.NOT_SHOWN: gettext_noop("not shown"),
    Agreement.NOT_ASKED: gettext_noop("not asked"),
}


class EfficacyRelation(StrEnum):
    """How what the product is for stands to what the query needs."""

    SAME = "same"
    NEAR = "near"
    COMPLEMENTARY = "complementary"
    OPPOSED = "opposed"
    OTHER = "other"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return RELATION_LABELS[self]


RELATION_LABELS = {
    EfficacyRelation.SAME: gettext_noop("same efficacy"),
    EfficacyRelation.NEAR: gettext_noop("near efficacy"),
    EfficacyRelation.COMPLEMENTARY: gettext_noop("complementary use"),
    EfficacyRelation.OPPOSED: gettext_noop("opposed efficacy"),
    EfficacyRelation.OTHER: gettext_noop("other efficacy"),
    EfficacyRelation.UNKNOWN: gettext_noop("efficacy unknown"),
}


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a text that name a value: `text[start:end]` of the normalised text says `value`.

    `origin` says where the value comes from: `text` (recognised in the words), `given` (the
    catalogue's attributes; start = end = 0), `knowledge` (what is known of a name recognised).
    """

    attribute: Attribute
    value: str
    start: int
    end: int
    origin: str = "text"

    def to_json(self) -> dict[str, Any]:
        """The mention as plain JSON values."""
        return {
            "attribute": self.attribute.value,
            "value": self.value,
            "start": self.start,
            "end": self.end,
            "origin": self.origin,
        }


@dataclass(frozen=True, slots=True)
class SideReading:
    """What was understood of one side. `rest` are the words nothing was recognised in, `excluded` what it must not be."""

    text: str
    mentions: tuple[Mention, ...]
    values: tuple[tuple[Attribute, tuple[str, ...]], ...]
    rest: tuple[str, ...] = ()
    excluded: tuple[Mention, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The side as plain JSON values."""
        return {
            "text": self.text,
            "mentions": [mention.to_json() for mention in self.mentions],
            "values": [[attribute.value, list(values)] for attribute, values in self.values],
            "rest": list(self.rest),
            "excluded": [mention.to_json() for mention in self.excluded],
        }


TOLD = {one: repr(one) for one in (*Attribute, *Agreement)}


@dataclass(frozen=True, slots=True, repr=False)
class Compared:
    """One attribute, both sides."""

    attribute: Attribute
    agreement: Agreement
    query: tuple[str, ...]
    product: tuple[str, ...]

    def __repr__(self) -> str:
        """As every record is told, in a quarter of the time: nine of them are part of a pair's digest."""
        named = f"attribute={TOLD[self.attribute]}, agreement={TOLD[self.agreement]}"
        return f"Compared({named}, query={self.query!r}, product={self.product!r})"

    def to_json(self) -> dict[str, Any]:
        """The attribute as plain JSON values."""
        return {
            "attribute": self.attribute.value,
            "agreement": self.agreement.value,
            "query": list(self.query),
            "product": list(self.product),
        }


@dataclass(frozen=True, slots=True)
class RecalledRule:
    """A rule whose every condition holds."""

    number: int
    version: int
    effect: EffectKind
    words: tuple[RecalledWord, ...]

    def to_json(self) -> dict[str, Any]:
        """The rule as plain JSON values."""
        return {
            "number": self.number,
            "version": self.version,
            "effect": self.effect.value,
            "words": [_word_to_json(word) for word in self.words],
        }


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that decided one pair.

    `line` is the line of Algorithm 1 (1 to 6) that proposed `proposed`; `level` is what the rules
    left of it. `grounds` names what the deciding line rested on, as `(name, value)` for the page to word.
    `confidence` is the share of judgments on such grounds that are right, between 0 and 1; None where that is not known.
    Where a model judged, `model` says so: then `proposed` is its level, `line` is 0 and there are no grounds. `told` is
    what models said at the stages that they perform. `unsure` is there where the judgment was not sure enough to keep its
    class: the rules saw what it became. `flags` are words that tried to instruct models at stages. `missed_plainly` are
    attributes that agree in `compared` and do not as the pair is read without models: rules see a mismatch on them.
    """

    query: SideReading
    product: SideReading
    compared: tuple[Compared, ...]
    relation: EfficacyRelation
    relation_on: tuple[str, str]
    recalled: tuple[RecalledRule, ...]
    line: int
    proposed: Level
    steps: tuple[EffectStep, ...]
    level: Level
    waived: tuple[Attribute, ...] = ()
    grounds: tuple[tuple[str, str], ...] = ()
    asked: Asked | None = None
    check: ProductCheck | None = None
    confidence: float | None = 0.0
    model: ModelPart | None = None
    told: tuple[ToldPart, ...] = ()
    flags: tuple[Flag, ...] = ()
    unsure: Unsure | None = None
    missed_plainly: tuple[Attribute, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The trace as plain JSON values. Written out, since `dataclasses.asdict` takes as long as judging does."""
        told = {
            "query": self.query.to_json(),
            "product": self.product.to_json(),
            "compared": [one.to_json() for one in self.compared],
            "relation": self.relation.value,
            "relation_on": list(self.relation_on),
            "recalled": [rule.to_json() for rule in self.recalled],
            "line": self.line,
            "proposed": self.proposed.value,
            "steps": [_step_to_json(step) for step in self.steps],
            "level": self.level.value,
            "waived": [attribute.value for attribute in self.waived],
            "grounds": [list(one) for one in self.grounds],
            "asked": self.asked.to_json() if self.asked else None,
            "check": self.check.to_json() if self.check else None,
            "confidence": None if self.confidence is None else round(self.confidence, 3),
        }
        if self.told:
            told["told"] = [one.to_json() for one in self.told]
        if self.flags:
            told["flags"] = [one.to_json() for one in self.flags]
        if self.missed_plainly:
            told["missed_plainly"] = [attribute.value for attribute in self.missed_plainly]
        if self.unsure:
            told["unsure"] = self.unsure.to_json()
        return {**told, "model": self.model.to_json()} if self.model else told


@dataclass(frozen=True, slots=True)
class Failure:
    """A pair that could not be judged: a state, never a default level.

    `raw` is what a model said instead of an answer. `missing` are units that models must be asked about first.
    """

    kind: str
    detail: str
    raw: str = ""
    missing: tuple[Unit, ...] = ()


def _word_to_json(word: RecalledWord) -> dict[str, Any]:
    return {
        "side": word.side.value,
        "attribute": word.attribute.value if word.attribute else None,
        "word": word.word,
    }


def _step_to_json(step: EffectStep) -> dict[str, Any]:
    return {
        "number": step.number,
        "version": step.version,
        "effect": step.effect.value,
        "before": step.before.value,
        "after": step.after.value,
        "outcome": step.outcome,
        "by": step.by,
        "attributes": [attribute.value for attribute in step.attributes],
    }
