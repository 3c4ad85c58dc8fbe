"""Runs whose judgments must be so sure: nothing is asked again for a threshold, kept replies are as sure as they were."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from annotation.models import Benchmark
from inference.models import Judgment, ModelReply, PipelineConfig, Run
from inference.pipeline.parameters import Parameters
from inference.selectors.model_answers import levels_known, questioned, repeated_answers
from inference.selectors.replays import judgments_with, replay
from inference.selectors.tuning import samples_of, thresholds_of
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.engine.attributes import Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import Release
from tests.factories import make_benchmark, make_release
from tests.inference.model_configs import make_model_config
from tests.inference.test_services_runs import FORBID_IBUPROFEN
from tests.scripted_model.script import Call, Reply

pytestmark = pytest.mark.django_db
ROWS = [("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"), ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly")]
FLOOR = RuleContent(
    "On plasters",
    (Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=("创可贴",)),),
    Effect(EffectKind.FLOOR, level=Level.HIGHLY),
)


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS)


def unsure(call: Call) -> Reply:
    """Highly, with a probability of six in ten."""
    text = json.dumps({"level": "highly", "reason": "", "mismatched": [], "rules": []})
    before, after = text.split("highly")
    return Reply(text, tokens=((before, 1.0, {}), ("highly", 0.6, {}), (after, 1.0, {})))


def judged(benchmark: Benchmark, config: PipelineConfig, release: Release) -> Run:
    return judge_all(run=launch_run(by=None, release=release, benchmark=benchmark, config=config))


def levels(run: Run) -> list[str]:
    return list(Judgment.objects.filter(run=run).order_by("pair").values_list("level", flat=True))


def held(config: PipelineConfig, **sure: float) -> PipelineConfig:
    """The same configuration with thresholds."""
    settings = {**config.model_settings, **sure}
    name = f"{config.name} {sure}"[:80]
    return PipelineConfig.objects.create(
        name=name, engine=config.engine, endpoint=config.endpoint, model_settings=settings, canaries=0
    )


def test_a_threshold_weighs_the_replies_that_are_kept(benchmark: Benchmark, scripted_model: Callable[..., Any]) -> None:
    server, release = scripted_model(unsure), make_release(FLOOR)
    config = make_model_config(server.address)
    plain = judged(benchmark, config, release)
    strict, lax = (judged(benchmark, held(config, sure_highly=share), release) for share in (0.61, 0.6))
    assert (levels(plain), levels(strict), levels(lax)) == (["highly"] * 2, ["moderately", "highly"], ["highly"] * 2)
    assert server.calls == 2
    assert set(ModelReply.objects.values_list("confidence", flat=True)) == {0.6}
    keys = {key for run in (plain, strict, lax) for key in run.judgments.values_list("key", flat=True)}
    assert len(keys) == 6


def test_a_judgment_that_a_threshold_moved_replays_and_is_known_under_its_rules(
    benchmark: Benchmark, scripted_model: Callable[..., Any]
) -> None:
    release = make_release(FLOOR)
    config = held(make_model_config(scripted_model(unsure).address), sure_highly=0.9)
    run = judged(benchmark, config, release)
    moved, floored = judgments_with(list(run.judgments.order_by("pair").values_list("pk", flat=True)))
    assert [one.same for one in replay([moved, floored])] == [True, True]
    assert moved.trace["unsure"] == {"before": "highly", "after": "moderately", "confidence": 0.6, "threshold": 0.9}
    number = release.entries.get().rule.number
    asked = [questioned(one) for one in (moved, floored)]
    known = [levels_known(one) for one in asked if one]
    assert known == [{frozenset(): Level.MODERATELY}, {frozenset({number}): Level.HIGHLY}]


def test_lexical_judgments_are_held_too(benchmark: Benchmark) -> None:
    release = make_release(FLOOR)
    config = PipelineConfig.objects.create(name="strict", parameters=Parameters(sure_highly=1.0).to_json(), canaries=0)
    plain = PipelineConfig.objects.create(name="plain", parameters=Parameters().to_json(), canaries=0)
    runs = [judged(benchmark, one, release) for one in (plain, config)]
    assert [levels(run) for run in runs] == [["highly"] * 2, ["moderately", "highly"]]
    assert not set(runs[0].judgments.values_list("key")) & set(runs[1].judgments.values_list("key"))


@pytest.mark.parametrize("sure", [{"sure_highly": 1.0}, {"sure_less": 1.0, "sure_irrelevant": 1.0}])
def test_a_run_comes_to_what_the_tuning_foresaw(sure: dict[str, float]) -> None:
    benchmark = make_benchmark(
        *ROWS,
        ("布洛芬", "[美林]布洛芬混悬液100ml", "moderately"),
        ("布洛芬", "[白云山]板蓝根颗粒10g*20袋", "irrelevant"),
        ("创可贴", "医用口罩", "irrelevant"),
        ("感冒药", "[999]感冒灵颗粒10g*9袋", "highly"),
        ("感冒药", "[邦迪]苯扎氯铵贴10片", "irrelevant"),
    )
    release = make_release(FLOOR, FORBID_IBUPROFEN)
    configs = [
        PipelineConfig.objects.create(name=f"c{len(one)}", parameters=Parameters(**one).to_json(), canaries=0)
        for one in ({}, sure)
    ]
    plain, held_run = (judged(benchmark, config, release) for config in configs)
    thresholds = thresholds_of(held_run)
    foreseen = [one.under(thresholds) for one in samples_of(plain)]
    assert foreseen == [Level(level).level_class for level in levels(held_run)]
    assert foreseen != [one.judged for one in samples_of(plain)]


def test_the_replies_of_a_judgment_under_thresholds_are_found(
    benchmark: Benchmark, scripted_model: Callable[..., Any]
) -> None:
    config = held(make_model_config(scripted_model(unsure).address, samples=2), sure_highly=0.9)
    run = judged(benchmark, config, make_release())
    one = run.judgments.order_by("pair").select_related("traced").first()
    assert one is not None
    assert one.replied_as != one.key
    stability = repeated_answers(one)
    assert stability is not None
    assert stability.counts == {Level.HIGHLY: 2}
