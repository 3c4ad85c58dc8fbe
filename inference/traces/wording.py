"""Words for what a trace holds as codes and figures, in the current language."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inference.engines.protocol import FailureKind
from inference.pipeline.stages import Stage
from rules.engine.attributes import Level

MODEL = "model_"
LONGEST_VALUE = 40
MOST_VALUES = 3

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
    "reply_empty": gettext_noop("The model's reply was empty, also when asked again."),
    "reply_cut": gettext_noop("The model's reply was cut off, also when asked again."),
    "reply_not_json": gettext_noop("The model's reply could not be read, also when asked again."),
    "reply_not_answer": gettext_noop("The model's reply named no level, also when asked again."),
    "stage_not_told": gettext_noop("Models have to be asked about it first."),
}
STAGE_FAILURES = {
    **FAILURES,
    "reply_not_answer": gettext_noop("The model's reply lacked what was asked for, also when asked again."),
    "no_picture": gettext_noop("The file of a picture is gone or can't be read."),
}

SURE, FAIRLY_SURE = 9, 8
"""Of ten such cases, how many right ones make a judgment so; the figure shown decides, so that it has one word."""
PACK_UNITS = frozenset(
    [
        "片",
        "粒",
        "袋",
        "盒",
        "支",
        "瓶",
        "包",
        "丸",
        "贴",
        "板",
        "条",
        "枚",
        "管",
        "只",
        "个",
        "罐",
        "桶",
        "对",
        "双",
        "套",
        "张",
        "块",
        "颗",
        "s",
        "t",
        "x",
        "kg",
        "g",
        "mg",
        "ml",
        "l",
        "mm",
        "cm",
        "m",
        "克",
        "毫克",
        "千克",
        "毫升",
        "升",
    ]
)
NEARLY_ALL, HALF = 0.95, 0.45


def failure_label(kind: str) -> str:
    """Why a pair has no level, in English: the key of its translation."""
    failed = at_stage(kind)
    words = STAGE_FAILURES if failed.stage else FAILURES
    why = (failed.why or kind).removeprefix(MODEL)
    return FailureKind(why).label if why in set(FailureKind) else words.get(why, FAILURES["error"])


def failure_text(kind: str) -> str:
    """Why a pair has no level; of a stage that a model performs, at which one."""
    failed, said = at_stage(kind), _(failure_label(kind))
    if kind.removeprefix(MODEL) in set(FailureKind):
        return _("The model gave no answer: %(why)s.") % {"why": said}
    if failed.stage is None:
        return said
    return _("At the stage “%(stage)s”: %(why)s") % {"stage": _(failed.stage.label), "why": said}


class AtStage(NamedTuple):
    """The stage that a pair failed at, None for the judgment itself, and why."""

    stage: Stage | None = None
    why: str = ""


def at_stage(kind: str) -> AtStage:
    """What a kind of failure says of a stage: `stage_rewrite_reply_cut` is `reply_cut` at the rewrite."""
    for stage in Stage:
        begin = f"stage_{stage.value}_"
        if kind.startswith(begin):
            return AtStage(stage, kind.removeprefix(begin))
    return AtStage()


def worded(code: str, words: Mapping[str, str]) -> str:
    """The words for a code of a stage, or the code itself where a stage that is gone wrote it."""
    return _(words[code]) if code in words else code


def sureness(confidence: float) -> str:
    """A confidence in words and in figures; empty where the trace is older than confidences."""
    if confidence <= 0:
        return ""
    if confidence >= NEARLY_ALL:
        return _("Sure: right in about 19 of 20 such cases")
    if confidence < HALF:
        return _("Unsure: right in fewer than half of such cases")
    right = round(confidence * 10)
    figures = {"n": right}
    if right >= SURE:
        return _("Sure: right in about %(n)s of 10 such cases") % figures
    if right >= FAIRLY_SURE:
        return _("Fairly sure: right in about %(n)s of 10 such cases") % figures
    return _("Unsure: right in about %(n)s of 10 such cases") % figures


def without_packs(words: Sequence[str]) -> tuple[str, ...]:
    """Words left over but for the figures and units of a pack, which are understood and left out of account."""
    return tuple(word for word in words if word not in PACK_UNITS and not word[:1].isdigit())


def brief(text: str) -> str:
    """A value short enough for a sentence."""
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def some(values: Sequence[str]) -> str:
    """A few of the values, as a list."""
    shown = [brief(value) for value in dict.fromkeys(values) if value]
    listed = _(", ").join(shown[:MOST_VALUES])
    return f"{listed}…" if len(shown) > MOST_VALUES else listed
