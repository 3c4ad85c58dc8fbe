"""A model of a folder, run by vLLM in this process, batch by batch. Imported by name where it is asked for."""

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from vllm import LLM, SamplingParams
from vllm.exceptions import VLLMValidationError
from vllm.sampling_params import StructuredOutputsParams

from inference.engines.local import NO_PICTURES, GoOn, Outcome
from inference.engines.protocol import ChatFailure, ChatReply, ChatRequest, FailureKind, TokenChance
from inference.engines.wire import LONGEST_DETAIL, lack_of, storable

MEMORY = 0.9
"""The share of an accelerator's memory that is taken."""
MEMORY_SHARED = 0.4
"""The share of the machine's memory that is taken where there is no accelerator: others live there too."""
FITTING = -1
"""As long a conversation as fits into memory, at most what the model takes."""
COMPACT = {"backend": "xgrammar", "disable_any_whitespace": True}
"""No white space between the parts of an object: a model could go on writing it for ever."""


def load(folder: Path) -> "VllmModel":
    """The model of a folder in memory. No code that the folder brings is run."""
    os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")  # workers may have no children
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    accelerated = torch.cuda.is_available()
    model = LLM(
        model=str(folder),
        trust_remote_code=False,
        load_format="safetensors",
        max_model_len=FITTING,
        enforce_eager=not accelerated,  # compiling pays off on accelerators alone
        gpu_memory_utilization=MEMORY if accelerated else MEMORY_SHARED,
        enable_prefix_caching=True,
        structured_outputs_config=COMPACT,
    )
    return VllmModel(model)


class VllmModel:
    """A model in memory."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def replies(self, requests: Sequence[ChatRequest], go_on: GoOn) -> list[Outcome]:
        """What comes of each request, in order. One that vLLM refuses fails alone; a batch is always finished."""
        answered = {thinking: iter(self._of_kind(requests, thinking)) for thinking in (False, True)}
        return [NO_PICTURES if _has_images(one) else next(answered[one.thinking]) for one in requests]

    def _of_kind(self, requests: Sequence[ChatRequest], thinking: bool) -> list[Outcome]:
        """What comes of those that think, or of those that do not: vLLM takes one manner of speaking a batch."""
        asked = [one for one in requests if one.thinking is thinking and not _has_images(one)]
        return self._answered(asked) if asked else []

    def _answered(self, requests: Sequence[ChatRequest]) -> list[Outcome]:
        try:
            return self._asked(requests)
        except (ValueError, VLLMValidationError) as error:
            if len(requests) == 1:
                return [ChatFailure(FailureKind.REFUSED, storable(" ".join(str(error).split()))[:LONGEST_DETAIL])]
        return [self._answered([request])[0] for request in requests]

    def _asked(self, requests: Sequence[ChatRequest]) -> list[Outcome]:
        said = self._model.chat(
            [[{"role": one.role, "content": one.content} for one in request.messages] for request in requests],
            sampling_params=[_manner(request) for request in requests],
            use_tqdm=False,
            chat_template_kwargs={"enable_thinking": requests[0].thinking},
        )
        return [_outcome(one) for one in said]


def _has_images(request: ChatRequest) -> bool:
    return any(message.images for message in request.messages)


def _manner(request: ChatRequest) -> SamplingParams:
    schema = json.dumps(request.schema) if request.schema is not None else None
    return SamplingParams(
        temperature=request.temperature,
        seed=request.seed,
        max_tokens=request.max_tokens,
        logprobs=0 if request.logprobs else None,
        structured_outputs=StructuredOutputsParams(json=schema) if schema else None,
    )


def _outcome(said: Any) -> Outcome:
    first = said.outputs[0]
    text, finish = storable(first.text), first.finish_reason or ""
    counts: dict[str, Any] = {
        "prompt_tokens": len(said.prompt_token_ids or ()),
        "completion_tokens": len(first.token_ids),
        "cached_tokens": said.num_cached_tokens or 0,
    }
    if kind := lack_of(text, finish):
        return ChatFailure(kind, f"finish_reason {finish or 'missing'}", text, finish, **counts)
    pairs = zip(first.logprobs or (), first.token_ids, strict=False)
    chosen = [chances[token] for chances, token in pairs]
    tokens = tuple(TokenChance(one.decoded_token or "", math.exp(min(one.logprob, 0.0))) for one in chosen)
    return ChatReply(text, finish, tokens=tokens, **counts)
