"""The same tiny model run by vLLM in this process: held to schemas, drawn by seed, refusing what it can't be asked."""

from dataclasses import replace
from importlib.util import find_spec

import pytest

from benchmarks import tiny_model
from inference.engines.protocol import FailureKind, Message
from inference.pipeline.model_answer import Answer, read_answer
from tests.llm.test_transformers import DRAWN, FREE, JUDGMENT, always


@pytest.mark.skipif(find_spec("vllm") is None, reason="vLLM is not installed")
def test_replies_are_answers_by_the_schema_drawn_by_seed_and_what_cannot_be_asked_fails_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("VLLM_CPU_KVCACHE_SPACE", "1")
    in_vllm = pytest.importorskip("inference.engines.in_vllm")
    model = in_vllm.load(tiny_model.make(tmp_path / "tiny"))
    picture = replace(JUDGMENT, messages=(Message("user", "看图", images=("data:image/png;base64,",)),))
    too_long = replace(JUDGMENT, messages=(Message("user", "长" * tiny_model.LONGEST),))

    *replies, cut, refused, unable = model.replies([JUDGMENT, DRAWN, DRAWN, FREE, too_long, picture], always)

    answers = [read_answer(one.text, finish_reason=one.finish_reason, tokens=one.tokens) for one in replies]
    assert all(isinstance(one, Answer) for one in answers), replies
    assert all(one.confidence is not None for one in answers)
    assert replies[1].text == replies[2].text != replies[0].text
    assert (cut.kind, refused.kind, unable.kind) == (FailureKind.CUT, FailureKind.REFUSED, FailureKind.UNABLE)
