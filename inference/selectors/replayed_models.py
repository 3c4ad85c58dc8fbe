"""Replaying what a served model judged: the key is rendered again, and the reply kept under it is read again."""

from collections.abc import Sequence

from inference.models import Judgment, ModelReply, Run
from inference.pipeline.case import Case
from inference.pipeline.model_judge import Answered, trace_of
from inference.pipeline.stability import agreed
from inference.pipeline.understanding import Understanding
from inference.selectors.model_judges import settings_of
from inference.selectors.model_replies import ReplyKey, counting
from rules.engine.recall import Recalled


def level_answered(
    judgment: Judgment, case: Case, understood: Understanding, recalled: Sequence[Recalled], run: Run
) -> str:
    """The level that the kept replies give a pair under the rules recalled; empty where no usable reply is kept.

    `run` made it. Of several replies under one key that were there when the judgment was stored, the last counts that
    the run asked for where it was to ask anew, and otherwise the first.
    """
    settings, asked = settings_of(run.config), judgment.replied_as
    replies = ModelReply.objects.filter(key=asked, failure="", created_at__lte=judgment.traced.created_at)
    anew = run.full or judgment.canary or judgment.reused
    found = counting(replies.order_by("pk"), run.pk if anew else None)
    answers = [found[key] for sample in range(settings.samples) if (key := ReplyKey(asked, sample)) in found]
    if not answers:
        return ""
    return trace_of(case, understood, recalled, Answered(agreed(answers)), settings).level.value
