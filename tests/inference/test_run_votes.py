"""What a run judged, taken up as votes of a model in labelling."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from annotation.enums import LabelKind
from annotation.models import Benchmark, Label, Pair, QueuedPair
from annotation.selectors.queue import disputed_pairs
from annotation.services.labelling import open_labelling
from annotation.services.queueing import queue_pairs, queue_sample
from annotation.services.spreading import votes_by_pair
from inference.comparison import Said
from inference.enums import RunState
from inference.models import PipelineConfig, Run
from inference.selectors.run_votes import source_of
from inference.services.run_votes import Used, use_as_votes
from rules.engine.attributes import Level
from rules.models import AuditEvent
from tests.factories import make_benchmark, make_pair, make_release, make_user
from tests.inference.judged_runs import make_run
from tests.inference.model_configs import make_model_config

pytestmark = pytest.mark.django_db
H, M, W, I = Level  # noqa: E741
ROWS = [("布洛芬", "布洛芬片", "highly"), ("创可贴", "邦迪", "weakly"), ("口罩", "医用口罩", "highly")]


@pytest.fixture
def lead() -> User:
    return make_user("annotation.manage_labelling")


@pytest.fixture
def benchmark() -> Benchmark:
    return make_benchmark(*ROWS, slug="demo")


@pytest.fixture
def pairs(benchmark: Benchmark) -> list[Pair]:
    return list(Pair.objects.order_by("pk"))


def voting(benchmark: Benchmark, levels: dict[Pair, Level | None], config: PipelineConfig | None = None) -> Run:
    run = make_run(
        {pair.pk: Said(level) for pair, level in levels.items()}, benchmark=benchmark, release=make_release()
    )
    if config is not None:
        Run.objects.filter(pk=run.pk).update(config=config)
    return Run.objects.select_related("config__endpoint").get(pk=run.pk)


def test_the_levels_of_a_run_are_votes_of_its_model(lead: User, benchmark: Benchmark, pairs: list[Pair]) -> None:
    config = make_model_config("http://127.0.0.1:9/v1", language="en")
    run = voting(benchmark, {pairs[0]: H, pairs[1]: I, pairs[2]: None}, config)
    used = use_as_votes(by=lead, run=run, benchmark=benchmark)
    assert used == Used(source_of(config), votes=2, stored=2)
    assert config.endpoint is not None
    assert used.source == f"{config.endpoint.model}, {config.name}"
    assert votes_by_pair(benchmark.pk, [pair.pk for pair in pairs]) == {
        pairs[0].pk: {used.source: "highly"},
        pairs[1].pk: {used.source: "irrelevant"},
    }
    event = AuditEvent.objects.get(verb="run.voted")
    assert (event.actor, event.subject, event.data["votes"]) == (lead, f"run:{run.pk}", 2)


def test_done_twice_it_stores_nothing(lead: User, benchmark: Benchmark, pairs: list[Pair]) -> None:
    run = voting(benchmark, {pairs[0]: H})
    stored = [use_as_votes(by=lead, run=run, benchmark=benchmark).stored for _ in range(2)]
    counted = Label.objects.filter(kind=LabelKind.MODEL).count(), AuditEvent.objects.filter(verb="run.voted").count()
    assert (stored, counted) == ([1, 0], (1, 1))


def test_a_later_run_of_the_configuration_takes_the_place_of_an_earlier_one(
    lead: User, benchmark: Benchmark, pairs: list[Pair]
) -> None:
    for level in (H, I):
        use_as_votes(by=lead, run=voting(benchmark, {pairs[0]: level}), benchmark=benchmark)
    assert list(votes_by_pair(benchmark.pk, [pairs[0].pk])[pairs[0].pk].values()) == ["irrelevant"]
    assert not disputed_pairs().exists()


def test_only_pairs_that_the_benchmark_holds_or_waits_for_are_voted_on(
    lead: User, benchmark: Benchmark, pairs: list[Pair]
) -> None:
    other = make_benchmark(slug="next")
    open_labelling(by=lead, benchmark=other)
    queue_pairs(by=lead, benchmark=other, pairs=[pairs[1].pk])
    run = voting(benchmark, dict.fromkeys(pairs, H))
    assert use_as_votes(by=lead, run=run, benchmark=other) == Used(source_of(run.config), votes=1, stored=1)


def test_pairs_on_which_runs_differ_can_be_drawn_for_labelling(
    lead: User, benchmark: Benchmark, pairs: list[Pair]
) -> None:
    model = make_model_config("http://127.0.0.1:9/v1")
    make_pair("没有人投票", "的商品")
    runs = [voting(benchmark, {pairs[0]: H, pairs[1]: H}), voting(benchmark, {pairs[0]: H, pairs[1]: I}, model)]
    for run in runs:
        use_as_votes(by=lead, run=run, benchmark=benchmark)
    other = make_benchmark(slug="next")
    open_labelling(by=lead, benchmark=other)
    queue_sample(by=lead, benchmark=other, size=10, disagreement=True, seed=1)
    assert list(QueuedPair.objects.filter(benchmark=other).values_list("pair", flat=True)) == [pairs[1].pk]


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.CANCELLED])
def test_a_run_that_has_not_finished_does_not_vote(
    lead: User, benchmark: Benchmark, pairs: list[Pair], state: str
) -> None:
    run = voting(benchmark, {pairs[0]: H})
    run.state = state
    with pytest.raises(ValidationError):
        use_as_votes(by=lead, run=run, benchmark=benchmark)
    with pytest.raises(ValidationError):
        use_as_votes(by=lead, run=voting(benchmark, {pairs[0]: H}), benchmark=make_benchmark())


def test_who_does_not_lead_the_labelling_is_refused(client: Client, benchmark: Benchmark, pairs: list[Pair]) -> None:
    run, person = voting(benchmark, {pairs[0]: H}), make_user()
    with pytest.raises(PermissionDenied):
        use_as_votes(by=person, run=run, benchmark=benchmark)
    client.force_login(person)
    assert client.post(reverse("inference:use_votes", args=[run.pk]), {"benchmark": "demo"}).status_code == 403
    assert reverse("inference:use_votes", args=[run.pk]) not in page_of(client, run)
    assert not Label.objects.filter(kind=LabelKind.MODEL).exists()


def test_the_page_and_the_api_do_the_same(client: Client, lead: User, benchmark: Benchmark, pairs: list[Pair]) -> None:
    run = voting(benchmark, {pairs[0]: H})
    client.force_login(lead)
    assert reverse("inference:use_votes", args=[run.pk]) in page_of(client, run)
    client.post(reverse("inference:use_votes", args=[run.pk]), {"benchmark": "demo"})
    told = client.post(reverse("inference_api:use_votes", args=[run.pk]), {"benchmark": "demo"}, "application/json")
    assert told.json() == {"source": source_of(run.config), "votes": 1, "stored": 0}


def test_a_name_that_is_too_long_is_cut_and_stays_itself() -> None:
    configs = [make_model_config("http://127.0.0.1:9/v1") for _ in range(2)]
    for config, name in zip(configs, "ab", strict=True):
        assert config.endpoint is not None
        config.endpoint.model, config.name = "m" * 200, name * 80
    names = [source_of(config) for config in configs]
    assert [len(name) for name in names] == [120, 120]
    assert names[0] != names[1]


def page_of(client: Client, run: Run) -> str:
    return client.get(reverse("inference:run", args=[run.pk])).content.decode()
