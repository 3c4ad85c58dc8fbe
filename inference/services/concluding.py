"""What an asked question comes to: a judgment by what the model said, or a failure."""

import time

from inference.models import Run
from inference.pipeline.model_judge import Answered, trace_of
from inference.pipeline.stability import agreed
from inference.pipeline.trace import Failure
from inference.selectors.model_judges import ModelJudge
from inference.selectors.understood import fault_of
from inference.services import making
from inference.services.making import Made, Prepared
from inference.services.questions import Question

LONGEST_RAW = 20_000
"""Characters of an unusable reply that are kept with the failed judgment."""


def concluded(run: Run, judge: ModelJudge, question: Question) -> Made:
    """The judgment of a question that nothing more is heard of. Where the pipeline breaks on it, it has failed."""
    seconds = question.prepared.seconds + (time.perf_counter() - question.sent if question.sent else 0.0)
    if question.answers:
        try:
            return _judged(run, judge, question, seconds)
        except Exception as error:
            question.failure = fault_of(error, f"pair {question.prepared.item.pair_id} could not be judged")
    assert question.failure is not None
    made = making.failed(run, question.prepared, question.failure, seconds)
    assert made.trace is not None
    made.trace.content |= {"raw": question.raw[:LONGEST_RAW]}
    return made


def _judged(run: Run, judge: ModelJudge, question: Question, seconds: float) -> Made:
    answered = Answered(
        answer=agreed([question.answers[sample] for sample in sorted(question.answers)]),
        endpoint=judge.row.name,
        prompt_tokens=question.prompt_tokens,
        completion_tokens=question.completion_tokens,
        repaired=question.repaired,
    )
    one = question.prepared
    trace = trace_of(one.case, question.understood, question.recalled, answered, judge.settings)
    judgment = making.begun(run, one, seconds)
    judgment.level, judgment.line = trace.level.value, trace.line
    replied = {} if question.asked == one.key else {"replied_as": question.asked}
    return Made(judgment, making.trace_of(one, trace.to_json() | replied), one.kept)


def shared(run: Run, one: Prepared, made: Made) -> Made:
    """The judgment of another pair with the same key."""
    if made.judgment.failure:
        return making.failed(run, one, Failure(made.judgment.failure, ""), one.seconds)
    judgment = making.begun(run, one, one.seconds)
    judgment.reused = True
    judgment.level, judgment.line = made.judgment.level, made.judgment.line
    return Made(judgment, made.trace, one.kept)
