"""Asking a model about a pair it judged under other sets of the rules, to know which of them made its level so."""

import time

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from inference.engines.asking import Asking
from inference.engines.protocol import ChatRequest
from inference.models import Judgment
from inference.pipeline.model_answer import Answer
from inference.selectors.model_answers import Questioned, levels_known, questioned, sets_to_ask
from inference.selectors.model_judges import ModelJudge, model_judge
from inference.selectors.model_replies import ReplyKey
from inference.services.model_replies import Replied, keep_replies
from rules.services.audit import record
from rules.services.permissions import require

PATIENCE = 30.0
"""Seconds that somebody waits for the answers; those that come later are not taken."""


def ask_under_other_rules(*, by: User, judgment: Judgment) -> int:
    """Ask what is not known yet, keep every reply, and say how many came.

    Raises ValidationError where the pair can't be read as it was, or the model may not be asked.
    """
    require(by, "inference.launch_run")
    asked, judge = questioned(judgment), model_judge(judgment.run.config)
    if asked is None or judge is None:
        raise ValidationError(_("This pair is read otherwise now: what the model was asked can't be told any more."))
    replied = _replies(judge, _requests(asked))
    with transaction.atomic():
        keep_replies(endpoint=judge.row, replied=replied)
        record(by=by, verb="judgment.asked", subject=f"run:{judgment.run_id}", data={"calls": len(replied)})
    return len(replied)


def _requests(asked: Questioned) -> dict[ReplyKey, ChatRequest]:
    sets = sets_to_ask(asked, levels_known(asked))
    return {key: request for some in sets for key, request in asked.requests(some).items()}


def _replies(judge: ModelJudge, requests: dict[ReplyKey, ChatRequest]) -> list[Replied]:
    until = time.monotonic() + PATIENCE
    replied: list[Replied] = []
    with Asking(judge.endpoint) as asking:
        asking.ask(list(requests.items()))
        while asking.under_way and (left := until - time.monotonic()) > 0:
            if answered := asking.answered(timeout=left):
                key, heard = answered
                sure = heard.answer.confidence if isinstance(heard.answer, Answer) else None
                replied.append(Replied(key.key, heard.outcome, key.sample, heard.fault, confidence=sure))
    return replied
