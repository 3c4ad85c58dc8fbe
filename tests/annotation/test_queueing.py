"""How pairs come into the queue of a benchmark."""

import random
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from annotation.enums import LabelKind
from annotation.models import Benchmark, Label, QueuedPair
from annotation.sampling import Candidate, Sample, apportioned, drawn
from annotation.selectors.queue import hard_pairs
from annotation.services.guidelines import write_guideline
from annotation.services.imports import import_pairs
from annotation.services.labelling import change_labelling
from annotation.services.queueing import Queued, queue_cases, queue_pairs, queue_sample, withdraw_pairs
from rules.models import AuditEvent
from tests.annotation.cases import make_case
from tests.annotation.labelling import LEAD, label_next, make_annotator, make_labelling
from tests.factories import make_benchmark, make_pair, make_user

pytestmark = pytest.mark.django_db


def queued(benchmark: Benchmark) -> list[tuple]:
    """Every pair of a queue: query, origin, category, overlap, gold, whether hard."""
    rows = QueuedPair.objects.filter(benchmark=benchmark).order_by("pair__query__text")
    return list(rows.values_list("pair__query__text", "origin", "category", "overlap", "gold", "is_hard"))


def test_an_import_queues_its_pairs_once_with_their_gold(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("pair_id,query,title,gold\n1,钙,钙片,\n2,铁,铁片,highly\n", "utf-8")
    lead = make_user(*LEAD, "annotation.import_catalogue")
    for _time in range(2):
        job = import_pairs(path=path, by=lead, benchmark="new", to_label=True)
        assert (job.state, job.rejected) == ("done", 0)
    assert queued(Benchmark.objects.get(slug="new")) == [
        ("钙", "import", "", 2, "", False),
        ("铁", "import", "", 2, "highly", False),
    ]


def test_an_import_without_the_option_queues_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("pair_id,query,title\n1,钙,钙片\n", "utf-8")
    import_pairs(path=path)
    assert not QueuedPair.objects.exists()


def test_bad_cases_are_queued_as_hard() -> None:
    benchmark, lead = make_labelling(0).benchmark, make_user(*LEAD, "annotation.report_case")
    case = make_case(by=lead)
    assert queue_cases(by=lead, benchmark=benchmark, cases=[case.pk]) == Queued(1, 0)
    assert queued(benchmark) == [(case.pair.query.text, "case", "", 1, "", True)]


def test_a_sample_follows_its_quotas_and_says_what_is_missing() -> None:
    benchmark, lead = make_labelling(0).benchmark, make_user(*LEAD)
    for number in range(6):
        make_pair(f"q{number}", category=["中药" if number % 2 else "西药"])
    came = queue_sample(by=lead, benchmark=benchmark, size=8, quotas={"中药": 1, "西药": 3}, seed=1)
    assert came == Queued(5, 0, {"西药": 3})
    assert sorted(row[2] for row in queued(benchmark)) == ["中药", "中药", "西药", "西药", "西药"]


def test_the_trail_tells_how_a_sample_was_drawn_so_that_it_can_be_drawn_again() -> None:
    lead = make_user(*LEAD)
    first, again = (make_labelling(0).benchmark for _time in range(2))
    for number in range(8):
        make_pair(f"q{number}", category=["中药" if number % 2 else "西药"])
    queue_sample(by=lead, benchmark=first, size=4, quotas={"中药": 1, "西药": 3}, fill=True, recent_days=30)
    told = AuditEvent.objects.get(verb="pairs.queued", data__added=4).data
    seed = told["seed"]
    asked = {"size": 4, "quotas": {"中药": 1, "西药": 3}, "fill": True, "recent_days": 30}
    assert {name: told[name] for name in ("came", "added", "among", *asked)} == {
        "came": "traffic",
        "added": 4,
        "among": "",
        **asked,
    }
    queue_sample(by=lead, benchmark=again, seed=seed, **asked)
    assert [row[0] for row in queued(again)] == [row[0] for row in queued(first)]


def test_a_sample_of_disagreement_holds_only_pairs_that_models_differ_on() -> None:
    benchmark, lead = make_labelling(0).benchmark, make_user(*LEAD)
    pairs = [make_pair(f"q{number}") for number in range(3)]
    for pair, levels in zip(pairs, ("hh", "hi", "h"), strict=True):
        for source, level in enumerate(levels):
            Label.objects.create(
                benchmark=benchmark,
                pair=pair,
                kind=LabelKind.MODEL,
                source=str(source),
                level={"h": "highly", "i": "irrelevant"}[level],
            )
    queue_sample(by=lead, benchmark=benchmark, size=9, disagreement=True)
    assert [row[0] for row in queued(benchmark)] == ["q1"]


def test_a_pair_is_hard_by_what_models_say_of_it_now() -> None:
    benchmark = make_benchmark(("mended", "布洛芬", "highly"), ("wrong", "布洛芬", "highly"))
    mended, wrong = (one.pair for one in benchmark.members.order_by("pk"))
    for pair, levels in ((mended, ("weakly", "highly")), (wrong, ("highly", "weakly"))):
        for level in levels:
            Label.objects.create(benchmark=benchmark, pair=pair, kind=LabelKind.MODEL, source="model@1", level=level)
    assert list(hard_pairs()) == [wrong]


def test_withdrawn_pairs_are_given_to_nobody() -> None:
    benchmark, lead, person = make_labelling(2).benchmark, make_user(*LEAD), make_annotator()
    ids = list(QueuedPair.objects.values_list("pk", flat=True))
    label_next(person, benchmark)
    assert withdraw_pairs(by=lead, benchmark=benchmark, queued=ids) == 1
    assert sorted(QueuedPair.objects.values_list("state", "taken")) == [("settled", 1), ("withdrawn", 0)]


def test_another_overlap_holds_for_pairs_that_are_not_beyond_it() -> None:
    labelling, lead = make_labelling(2, overlap=2), make_user(*LEAD)
    label_next(make_annotator(), labelling.benchmark)
    change_labelling(by=lead, labelling=labelling, overlap=1)
    rows = QueuedPair.objects.order_by("place").values_list("overlap", "taken", "done")
    assert list(rows) == [(2, 1, 1), (1, 0, 0)]


def test_a_guideline_follows_the_one_that_was_seen() -> None:
    benchmark, lead = make_labelling(0).benchmark, make_user(*LEAD)
    numbers = [
        write_guideline(by=lead, benchmark=benchmark, text=text, sentences={"highly": "同名"}, seen=seen).number
        for text, seen in (("one", 0), ("one", 0), ("two", 1))
    ]
    assert numbers == [1, 1, 2]
    with pytest.raises(ValidationError) as refusal:
        write_guideline(by=lead, benchmark=benchmark, text="three", sentences={}, seen=1)
    assert refusal.value.code == "stale"


def test_annotators_queue_nothing() -> None:
    with pytest.raises(PermissionDenied):
        queue_pairs(by=make_annotator(), benchmark=make_labelling(0).benchmark, pairs=[make_pair().pk])


def test_seats_sum_up_to_the_size() -> None:
    assert apportioned(10, {"a": 1, "b": 1, "c": 1}) == {"a": 4, "b": 3, "c": 3}


def test_the_same_seed_draws_the_same() -> None:
    found = [Candidate(pair, "") for pair in range(9)]
    first, again = (drawn(found, size=3, quotas=None, rng=random.Random(5)) for _time in range(2))
    assert first == again
    assert isinstance(first, Sample) and len(first.chosen) == 3
