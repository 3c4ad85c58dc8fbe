"""Claiming, judging and storing: exactly once, whoever comes late, whatever fails."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inference.enums import RunState
from inference.models import Judgment, Run, RunItem
from inference.selectors.chains import chain_of
from inference.services.judging import judge_all, judge_batch, judge_items
from inference.services.making import claim_items, prepare_items, store
from inference.services.runs import cancel_run, launch_run
from inference.services.taking_over import earlier_by_key
from inference.services.telling import Telling
from tests.factories import make_benchmark, make_release

pytestmark = pytest.mark.django_db

ROWS = [("布洛芬", f"布洛芬片{n}片", "highly") for n in range(5)]


@pytest.fixture
def run() -> Run:
    return launch_run(by=None, release=make_release(), benchmark=make_benchmark(*ROWS), full=True)


def expire_claims(run: Run) -> None:
    RunItem.objects.filter(run=run).update(claimed_until=timezone.now() - timedelta(seconds=1))


def test_two_claims_never_share_an_item(run: Run, settings) -> None:
    settings.JUDGE_BATCH = 3
    one, two, three = (claim_items(run=run) for _ in range(3))
    assert [len(claim.items) for claim in (one, two, three)] == [3, 2, 0]
    assert not {item.pk for item in one.items} & {item.pk for item in two.items}


def test_a_task_called_twice_leaves_one_result(run: Run) -> None:
    assert [judge_batch(run_id=run.pk).stored for _ in range(2)] == [5, 0]
    assert Judgment.objects.filter(run=run).count() == 5


def test_a_claim_that_ran_out_is_taken_over(run: Run) -> None:
    claim_items(run=run)
    assert judge_batch(run_id=run.pk).stored == 0
    expire_claims(run)
    assert judge_batch(run_id=run.pk).stored == 5


def test_a_late_worker_stores_nothing(run: Run) -> None:
    late = claim_items(run=run)
    made = judge_items(run=run, items=late.items)
    expire_claims(run)
    judge_batch(run_id=run.pk)
    kept = list(Judgment.objects.filter(run=run).values_list("pk", flat=True))
    assert store(run=run, token=late.token, made=made, context="") == 0
    assert list(Judgment.objects.filter(run=run).values_list("pk", flat=True)) == kept


def test_a_worker_late_for_some_stores_the_others(run: Run, settings) -> None:
    late = claim_items(run=run)
    made = judge_items(run=run, items=late.items)
    settings.JUDGE_BATCH = 2
    expire_claims(run)
    judge_batch(run_id=run.pk)
    assert store(run=run, token=late.token, made=made, context="") == 3
    assert Judgment.objects.filter(run=run).count() == 5


def test_nothing_is_stored_for_a_cancelled_run(run: Run) -> None:
    claim = claim_items(run=run)
    made = judge_items(run=run, items=claim.items)
    cancel_run(by=None, run=run)
    assert store(run=run, token=claim.token, made=made, context="") == 0


def test_while_others_hold_claims_there_is_more_to_come(run: Run, settings) -> None:
    settings.CLAIM_SECONDS = 30
    claim_items(run=run)
    batch = judge_batch(run_id=run.pk)
    assert batch.stored == 0
    assert 25 < (batch.again_in or 0) <= 31
    run.refresh_from_db()
    assert run.state == RunState.RUNNING


def test_waiting_pairs_are_worth_coming_back_for_at_once(run: Run, settings) -> None:
    settings.JUDGE_BATCH = 2
    assert [judge_batch(run_id=run.pk).again_in for _ in range(3)] == [0.0, 0.0, None]


def test_what_can_not_be_judged_has_failed_and_has_no_level() -> None:
    benchmark = make_benchmark(("布洛芬", " ", "highly"), ("布洛芬", "布洛芬片", "highly"))
    run = launch_run(by=None, release=make_release(), benchmark=benchmark)
    judge_batch(run_id=run.pk)
    outcomes = list(Judgment.objects.filter(run=run).values_list("level", "failure", "line"))
    assert outcomes[0] == ("", "empty_title", 0)
    assert outcomes[1][1] == ""


class Faulty:
    """A chain that breaks on one word."""

    def __init__(self, run: Run, word: str) -> None:
        self.chain, self.word = chain_of(run), word

    def understand(self, case):
        if self.word in case.title:
            raise RuntimeError("no such thing should happen")
        return self.chain.understand(case)

    def __getattr__(self, name: str):
        return getattr(self.chain, name)


def test_a_fault_of_the_pipeline_fails_one_pair_alone(run: Run, caplog) -> None:
    items = claim_items(run=run).items
    made = judge_items(run=run, items=items, chain=Faulty(run, "布洛芬片3片"))
    assert [one.judgment.failure for one in made] == ["", "", "", "error", ""]
    trace = made[3].trace
    assert trace is not None
    assert trace.content == {"failure": "error", "detail": "RuntimeError"}
    assert "could not be understood" in caplog.text


def test_a_failed_judgment_is_tried_again_not_taken_over() -> None:
    benchmark = make_benchmark(("布洛芬", " ", "highly"))
    release = make_release()
    for _time in range(2):
        judge_all(run=launch_run(by=None, release=release, benchmark=benchmark))
    assert list(Judgment.objects.values_list("failure", "reused")) == [("empty_title", False)] * 2


def test_the_key_finds_the_first_judgment_of_any_run(run: Run) -> None:
    judge_batch(run_id=run.pk)
    again = launch_run(by=None, release=run.release, benchmark=run.benchmark)
    with Telling(chain_of(again), again.config) as telling:
        keys = {one.key for one in prepare_items(again, list(again.items.all()), telling)}
    assert set(earlier_by_key(keys)) == keys
    judge_batch(run_id=again.pk)
    assert Judgment.objects.filter(run=again, reused=True).count() == 5
