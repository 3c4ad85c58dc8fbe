"""A run by a model in which something of ours breaks: one pair fails, or is asked again, and the run goes on."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from inference.engines.asking import Answered, Asked
from inference.engines.asking_process import AskingApart, AskingLostError
from inference.enums import ItemState, RunState
from inference.models import Run
from inference.pipeline.chain import Chain
from inference.services import asking, concluding
from inference.services.judging import judge_all, judge_batch
from inference.services.runs import launch_run
from tests.factories import make_benchmark, make_release
from tests.inference.model_configs import make_model_config
from tests.scripted_model.script import Always, Reply

pytestmark = pytest.mark.django_db

ROWS = [("布洛芬", f"布洛芬片{n}片", "highly") for n in range(6)]
HIGHLY = Always(Reply('{"mismatched": [], "rules": [], "level": "highly", "reason": "as scripted"}'))


def launched(server: Any, rows: list[tuple[str, str, str]] = ROWS) -> Run:
    config = make_model_config(server.address)
    config.endpoint.in_flight = 1
    config.endpoint.save()
    return launch_run(by=None, release=make_release(), benchmark=make_benchmark(*rows), config=config)


def launch_lexical() -> Run:
    return launch_run(by=None, release=make_release(), benchmark=make_benchmark(*ROWS))


def outcomes(run: Run) -> list[str]:
    return list(run.judgments.order_by("pair").values_list("failure", flat=True))


class Dying(AskingApart):
    """Its process is killed once, after the first answer."""

    died = False

    def answered(self, timeout: float | None = None) -> Answered | None:
        taken = super().answered(timeout)
        if taken and not Dying.died:
            Dying.died = True
            self._process.kill()
            self._process.wait()
        return taken


def test_a_process_that_dies_leaves_what_it_had_to_the_next(
    scripted_model: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MANY", 0)
    monkeypatch.setattr(asking, "AskingApart", Dying)
    run = launched(scripted_model(HIGHLY))
    batch = judge_batch(run_id=run.pk)
    assert Dying.died
    assert (batch.again_in, run.items.filter(state=ItemState.CLAIMED).count()) == (0.0, 0)
    assert run.judgments.count() == batch.stored > 0
    run = judge_all(run=run)
    assert (run.state, Counter(outcomes(run))) == (RunState.FINISHED, Counter({"": 6}))


class Dead(AskingApart):
    """Its process is killed before it answers anything."""

    def ask(self, asked: Sequence[Asked]) -> None:
        self._process.kill()
        self._process.wait()
        super().ask(asked)


def test_a_process_that_never_answers_is_not_started_again_at_once(
    scripted_model: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MANY", 0)
    monkeypatch.setattr(asking, "AskingApart", Dead)
    run = launched(scripted_model(HIGHLY))
    with pytest.raises(AskingLostError):
        judge_batch(run_id=run.pk)
    assert (run.items.filter(state=ItemState.CLAIMED).count(), run.items.count()) == (0, 6)


def breaking(function: Callable[..., Any], word: str) -> Callable[..., Any]:
    """The same function, which breaks on whatever holds a word."""

    def broken(*told: Any) -> Any:
        if word in repr(told):
            raise RuntimeError("no such thing should happen")
        return function(*told)

    return broken


@pytest.mark.parametrize(("module", "name"), [(asking, "request_of"), (concluding, "trace_of")])
def test_a_fault_of_ours_fails_one_pair_alone(
    module: Any, name: str, scripted_model: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, breaking(getattr(module, name), "布洛芬片3片"))
    run = judge_all(run=launched(scripted_model(HIGHLY)))
    assert (run.state, outcomes(run)) == (RunState.FINISHED, ["", "", "", "error", "", ""])


@pytest.mark.parametrize("by_model", [False, True])
def test_a_pair_whose_rules_cannot_be_recalled_fails_alone(
    by_model: bool, scripted_model: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Chain, "recall", breaking(Chain.recall, "布洛芬片3片"))
    run = launched(scripted_model(HIGHLY)) if by_model else launch_lexical()
    run = judge_all(run=run)
    assert (run.state, outcomes(run)) == (RunState.FINISHED, ["", "", "", "error", "", ""])


def test_pairs_that_are_the_same_fail_together(
    scripted_model: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "request_of", breaking(asking.request_of, "布洛芬片3片"))
    run = judge_all(run=launched(scripted_model(HIGHLY), [ROWS[3], ROWS[3], ROWS[4]]))
    assert (run.state, outcomes(run)) == (RunState.FINISHED, ["error", "error", ""])


def test_a_reply_that_cannot_be_mended_fails_its_pair(
    scripted_model: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "repair_of", breaking(asking.repair_of, "布洛芬片3片"))
    run = judge_all(run=launched(scripted_model(Always(Reply("no idea")))))
    assert outcomes(run) == ["reply_not_json"] * 3 + ["error"] + ["reply_not_json"] * 2
