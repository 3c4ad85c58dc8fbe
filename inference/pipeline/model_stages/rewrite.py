"""The query rewritten by a model, with its category tags (QI): every change it proposes goes through the same check."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, WithJsonSchema

from inference.engines.protocol import ChatRequest
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.pinyin import is_chinese, sounds_like
from inference.knowledge.traditional import simplified
from inference.pipeline.change_check import Change, loss, refusal
from inference.pipeline.fence import fenced
from inference.pipeline.model_answer import Fault
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages.asked import ModelStage
from inference.pipeline.model_stages.shapes import asked, read_shape, usable, words
from inference.pipeline.prompts import prompt
from inference.pipeline.recognise import Recognised, recognise
from inference.pipeline.rewrite import rewrite
from inference.pipeline.stages import Stage
from inference.pipeline.steps import Rewrite, RewriteKind, Rewritten
from inference.pipeline.told import Unit
from rules.engine.text import normalise

MOST_CHANGES = 8
MOST_TAGS = 3
LONGEST_WORDS = 60


class Tag(StrEnum):
    """The top categories of the catalogue."""

    CHINESE_MEDICINE = "中药"
    WESTERN_MEDICINE = "西药"
    DEVICE = "器械"
    PERSONAL_CARE = "个护"
    NUTRITION = "营养"
    ADULT = "成人"
    HEALTH = "健康"
    OTHER = "其他"


def _tags(value: object) -> tuple[Tag, ...]:
    named = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    return tuple(dict.fromkeys(Tag(one) for one in named if one in set(Tag)))[:MOST_TAGS]


class Proposed(BaseModel):
    """Words of the query as typed, and what is meant by them."""

    before: words(LONGEST_WORDS)  # type: ignore[valid-type]
    after: words(LONGEST_WORDS)  # type: ignore[valid-type]


class Reply(BaseModel):
    """What a model says of a query: what in it is mistyped, then the categories that it lies in."""

    changes: usable(Proposed, MOST_CHANGES)  # type: ignore[valid-type]
    tags: Annotated[
        tuple[Tag, ...],
        BeforeValidator(_tags),
        WithJsonSchema({"type": "array", "items": {"enum": [*Tag]}, "maxItems": MOST_TAGS}),
    ]


def request_of(unit: Unit, settings: ModelSettings) -> ChatRequest:
    """What a model is asked of a query (`unit.text`)."""
    said = prompt(Stage.REWRITE.value, settings.language)
    own = said.words("own", query=fenced("query", [unit.text]))
    return asked(said, settings, Reply, own, said.words("shared", tags=said.words("between tags").join(Tag)))


def read(text: str, finish_reason: str = "stop") -> Reply | Fault:
    """What a reply says of a query, not yet checked."""
    return read_shape(Reply, text, finish_reason)


def rewritten_as(text: str, reply: Reply, lexicon: Lexicon, *, checked: bool = True) -> Rewritten:
    """The normalised query with the changes proposed, as far as the query-change check (QC) lets them.

    What is left unknown is mended by the lexicon: a text that has the model say nothing hides nothing from the rules.
    """
    found = recognise(text, lexicon)
    tried: dict[tuple[str, str], Rewrite] = {}
    for one in reply.changes:
        before, after = normalise(one.before), normalise(one.after)
        if not before or not after or before == after:
            continue
        found, why = _tried(found, before, after, lexicon, checked=checked)
        tried[before, after] = Rewrite(_kind(before, after), before, after, not why, why)
    mended = rewrite(found.text, lexicon, checked=checked)
    tried |= {(one.before, one.after): one for one in mended.rewrites}
    return Rewritten(text, mended.text, tuple(tried.values()), tags_said(reply, lexicon))


def _tried(found: Recognised, before: str, after: str, lexicon: Lexicon, *, checked: bool) -> tuple[Recognised, str]:
    """The query after a change, or as it was with the reason against it."""
    start = found.text.find(before)
    if start < 0:
        return found, "not_typed"
    change = Change(_kind(before, after), start, start + len(before), (after,))
    why = refusal(change, found.text, lexicon) if checked and change.kind is not RewriteKind.TRADITIONAL else ""
    made = found if why else recognise(change.applied(found.text), lexicon)
    why = why or (loss(change, found, made, lexicon) if checked else "")
    return (found, why) if why else (made, "")


def _kind(before: str, after: str) -> RewriteKind:
    """What a change mends."""
    if simplified(before) == after:
        return RewriteKind.TRADITIONAL
    if before.isascii() and is_chinese(after):
        return RewriteKind.PINYIN
    return RewriteKind.HOMOPHONE if sounds_like(before, after, accent=True) else RewriteKind.TYPO


def tags_said(reply: Reply, lexicon: Lexicon) -> tuple[str, ...]:
    """The categories named, as far as the lexicon has them."""
    return tuple(tag.value for tag in reply.tags if tag.value in lexicon.categories)


MODEL_STAGE = ModelStage(Stage.REWRITE, request_of, read, Reply)
