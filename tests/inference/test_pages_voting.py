"""Votes of runs: who may vote, what is counted, the page with its filters, the files and the API."""

import csv
import json
from collections.abc import Mapping, Sequence
from io import StringIO

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotation.models import Benchmark, Pair
from inference.comparison import Said
from inference.enums import RunState
from inference.models import Judgment, JudgmentTrace, ModelReply, PipelineConfig, Run
from inference.selectors.voting import finished_runs, judges_of, vote_of
from inference.voting import Standing
from rules.engine.attributes import Level
from tests.factories import make_benchmark, make_release, make_user
from tests.inference.judged_runs import make_pairs, make_run, trace_of
from tests.inference.model_configs import make_model_config
from tests.inference.test_services_runs import FORBID_IBUPROFEN

pytestmark = pytest.mark.django_db
H, M, W, I = Level  # noqa: E741


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


@pytest.fixture
def pairs() -> list[Pair]:
    return make_pairs(4)


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(slug="demo")


@pytest.fixture
def visitor(client: Client) -> Client:
    client.force_login(make_user())
    return client


def judged(benchmark: Benchmark, levels: Mapping[Pair, Level | None], *, case: str = "", expected: Level = H) -> Run:
    """A finished run that gave pairs these levels, all of which people labelled alike."""
    said = {pair.pk: Said(level, expected, case) for pair, level in levels.items()}
    return make_run(said, benchmark=benchmark, release=make_release())


def three(benchmark: Benchmark, pairs: Sequence[Pair]) -> list[Run]:
    """Runs that are unanimous on the first pair, split on two others, and of which one failed on the last."""
    said = [(H, H, H, H), (H, H, I, H), (H, I, M, None)]
    return [judged(benchmark, dict(zip(pairs, levels, strict=True))) for levels in said]


def address(*runs: Run, name: str = "inference:vote", args: Sequence[str] = (), **other: str) -> str:
    chosen = "&".join([*(f"run={run.pk}" for run in runs), *(f"{key}={value}" for key, value in other.items())])
    return f"{reverse(name, args=args)}?{chosen}"


def test_a_vote_of_runs(benchmark: Benchmark, pairs: list[Pair]) -> None:
    found = vote_of(judges_of(three(benchmark, pairs)))
    assert [(one.pair, one.levels, one.standing, one.level) for one in found.ballots] == [
        (pairs[0].pk, (H, H, H), Standing.UNANIMOUS, H),
        (pairs[1].pk, (H, H, I), Standing.SPLIT, H),
        (pairs[2].pk, (H, I, M), Standing.SPLIT, None),
        (pairs[3].pk, (H, H, None), Standing.INCOMPLETE, H),
    ]


def test_only_pairs_that_all_judged_from_the_same_texts_are_voted_on(benchmark: Benchmark, pairs: list[Pair]) -> None:
    cases = [{0: "a", 1: "a", 2: "a"}, {1: "a", 2: "b", 3: "b"}]
    said = [{pairs[at].pk: Said(H, H, case) for at, case in one.items()} for one in cases]
    found = vote_of(judges_of([make_run(one, benchmark=benchmark, release=make_release()) for one in said]))
    assert ([ballot.pair for ballot in found.ballots], found.apart, found.retold) == ([pairs[1].pk], 2, 1)


def test_the_labels_are_those_of_the_newest_run(benchmark: Benchmark, pairs: list[Pair]) -> None:
    runs = [judged(benchmark, {pairs[0]: H}, expected=level) for level in (I, W)]
    assert [one.labelled for one in vote_of(judges_of(runs)).ballots] == [W]


def test_who_may_not_vote(benchmark: Benchmark, pairs: list[Pair]) -> None:
    one, other = (judged(benchmark, {pairs[0]: H}) for _ in range(2))
    elsewhere = judged(make_benchmark(), {pairs[0]: H})
    assert (judges_of([one]), judges_of([one, elsewhere]), judges_of([one] * 10)) == ((), (), ())
    Run.objects.filter(pk=other.pk).update(state=RunState.RUNNING)
    assert finished_runs([one.pk, other.pk, 99999]) == [one]


def sampled(benchmark: Benchmark, pairs: Sequence[Pair], said: Sequence[Sequence[Level | None]]) -> Run:
    """A run whose model gave several answers to each pair, the first of which is forbidden by a rule."""
    release = make_release(FORBID_IBUPROFEN)
    run = make_run({}, benchmark=benchmark, release=release)
    config = make_model_config("http://127.0.0.1:9/v1", samples=3)
    Run.objects.filter(pk=run.pk).update(config=config)
    for at, (pair, answers) in enumerate(zip(pairs, said, strict=True)):
        rules = () if at else ((release.entries.get().rule.number, 1),)
        trace = JudgmentTrace.objects.create(key=f"k{at}", content={**trace_of(*rules), "compared": []})
        Judgment.objects.create(run=run, pair=pair, level=H, expected=H, key=f"k{at}", traced=trace)
        for sample, level in enumerate(answers):
            answer(config, at, sample, json.dumps({"level": level.value}) if level else "no")
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now())
    return Run.objects.select_related("config__endpoint", "release").get(pk=run.pk)


def answer(config: PipelineConfig, at: int, sample: int, text: str, confidence: float | None = None) -> None:
    assert config.endpoint is not None
    ModelReply.objects.create(
        key=f"k{at}", sample=sample, endpoint=config.endpoint, model="m", text=text, confidence=confidence
    )


def test_the_answers_of_one_run_vote_as_far_as_the_rules_leave_them(benchmark: Benchmark, pairs: list[Pair]) -> None:
    run = sampled(benchmark, pairs[:3], [(H, W, H), (H, W, H), (H, None, I)])
    found = vote_of(judges_of([run]))
    assert [one.sample for one in found.judges] == [1, 2, 3]
    assert [one.levels for one in found.ballots] == [(I, I, I), (H, W, H), (H, None, I)]


def test_the_answers_of_one_run_are_held_by_its_thresholds(benchmark: Benchmark, pairs: list[Pair]) -> None:
    run = sampled(benchmark, pairs[:2], [(H, H, H), (H, H)])
    answer(run.config, 1, 2, json.dumps({"level": "highly"}), confidence=0.4)
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now())
    PipelineConfig.objects.filter(pk=run.config_id).update(model_settings={"samples": 3, "sure_highly": 0.5})
    again = Run.objects.select_related("config__endpoint", "release").get(pk=run.pk)
    assert [one.levels for one in vote_of(judges_of([again])).ballots] == [(I, I, I), (H, H, M)]


def test_an_answer_given_after_the_run_does_not_vote(benchmark: Benchmark, pairs: list[Pair]) -> None:
    run = sampled(benchmark, pairs[:2], [(H, H, H), (H, W, H)])
    answer(run.config, 1, 0, json.dumps({"level": "irrelevant"}))
    assert [one.levels for one in vote_of(judges_of([run])).ballots] == [(I, I, I), (H, W, H)]


def test_the_page_shows_the_split_pairs_first(visitor: Client, benchmark: Benchmark, pairs: list[Pair]) -> None:
    runs = three(benchmark, pairs)
    page = visitor.get(address(*runs))
    shown = [row.pair.pk for row, _said in page.context["rows"]]
    assert (page.status_code, shown) == (200, [pairs[1].pk, pairs[2].pk])
    everyone = page.context["vote"].report.everyone
    assert (everyone.unanimous.part, everyone.right_split.part, everyone.disagreement.part) == (1, 1, 0)


def test_the_runs_of_the_benchmark_judged_last_are_there_to_choose(
    visitor: Client, benchmark: Benchmark, pairs: list[Pair]
) -> None:
    runs = three(benchmark, pairs)
    page = visitor.get(reverse("inference:vote")).content.decode()
    assert [f'id="vote-run-{run.pk}"' in page for run in runs] == [True] * 3


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"standing": "all"}, [0, 1, 2, 3]),
        ({"standing": "unanimous"}, [0]),
        ({"standing": "incomplete"}, [3]),
        ({"standing": "all", "against": "undecided"}, [2]),
        ({"standing": "all", "against": "wrong"}, []),
        ({"standing": "all", "label": "irrelevant"}, []),
        ({"standing": "nonsense", "label": "highly"}, [1, 2]),
    ],
)
def test_filters(
    visitor: Client, benchmark: Benchmark, pairs: list[Pair], said: dict[str, str], expected: list[int]
) -> None:
    page = visitor.get(address(*three(benchmark, pairs), **said))
    assert [row.pair for row, _said in page.context["rows"]] == [pairs[at] for at in expected]


def test_the_same_queries_for_few_pairs_and_many(visitor: Client, benchmark: Benchmark) -> None:
    asked = []
    for count in (4, 32):
        some = make_pairs(count)
        runs = [judged(benchmark, dict.fromkeys(some, level)) for level in (H, I)]
        with CaptureQueriesContext(connection) as queries:
            assert len(visitor.get(address(*runs)).context["rows"]) == count
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 16


def test_texts_are_escaped(visitor: Client, benchmark: Benchmark, pairs: list[Pair]) -> None:
    product = pairs[1].product
    product.title = "<script>alert(1)</script>"
    product.save()
    body = visitor.get(address(*three(benchmark, pairs))).content.decode()
    assert ("<script>alert(1)" in body, "&lt;script&gt;alert(1)" in body) == (False, True)


@pytest.mark.parametrize("runs", [0, 1, 10])
def test_who_chose_too_few_or_too_many_is_told(
    visitor: Client, benchmark: Benchmark, pairs: list[Pair], runs: int
) -> None:
    chosen = [judged(benchmark, {pairs[0]: H}) for _ in range(runs)]
    page = visitor.get(address(*chosen, benchmark="demo"))
    assert page.templates[0].name == "inference/vote_choose.html"
    assert (bool(page.context["refused"]), len(page.context["runs"])) == (runs > 0, runs)


def test_files_hold_what_the_filters_let_through(visitor: Client, benchmark: Benchmark, pairs: list[Pair]) -> None:
    runs = three(benchmark, pairs)
    texts = {
        kind: b"".join(visitor.get(address(*runs, name="inference:export_vote", args=[kind]))).decode("utf-8-sig")
        for kind in ("csv", "jsonl")
    }
    rows = [json.loads(line) for line in texts["jsonl"].splitlines()]
    assert [(row["pair"], row["standing"], row["vote"], list(row["levels"].values())) for row in rows] == [
        (pairs[1].pk, "split", "highly", ["highly", "highly", "irrelevant"]),
        (pairs[2].pk, "split", None, ["highly", "irrelevant", "moderately"]),
    ]
    table = list(csv.DictReader(StringIO(texts["csv"])))
    assert [(row["vote"], row[f"run_{runs[2].pk}"]) for row in table] == [("highly", "irrelevant"), ("", "moderately")]
    assert visitor.get(address(*runs, name="inference:export_vote", args=["xml"])).status_code == 404


def test_the_api_counts_and_lists(visitor: Client, benchmark: Benchmark, pairs: list[Pair]) -> None:
    runs = three(benchmark, pairs)
    counted = visitor.get(address(*runs, name="inference_api:vote")).json()
    assert (counted["split"]["part"], counted["judges"]) == (2, [f"run_{run.pk}" for run in runs])
    listed = visitor.get(address(*runs, name="inference_api:ballots", standing="split", page_size="1")).json()
    assert (listed["count"], [row["pair"] for row in listed["results"]]) == (2, [pairs[1].pk])
    assert visitor.get(address(runs[0], name="inference_api:vote")).status_code == 400
