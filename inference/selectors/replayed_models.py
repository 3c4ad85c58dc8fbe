"""Replaying what a served model judged: the key is rendered again, and the reply kept under it is read again."""

from collections.abc import Sequence
from datetime import datetime

from inference.models import Judgment, ModelReply, PipelineConfig
from inference.pipeline.case import Case
from inference.pipeline.model_judge import Answer, Answered, trace_of
from inference.pipeline.stability import agreed
from inference.pipeline.understanding import Understanding
from inference.selectors.model_judges import settings_of
from inference.selectors.model_replies import answer_in
from rules.engine.recall import Recalled


def level_answered(
    judgment: Judgment, case: Case, understood: Understanding, recalled: Sequence[Recalled], config: PipelineConfig
) -> str:
    """The level that the kept replies give a pair under the rules recalled; empty where no usable reply is kept.

    Of several replies under one key the last one counts that was there when the judgment was stored.
    """
    settings, asked = settings_of(config), judgment.replied_as
    found = [_answer(asked, sample, judgment.traced.created_at) for sample in range(settings.samples)]
    answers = [one for one in found if one is not None]
    if not answers:
        return ""
    return trace_of(case, understood, recalled, Answered(agreed(answers)), settings).level.value


def _answer(key: str, sample: int, before: datetime) -> Answer | None:
    replies = ModelReply.objects.filter(key=key, sample=sample, failure="", created_at__lte=before)
    reply = replies.order_by("-pk").first()
    read = answer_in(reply) if reply else None
    return read if isinstance(read, Answer) else None
