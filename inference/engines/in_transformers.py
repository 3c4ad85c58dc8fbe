"""A model of a folder, run by transformers in this process. Imported by name where it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from inference.engines.local import NO_PICTURES, GoOn, Outcome
from inference.engines.protocol import ChatFailure, ChatReply, ChatRequest, FailureKind, TokenChance
from inference.engines.schema_guard import Guarded, SchemaGuard
from inference.engines.wire import lack_of, storable

SAFE = {"local_files_only": True, "trust_remote_code": False}
"""Nothing is fetched, and no code that a folder brings is run."""


@dataclass(slots=True)
class Row:
    """One reply of a batch as far as it was written. `finish` is empty while it is under way."""

    request: ChatRequest
    guarded: Guarded | None
    chance: torch.Generator
    read: int
    tokens: list[int] = field(default_factory=list)
    chances: list[float] = field(default_factory=list)
    finish: str = ""


def load(folder: Path) -> "TransformersModel":
    """The model of a folder in memory. Only weights that can hold no code (safetensors) are read."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = AutoModelForCausalLM.from_pretrained(folder, use_safetensors=True, dtype="auto", **SAFE).to(device)
    return TransformersModel(model.eval(), AutoTokenizer.from_pretrained(folder, padding_side="left", **SAFE))


class TransformersModel:
    """A model in memory. Greedy at temperature 0, else drawn by chance with the seed of each request."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model, self._tokenizer = model, tokenizer
        ends = model.generation_config.eos_token_id
        ends = [ends] if isinstance(ends, int) else list(ends or ())
        self._ends = sorted({*ends, tokenizer.eos_token_id} - {None})
        self._pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else self._ends[0]
        tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
        self._longest = getattr(model.config, "max_position_embeddings", None) or 2**31
        self._guard = SchemaGuard(tokenizer, model.config.vocab_size, self._ends)

    def replies(self, requests: Sequence[ChatRequest], go_on: GoOn) -> list[Outcome]:
        """What comes of each request: one that can't be asked here is refused, the others are written together."""
        prompts = {at: self._prompt(request) for at, request in enumerate(requests)}
        outcomes = {
            at: refused for at, request in enumerate(requests) if (refused := self._refused(request, prompts[at]))
        }
        asked = [at for at in prompts if at not in outcomes]
        rows = [self._row(requests[at], len(prompts[at])) for at in asked]
        if rows:
            self._write(rows, [prompts[at] for at in asked], go_on)
        return [outcomes.get(at) or self._outcome(rows[asked.index(at)]) for at in prompts]

    def _prompt(self, request: ChatRequest) -> list[int]:
        """The tokens of a conversation, up to where the model goes on."""
        messages = [{"role": one.role, "content": one.content} for one in request.messages]
        text = self._tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True, enable_thinking=request.thinking
        )
        tokens: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return tokens

    def _refused(self, request: ChatRequest, prompt: list[int]) -> ChatFailure | None:
        if any(message.images for message in request.messages):
            return NO_PICTURES
        if (needed := len(prompt) + request.max_tokens) > self._longest:
            return ChatFailure(FailureKind.REFUSED, f"{needed} tokens with the reply; the model takes {self._longest}")
        return None

    def _row(self, request: ChatRequest, read: int) -> Row:
        guarded = self._guard.begin(request.schema) if request.schema is not None else None
        chance = torch.Generator().manual_seed(request.seed or 0)
        return Row(request, guarded, chance, read)

    @torch.inference_mode()  # type: ignore[untyped-decorator, unused-ignore]
    def _write(self, rows: Sequence[Row], prompts: Sequence[list[int]], go_on: GoOn) -> None:
        """Write all replies, a token of each at a time, until all are finished or nobody wants them any more."""
        batch = self._tokenizer.pad({"input_ids": list(prompts)}, return_tensors="pt").to(self._model.device)
        tokens, mask, kept = batch["input_ids"], batch["attention_mask"], None
        places = (mask.cumsum(-1) - 1).clamp(min=0)
        while go_on():
            said = self._model(
                input_ids=tokens,
                attention_mask=mask,
                position_ids=places,
                past_key_values=kept,
                use_cache=True,
                logits_to_keep=1,
            )
            kept = said.past_key_values
            chosen = [
                self._next(row, scores) for row, scores in zip(rows, said.logits[:, -1].float().cpu(), strict=True)
            ]
            if all(row.finish for row in rows):
                return
            tokens = torch.tensor(chosen, device=mask.device)[:, None]
            mask = torch.cat([mask, torch.ones_like(tokens)], dim=-1)
            places = places[:, -1:] + 1

    def _next(self, row: Row, scores: Any) -> int:
        """The next token of a reply, by its scores; of one that is finished, filling."""
        if row.finish:
            return int(self._pad)
        scores = _allowed(row, scores)
        token = _chosen(row, scores)
        if token in self._ends:
            row.finish = "stop"
            return token
        row.tokens.append(token)
        if row.request.logprobs:
            row.chances.append(float(torch.softmax(scores, -1)[token]))
        if row.guarded is not None:
            row.guarded.take(token)
        if row.guarded is not None and row.guarded.complete:
            row.finish = "stop"
        elif len(row.tokens) >= row.request.max_tokens:
            row.finish = "length"
        return token

    def _outcome(self, row: Row) -> Outcome:
        text = storable(self._tokenizer.decode(row.tokens, skip_special_tokens=True))
        counts: dict[str, Any] = {"prompt_tokens": row.read, "completion_tokens": len(row.tokens)}
        if not row.finish:
            return ChatFailure(FailureKind.TIMED_OUT, "not finished in time", text, **counts)
        if kind := lack_of(text, row.finish):
            return ChatFailure(kind, f"finish_reason {row.finish}", text, row.finish, **counts)
        pieces = [self._tokenizer.decode([token]) for token in row.tokens] if row.chances else []
        chances = tuple(map(TokenChance, pieces, row.chances))
        return ChatReply(text, row.finish, tokens=chances, **counts)


def _allowed(row: Row, scores: Any) -> Any:
    """The scores of the tokens that the schema lets follow; all others can't. Chances are among these, as vLLM tells them."""
    if row.guarded is None:
        return scores
    return scores.masked_fill(torch.from_numpy(~row.guarded.allowed()), float("-inf"))


def _chosen(row: Row, scores: Any) -> int:
    """The likeliest token, or one drawn by chance where the request is asked with a temperature."""
    if not row.request.temperature:
        return int(scores.argmax())
    shares = torch.softmax(scores / row.request.temperature, -1)
    return int(torch.multinomial(shares, 1, generator=row.chance))
