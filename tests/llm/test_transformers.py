"""A tiny model of random weights, run by transformers: held to schemas, batched, drawn by seed, stopped in time."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import tiny_model
from inference.engines import in_transformers
from inference.engines.in_transformers import TransformersModel
from inference.engines.protocol import ChatFailure, ChatReply, ChatRequest, FailureKind, Message
from inference.pipeline.model_answer import Answer, read_answer, reply_schema

JUDGMENT = ChatRequest(
    (Message("system", "说明" * 20), Message("user", "感冒灵颗粒")),
    schema=reply_schema(),
    max_tokens=1500,
    logprobs=True,
)
DRAWN = replace(JUDGMENT, temperature=1.0, seed=3)
FREE = replace(JUDGMENT, schema=None, max_tokens=8)


def always() -> bool:
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model.make(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def model(folder: Path) -> TransformersModel:
    return in_transformers.load(folder)


def test_every_reply_is_an_answer_by_the_schema_and_says_how_sure_it_is(model):
    replies = model.replies([JUDGMENT, DRAWN, replace(DRAWN, seed=4)], always)

    answers = [read_answer(one.text, finish_reason=one.finish_reason, tokens=one.tokens) for one in replies]
    assert all(isinstance(one, Answer) for one in answers), replies
    assert all(one.confidence is not None and one.confidence < 1 for one in answers)
    assert [list(json.loads(one.text)) for one in replies] == [["mismatched", "rules", "level", "reason"]] * 3


def test_what_is_drawn_depends_on_the_seed_alone(model):
    one, same, other, greedy, again = model.replies(
        [DRAWN, DRAWN, replace(DRAWN, seed=4), JUDGMENT, replace(JUDGMENT, seed=9)], always
    )

    assert one.text == same.text
    assert greedy.text == again.text
    assert len({one.text, other.text, greedy.text}) == 3


def test_a_reply_is_the_same_in_a_batch_with_longer_prompts(model):
    longer = replace(JUDGMENT, messages=(Message("user", "很长的标题" * 200),))

    (alone,), (beside, _longer) = model.replies([JUDGMENT], always), model.replies([JUDGMENT, longer], always)

    assert json.loads(beside.text)["level"] == json.loads(alone.text)["level"]
    assert beside.prompt_tokens == alone.prompt_tokens


def test_what_cannot_be_asked_is_refused_and_the_others_are_answered(model):
    picture = replace(JUDGMENT, messages=(Message("user", "看图", images=("data:image/png;base64,",)),))
    too_long = replace(JUDGMENT, max_tokens=tiny_model.LONGEST)

    outcomes = model.replies([picture, JUDGMENT, too_long, FREE], always)

    kinds = [one.kind if isinstance(one, ChatFailure) else "" for one in outcomes]
    assert kinds == [FailureKind.UNABLE, "", FailureKind.REFUSED, FailureKind.CUT]
    assert isinstance(outcomes[1], ChatReply)


def test_a_batch_stops_when_its_time_is_over(model):
    until = time.monotonic() + 0.3

    (outcome,) = model.replies([replace(JUDGMENT, schema=None, max_tokens=30_000)], lambda: time.monotonic() < until)

    assert outcome.kind is FailureKind.TIMED_OUT


def test_weights_that_could_hold_code_are_not_read(folder, tmp_path):
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04.")

    with pytest.raises(OSError, match="safetensors"):
        in_transformers.load(tmp_path)
