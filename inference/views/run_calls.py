"""What a run asked of served models, as its page lays it out."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inference.engines.protocol import FAILURE_LABELS, FailureKind
from inference.enums import Engine
from inference.models import Run
from inference.selectors.run_calls import Calls
from inference.selectors.runs import Progress

UNUSABLE = {
    "not_json": gettext_noop("the reply could not be read"),
    "not_answer": gettext_noop("the reply did not say what was asked"),
}
"""What is wrong with a whole reply, beside the failures of the client."""


def calls_context(run: Run, calls: Calls, progress: Progress) -> dict[str, object]:
    """What `inference/_calls.html` shows; nothing of a run that asks no model."""
    if not calls.calls and run.config.engine != Engine.LLM:
        return {}
    kinds = calls.counts.failures.most_common()
    return {
        "calls": calls,
        "loss": progress.failed / progress.done if progress.done else None,
        "pairs_rate": progress.anew / calls.seconds if calls.seconds else 0.0,
        "call_failures": [(call_failure(kind), n, n / calls.calls) for kind, n in kinds],
    }


def call_failure(kind: str) -> str:
    """What went wrong with a call, in words; a code that nobody knows is shown as it is."""
    words = FAILURE_LABELS[FailureKind(kind)] if kind in set(FailureKind) else UNUSABLE.get(kind, "")
    return _(words) if words else kind
