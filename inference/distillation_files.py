"""Examples for the distillation of a model as lines of a file: the same bytes whenever it is written."""

import json
from collections.abc import Iterator
from typing import Any

from inference.models import Run
from inference.selectors.distillation import Example, Limits, examples_of

CONTENT_TYPE = "application/jsonl; charset=utf-8"


def json_lines(run: Run, limits: Limits) -> Iterator[str]:
    """An object an example, as they are read."""
    pinned = pinned_by(run, limits)
    for one in examples_of(run, limits):
        told = told_of(one)
        told["provenance"] |= pinned
        yield json.dumps(told, ensure_ascii=False, sort_keys=True) + "\n"


def told_of(one: Example) -> dict[str, Any]:
    """What was asked and replied, the label, and where both come from."""
    judgment, model = one.judgment, one.judgment.trace["model"]
    return {
        "messages": [{"role": message.role, "content": message.content} for message in one.messages],
        "reply": one.reply,
        "label": judgment.expected,
        "provenance": {
            "key": judgment.key,
            "pair": judgment.pair_id,
            "case": judgment.case,
            "endpoint": model["endpoint"],
            "model": model["model"],
            "revision": model["revision"],
            "prompts": model["prompts"],
            "confidence": model["confidence"],
            "tokens_read": model["prompt_tokens"],
            "tokens_written": model["completion_tokens"],
            "judged_at": judgment.traced.created_at.isoformat(),
        },
    }


def pinned_by(run: Run, limits: Limits) -> dict[str, Any]:
    """What all examples of a run share."""
    return {
        "run": run.pk,
        "release": run.release.number,
        "benchmark": run.benchmark.slug if run.benchmark else None,
        "configuration": run.config.name,
        "knowledge": run.knowledge,
        "limits": {"confidence": limits.sure, "tokens": limits.tokens},
    }
