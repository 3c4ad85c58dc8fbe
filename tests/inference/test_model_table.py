"""Runs of several configurations side by side: what the table says, what its address means, and its file."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.models import Benchmark, Pair
from inference.comparison import Said
from inference.enums import RunState
from inference.metrics import wilson
from inference.models import ModelReply, PipelineConfig, Run
from inference.selectors.model_table import F1, MOST, measured, newest_of_each, rows_of
from inference.services.comparing import compare_runs
from inference.services.runs import default_config
from rules.engine.attributes import Level, LevelClass
from tests.factories import make_benchmark, make_user, numbers
from tests.inference.judged_runs import make_pairs, make_run
from tests.inference.model_configs import make_model_config

pytestmark = pytest.mark.django_db

H, W, N = Level.HIGHLY, Level.WEAKLY, Level.IRRELEVANT
LABELS = (H, H, W, W, N, N)


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(slug="demo")


@pytest.fixture
def pairs() -> list[Pair]:
    return make_pairs(len(LABELS))


@pytest.fixture
def visitor(client: Client) -> Client:
    client.force_login(make_user())
    return client


def judged(benchmark: Benchmark, pairs: list[Pair], levels: tuple[Level | None, ...], **said: Any) -> Run:
    """A finished run that said these levels, with a configuration of its own."""
    said_of = {pair.pk: Said(level, label) for pair, level, label in zip(pairs, levels, LABELS, strict=True)}
    run = make_run(said_of, benchmark=benchmark)
    run.config = said.get("config") or PipelineConfig.objects.create(name=f"config {next(numbers)}")
    run.finished_at = run.created_at
    run.save()
    return run


def good(benchmark: Benchmark, pairs: list[Pair], **said: Any) -> Run:
    return judged(benchmark, pairs, LABELS, **said)


def poor(benchmark: Benchmark, pairs: list[Pair], **said: Any) -> Run:
    return judged(benchmark, pairs, (H, W, W, None, N, H), **said)


def page(client: Client, **query: Any) -> str:
    response = client.get(reverse("inference:model_table"), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def told(client: Client, **query: Any) -> list[dict[str, str]]:
    """The rows of the file."""
    text = client.get(reverse("inference:export_model_table"), query).content.decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_row_has_the_scores_of_its_run_with_intervals(benchmark: Benchmark, pairs: list[Pair]) -> None:
    row = rows_of([poor(benchmark, pairs)], against=None)[0]
    assert (row.accuracy.value, row.accuracy.interval) == (0.5, wilson(3, 6))
    assert (row.loss_rate.value, row.loss_rate.interval) == (pytest.approx(1 / 6), wilson(1, 6))
    assert [round(one.value, 3) for one in row.f1] == [0.5, 0.5, 0.667]
    assert row.macro_f1.value == pytest.approx(sum(one.value for one in row.f1) / 3)
    assert all(one.interval.low <= one.value <= one.interval.high for one in (*row.f1, row.macro_f1))


def test_the_scores_are_those_of_the_page_of_the_run(benchmark: Benchmark, pairs: list[Pair]) -> None:
    row = rows_of([poor(benchmark, pairs)], against=None)[0]
    scores = row.summary.scores
    found = measured(scores.confusion)
    assert [found[key].value for key in F1] == [pytest.approx(scores.classes[name].f1) for name in LevelClass]
    assert row.macro_f1.value == pytest.approx(scores.macro_f1)


def test_the_most_accurate_stands_first(benchmark: Benchmark, pairs: list[Pair]) -> None:
    worse, better = poor(benchmark, pairs), good(benchmark, pairs)
    assert [row.run for row in rows_of([worse, better], against=None)] == [better, worse]


def test_calls_tokens_time_and_cost_are_of_the_run(benchmark: Benchmark, pairs: list[Pair]) -> None:
    config = make_model_config("http://127.0.0.1:1/v1")
    assert config.endpoint is not None
    config.endpoint.price_read = Decimal(3)
    config.endpoint.save()
    run = good(benchmark, pairs, config=config)
    for _call in range(6):
        ModelReply.objects.create(
            endpoint=config.endpoint, run=run, key="k", milliseconds=500, prompt_tokens=1000, completion_tokens=10
        )
    row = rows_of([run], against=None)[0]
    assert (row.calls.calls, row.calls.read, row.calls.written, row.seconds) == (6, 6000, 60, 0.5)
    assert (row.calls.cost, row.a_thousand) == (Decimal("0.018"), Decimal(3))


def test_without_a_model_the_seconds_are_of_reckoning(benchmark: Benchmark, pairs: list[Pair]) -> None:
    run = good(benchmark, pairs)
    connection.cursor().execute("UPDATE inference_judgment SET milliseconds = 20 WHERE run_id = %s", [run.pk])
    assert rows_of([run], against=None)[0].seconds == pytest.approx(0.02)


def test_what_was_taken_over_took_no_time(benchmark: Benchmark, pairs: list[Pair]) -> None:
    run = good(benchmark, pairs)
    connection.cursor().execute("UPDATE inference_judgment SET reused = %s WHERE run_id = %s", [True, run.pk])
    row = rows_of([run], against=None)[0]
    assert (row.anew, row.seconds, row.a_thousand) == (0, None, None)


def test_runs_are_held_against_one_where_they_were_compared(benchmark: Benchmark, pairs: list[Pair]) -> None:
    first, second, third = good(benchmark, pairs), poor(benchmark, pairs), good(benchmark, pairs)
    compare_runs(by=make_user(), before=first, after=second)
    against = {row.run: row.against for row in rows_of([first, second, third], against=first)}
    assert (against[first], against[third]) == (None, None)
    assert against[second] is not None
    assert (against[second].accuracy.change, against[second].verdict.flips.broken) == (-0.5, 2)


def test_many_runs_cost_the_queries_of_one(benchmark: Benchmark, pairs: list[Pair]) -> None:
    runs = [good(benchmark, pairs) for _ in range(6)]
    costs = []
    for some in (runs[:1], runs[1:]):
        with CaptureQueriesContext(connection) as captured:
            rows_of(some, against=some[0])
        costs.append(len(captured))
    assert costs[0] == costs[1]


def test_the_newest_of_each_configuration_is_shown_unless_runs_are_named(
    benchmark: Benchmark, pairs: list[Pair], visitor: Client
) -> None:
    older = good(benchmark, pairs, config=default_config())
    newer, other = good(benchmark, pairs, config=default_config()), poor(benchmark, pairs)
    Run.objects.filter(pk=poor(benchmark, pairs).pk).update(state=RunState.CANCELLED)
    assert newest_of_each(benchmark) == [other.pk, newer.pk]
    assert [row["run"] for row in told(visitor)] == [str(newer.pk), str(other.pk)]
    assert [row["run"] for row in told(visitor, run=older.pk)] == [str(older.pk)]


def test_a_link_keeps_what_was_chosen(benchmark: Benchmark, pairs: list[Pair], visitor: Client) -> None:
    first, second = good(benchmark, pairs), poor(benchmark, pairs)
    shown = page(visitor, run=[first.pk, second.pk], against=second.pk)
    assert f"Against run {second.pk}" in shown
    assert reverse("inference:compare", args=[second.pk, first.pk]) in shown
    assert f"models.csv?run={first.pk}&amp;run={second.pk}&amp;against={second.pk}" in shown


def test_the_run_that_others_are_held_against_is_among_them(
    benchmark: Benchmark, pairs: list[Pair], visitor: Client
) -> None:
    older, newer = (good(benchmark, pairs, config=default_config()) for _ in range(2))
    assert {row["run"] for row in told(visitor, benchmark="demo", against=older.pk)} == {str(older.pk), str(newer.pk)}
    assert f"Against run {older.pk}" in page(visitor, benchmark="demo", against=older.pk)


def test_runs_over_another_benchmark_are_left_out(benchmark: Benchmark, pairs: list[Pair], visitor: Client) -> None:
    run, other = good(benchmark, pairs), good(make_benchmark(slug="other"), make_pairs(6))
    assert [row["run"] for row in told(visitor, benchmark="demo", run=[run.pk, other.pk])] == [str(run.pk)]


@pytest.mark.parametrize("query", [{"run": "x"}, {"run": "9" * 30}, {"run": "²"}, {"benchmark": "\0", "against": "x"}])
def test_an_address_that_names_nothing_is_no_error(
    benchmark: Benchmark, pairs: list[Pair], visitor: Client, query: dict[str, str]
) -> None:
    good(benchmark, pairs)
    assert "Runs in the table" in page(visitor, **query)


def test_no_more_runs_than_fit(benchmark: Benchmark, pairs: list[Pair], visitor: Client) -> None:
    runs = [good(benchmark, pairs).pk for _ in range(MOST + 1)]
    assert len(told(visitor, run=runs)) == MOST
    assert f"At most {MOST} runs" in page(visitor, run=runs)


def test_without_a_run_it_says_what_to_do(visitor: Client) -> None:
    assert "No run has finished yet" in page(visitor)


def test_the_file_has_every_column(benchmark: Benchmark, pairs: list[Pair], visitor: Client) -> None:
    first, second = good(benchmark, pairs), poor(benchmark, pairs)
    compare_runs(by=make_user(), before=first, after=second)
    row = told(visitor, run=[first.pk, second.pk], against=first.pk)[1]
    wanted = {"run": str(second.pk), "benchmark": "demo", "pairs": "6", "accuracy": "0.5", "calls": "0", "cost": ""}
    wanted |= {"against_run": str(first.pk), "difference": "-0.5", "failed": "1", "judged_anew": "6"}
    assert {name: row[name] for name in wanted} == wanted
    assert float(row["accuracy_low"]) < 0.5 < float(row["accuracy_high"])


def test_it_needs_a_sign_in(client: Client) -> None:
    assert [client.get(reverse(f"inference:{name}")).status_code for name in ("model_table", "export_model_table")] == [
        302,
        302,
    ]
