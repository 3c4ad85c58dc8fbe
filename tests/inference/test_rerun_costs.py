"""What a rerun by a model would cost is what it then costs."""

from collections.abc import Callable
from typing import Any

import pytest

from inference.models import Judgment, ModelReply
from inference.selectors.preview import preview_rules
from inference.selectors.rerun_costs import rerun_costs
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.selectors import engine_rules
from tests.factories import make_benchmark, make_release
from tests.inference.model_configs import make_model_config
from tests.inference.test_services_asking import ADVISE, FORBID, ROWS, by_text

pytestmark = pytest.mark.django_db


def test_the_calls_told_are_the_calls_made(scripted_model: Callable[..., Any]) -> None:
    server, benchmark, base = scripted_model(by_text), make_benchmark(*ROWS, ROWS[0]), make_release()
    config = make_model_config(server.address)
    judge_all(run=launch_run(by=None, release=base, benchmark=benchmark, config=config))
    for edited in (make_release(ADVISE), make_release(FORBID), base):
        after = engine_rules(edited)
        seen = preview_rules(benchmark=benchmark, before=engine_rules(base), after=after, number=None)
        told = rerun_costs(benchmark=benchmark, affected=seen.touched, rules=after)
        before = server.calls
        judge_all(run=launch_run(by=None, release=edited, benchmark=benchmark, config=config))
        assert [one.calls for one in told] == [server.calls - before]


@pytest.mark.parametrize("samples", [1, 2])
def test_canaries_that_every_rerun_asks_anew_are_told_with_it(scripted_model: Callable[..., Any], samples: int) -> None:
    rows = [("布洛芬" if n % 2 else "创可贴", f"[厂{n}]布洛芬片{n}0mg*{n}片", "highly") for n in range(1, 31)]
    server, benchmark, base = scripted_model(by_text), make_benchmark(*rows), make_release()
    config = make_model_config(server.address, canaries=3, samples=samples)
    judge_all(run=launch_run(by=None, release=base, benchmark=benchmark, config=config))
    edited = make_release(ADVISE)
    seen = preview_rules(benchmark=benchmark, before=(), after=engine_rules(edited), number=None)
    (told,) = rerun_costs(benchmark=benchmark, affected=seen.touched, rules=engine_rules(edited))
    before = server.calls
    run = judge_all(run=launch_run(by=None, release=edited, benchmark=benchmark, config=config))
    assert Judgment.objects.filter(run=run, canary=True).count() == 3
    assert told.calls == server.calls - before


def test_tokens_and_minutes_follow_recent_replies(scripted_model: Callable[..., Any]) -> None:
    server, benchmark, base = scripted_model(by_text), make_benchmark(*ROWS), make_release()
    config = make_model_config(server.address)
    judge_all(run=launch_run(by=None, release=base, benchmark=benchmark, config=config))
    pairs = tuple(benchmark.members.values_list("pair", flat=True))
    (cost,) = rerun_costs(benchmark=benchmark, affected=pairs, rules=engine_rules(make_release(ADVISE)))
    lengths = [row.prompt_tokens + row.completion_tokens for row in ModelReply.objects.all()]
    assert (cost.calls, cost.tokens) == (2, round(2 * sum(lengths) / len(lengths)))
    assert cost.minutes is not None
    assert 0 < cost.minutes < 1


def test_where_no_model_judged_nothing_is_told() -> None:
    benchmark, base = make_benchmark(*ROWS), make_release()
    judge_all(run=launch_run(by=None, release=base, benchmark=benchmark))
    assert rerun_costs(benchmark=benchmark, affected=(1,), rules=()) == []
