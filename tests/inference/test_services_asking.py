"""A run that a served model judges: each new key is asked once, and every answer ends as a judgment or as a failure."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from annotation.models import Benchmark
from inference.enums import RunState
from inference.models import Judgment, ModelReply, PipelineConfig, Run
from inference.services.judging import judge_all
from inference.services.runs import cancel_run, launch_run
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import Release
from tests.factories import make_benchmark, make_release
from tests.inference.model_configs import make_model_config
from tests.scripted_model.script import Always, Call, Error, FirstThen, Reply

pytestmark = pytest.mark.django_db

ROWS = [
    ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"),
    ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly"),
    ("板蓝根", "[白云山]板蓝根颗粒10g*20袋", "highly"),
    ("布洛芬", "[美林]布洛芬混悬液100ml", "moderately"),
]
LEVELS = [level.value for level in Level]


def answer(level: str) -> Reply:
    """A reply as the schema asks for it."""
    return Reply(json.dumps({"mismatched": [], "rules": [], "level": level, "reason": "as scripted"}))


def by_text(call: Call) -> Reply:
    """The same prompt always gets the same level."""
    return answer(LEVELS[hashlib.sha256(call.prompt.encode()).digest()[0] % 4])


HIGHLY = answer("highly")
NONSENSE = Reply("I can't say.")


def on(name: str, effect: Effect) -> RuleContent:
    return RuleContent(f"On {name}", (Condition(Side.QUERY, Operator.IS, Attribute.CORE_NAME, (name,)),), effect)


FORBID = on("布洛芬", Effect(EffectKind.FORBID))
ADVISE = on("布洛芬", Effect(EffectKind.ADVISE))


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS)


def judged(benchmark: Benchmark, release: Release, config: PipelineConfig, *, full: bool = False) -> Run:
    return judge_all(run=launch_run(by=None, release=release, benchmark=benchmark, config=config, full=full))


def levels(run: Run) -> list[str]:
    return list(Judgment.objects.filter(run=run).order_by("pair").values_list("level", flat=True))


def failures(run: Run) -> Counter[str]:
    return Counter(Judgment.objects.filter(run=run).values_list("failure", flat=True))


def test_every_pair_is_asked_once(benchmark: Benchmark, scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(by_text)
    config = make_model_config(server.address)
    run = judged(benchmark, make_release(), config)
    assert (server.calls, len(levels(run)), failures(run)) == (4, 4, Counter({"": 4}))
    one = Judgment.objects.filter(run=run).select_related("traced").first()
    assert one is not None
    assert one.trace["model"]["reason"] == "as scripted"
    assert ModelReply.objects.count() == 4


def test_the_same_again_asks_nothing(benchmark: Benchmark, scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(by_text)
    config, release = make_model_config(server.address), make_release()
    first, again = judged(benchmark, release, config), judged(benchmark, release, config)
    assert (server.calls, levels(first)) == (4, levels(again))


def test_after_an_edit_only_new_keys_are_asked(benchmark: Benchmark, scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(by_text)
    config = make_model_config(server.address)
    judged(benchmark, make_release(), config)
    edited = make_release(ADVISE)
    run = judged(benchmark, edited, config)
    assert server.calls == 4 + 2
    full = judged(benchmark, edited, config, full=True)
    assert (server.calls, levels(full)) == (4 + 2 + 4, levels(run))


def test_pairs_that_are_the_same_share_one_call(scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(by_text)
    run = judged(make_benchmark(ROWS[0], ROWS[0], ROWS[0]), make_release(), make_model_config(server.address))
    assert (server.calls, len(set(levels(run)))) == (1, 1)
    assert Judgment.objects.filter(run=run, reused=True).count() == 2


def test_a_hard_effect_binds_whatever_the_model_says(benchmark: Benchmark, scripted_model: Callable[..., Any]) -> None:
    run = judged(benchmark, make_release(FORBID), make_model_config(scripted_model(Always(HIGHLY)).address))
    assert levels(run) == ["irrelevant", "highly", "highly", "irrelevant"]
    one = Judgment.objects.filter(run=run).select_related("traced").order_by("pair").first()
    assert one is not None
    assert (one.trace["model"]["level"], one.trace["proposed"], one.trace["level"]) == (
        "highly",
        "highly",
        "irrelevant",
    )


def test_an_unusable_reply_is_asked_for_once_more(benchmark: Benchmark, scripted_model: Callable[..., Any]) -> None:
    def first_nonsense(call: Call) -> Reply:
        return HIGHLY if any(message["role"] == "assistant" for message in call.body["messages"]) else NONSENSE

    server = scripted_model(first_nonsense)
    run = judged(benchmark, make_release(), make_model_config(server.address))
    assert (server.calls, levels(run)) == (8, ["highly"] * 4)


def test_what_stays_unusable_has_failed_with_its_text(benchmark: Benchmark, scripted_model: Callable[..., Any]) -> None:
    run = judged(benchmark, make_release(), make_model_config(scripted_model(Always(NONSENSE)).address))
    assert failures(run) == Counter({"reply_not_json": 4})
    one = Judgment.objects.filter(run=run).select_related("traced").first()
    assert one is not None
    assert one.trace["raw"] == "I can't say."


def test_a_failed_one_is_asked_again_next_time(benchmark: Benchmark, scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(FirstThen((NONSENSE, HIGHLY)))
    config, release = make_model_config(server.address), make_release()
    judged(benchmark, release, config)
    assert failures(judged(benchmark, release, config)) == Counter({"": 4})


def test_a_server_that_refuses_fails_every_pair_by_kind(
    benchmark: Benchmark, scripted_model: Callable[..., Any]
) -> None:
    run = judged(benchmark, make_release(), make_model_config(scripted_model(Always(Error(400))).address))
    assert failures(run) == Counter({"model_refused": 4})


def test_canaries_are_asked_again_in_every_run(scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(by_text)
    benchmark = make_benchmark(*(("布洛芬", f"布洛芬片{n}片", "highly") for n in range(20)))
    config, release = make_model_config(server.address, canaries=2), make_release()
    judged(benchmark, release, config)
    judged(benchmark, release, config)
    assert server.calls == 20 + 2


def test_a_canary_takes_no_kept_reply_though_a_pair_like_it_does(scripted_model: Callable[..., Any]) -> None:
    server, release = scripted_model(by_text), make_release()
    benchmark = make_benchmark(*[ROWS[0]] * 20)
    config = make_model_config(server.address, canaries=2)
    judged(benchmark, release, config)
    asked_before = server.calls
    config = PipelineConfig.objects.create(
        name="sure", engine="llm", endpoint=config.endpoint, model_settings={"sure_highly": 0.1}, canaries=2
    )
    run = judged(benchmark, release, config)
    assert server.calls == asked_before + 2
    assert list(run.judgments.filter(canary=True).values_list("reused", flat=True)) == [False] * 2


def test_another_prompt_language_or_model_is_another_key(
    benchmark: Benchmark, scripted_model: Callable[..., Any]
) -> None:
    server = scripted_model(by_text)
    release = make_release()
    judged(benchmark, release, make_model_config(server.address))
    judged(benchmark, release, make_model_config(server.address, language="en"))
    judged(benchmark, release, make_model_config(server.address, temperature=0.5))
    assert server.calls == 12


def test_several_samples_are_asked_and_the_commonest_level_counts(
    benchmark: Benchmark, scripted_model: Callable[..., Any]
) -> None:
    def by_seed(call: Call) -> Reply:
        return answer("weakly" if call.body["seed"] == 2 else "highly")

    server = scripted_model(by_seed)
    run = judged(benchmark, make_release(), make_model_config(server.address, samples=3))
    assert (server.calls, levels(run)) == (12, ["highly"] * 4)


def test_a_cancelled_run_asks_no_more(benchmark: Benchmark, scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(by_text)
    run = launch_run(by=None, release=make_release(), benchmark=benchmark, config=make_model_config(server.address))
    cancel_run(by=None, run=run)
    judge_all(run=run)
    assert (server.calls, Judgment.objects.filter(run=run).count()) == (0, 0)


def test_a_server_that_is_not_allowed_is_not_asked(
    benchmark: Benchmark, scripted_model: Callable[..., Any], settings
) -> None:
    server = scripted_model(by_text)
    config, release = make_model_config(server.address), make_release()
    run = launch_run(by=None, release=release, benchmark=benchmark, config=config)
    settings.MODEL_HOSTS = ()
    judge_all(run=run)
    with pytest.raises(ValidationError):
        launch_run(by=None, release=release, benchmark=benchmark, config=config)
    assert (run.state, server.calls) == (RunState.CANCELLED, 0)
