"""What a model answered on a pair, for a page. What it wrote is data, shown as its words and never as the page's."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inference.pipeline.model_part import FlagKind
from inference.traces.facts import Json, part
from inference.traces.wording import worded
from rules.engine.attributes import Attribute, Level

PLACES = {
    "query": gettext_noop("the query"),
    "title": gettext_noop("the product's title"),
    "attribute": gettext_noop("an attribute of the product"),
    "indication": gettext_noop("the product's indication"),
    "picture": gettext_noop("the package photo"),
    "passage": gettext_noop("a passage of the evidence"),
}
"""The texts that may try to instruct a model."""
MOST_TOLD, LEAST_TOLD = 99.9, 0.1
"""Shares in hundredths beyond which rounding would claim certainty."""


@dataclass(frozen=True, slots=True)
class FlagView:
    """Words of a text that try to instruct the model; `encoded` where they stood there in an encoding."""

    where: str
    how: str
    words: str
    encoded: bool


@dataclass(frozen=True, slots=True)
class ModelView:
    """What a model answered: `level` is its own, before any rule. `share` is the probability it gave that level."""

    endpoint: str
    model: str
    revision: str
    level: Level
    reason: str
    mismatched: tuple[Attribute, ...]
    rules: tuple[int, ...]
    share: str
    prompt_tokens: int
    completion_tokens: int
    repaired: bool
    flags: tuple[FlagView, ...]


def model_view(trace: Json) -> ModelView | None:
    """The model's part of a trace; None where no model judged."""
    model = part(trace, "model")
    if not model:
        return None
    return ModelView(
        endpoint=model["endpoint"],
        model=model["model"],
        revision=model["revision"],
        level=Level(model["level"]),
        reason=model["reason"],
        mismatched=tuple(map(Attribute, model["mismatched"])),
        rules=tuple(model["rules"]),
        share=share_told(model["confidence"]),
        prompt_tokens=model["prompt_tokens"],
        completion_tokens=model["completion_tokens"],
        repaired=model["repaired"],
        flags=tuple(map(_flag, model["flags"])),
    )


def flags_view(trace: Json) -> tuple[FlagView, ...]:
    """Words that tried to instruct the models that perform stages, where the lexical engine gave the level."""
    return tuple(map(_flag, trace.get("flags", ())))


def model_said(model: Json) -> str:
    """What a model gave as its reason, as its own words."""
    words = {"model": model["model"], "reason": model["reason"].rstrip(" .。")}
    if words["reason"]:
        return _("%(model)s answered: “%(reason)s”") % words
    return _("%(model)s answered without a reason") % words


def model_remarks(model: Json) -> list[str]:
    """The texts that tried to instruct a model, each said once."""
    places = dict.fromkeys(flag["where"] for flag in model["flags"])
    return [_("%(text)s tries to instruct the model") % {"text": worded(one, PLACES)} for one in places]


def model_sureness(trace: Json) -> str:
    """How likely the model held the level; no promise of how often it is right.

    Empty where that was not told, and where a rule gave another level.
    """
    model = trace["model"]
    share = share_told(model["confidence"]) if trace["level"] == model["level"] else ""
    return _("The model gave its level a probability of %(share)s") % {"share": share} if share else ""


def share_told(probability: float | None) -> str:
    """A probability in hundredths, or nothing where there is none."""
    if probability is None:
        return ""
    if probability * 100 > MOST_TOLD:
        return _("over %(share)s") % {"share": f"{MOST_TOLD}%"}
    if probability * 100 < LEAST_TOLD:
        return _("under %(share)s") % {"share": f"{LEAST_TOLD}%"}
    return f"{probability * 100:.1f}%"


def _flag(flag: Json) -> FlagView:
    kinds = {kind.value: kind.label for kind in FlagKind}
    return FlagView(worded(flag["where"], PLACES), worded(flag["kind"], kinds), flag["words"], flag["encoded"])
