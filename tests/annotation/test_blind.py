"""Which pairs are hidden from whom, and what stands in their place. Every address is walked in tests/flows."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotation.models import Benchmark, BenchmarkPair, Label, QueuedPair
from annotation.selectors.blind import hidden_pairs
from annotation.services.assigning import take_next
from annotation.services.cases import report_case
from annotation.services.labels import submit_label
from annotation.services.queueing import withdraw_pairs
from tests.annotation.labelling import LEAD, make_annotator, make_labelling
from tests.annotation.releases.benchmarks import cut
from tests.factories import make_user

pytestmark = pytest.mark.django_db
FILE = "This file has levels of pairs that you may yet be asked to label."


@pytest.fixture
def benchmark() -> Benchmark:
    """A benchmark whose two pairs have a level, and are to be labelled anew by two people each."""
    found = make_labelling(2, overlap=2).benchmark
    for queued in found.queue.all():
        label = Label.objects.create(benchmark=found, pair=queued.pair, level="weakly", source="some file")
        BenchmarkPair.objects.create(benchmark=found, pair=queued.pair, label=label)
    return found


def hidden(by: User, benchmark: Benchmark) -> int:
    return len(hidden_pairs(by, benchmark.members.values_list("pair", flat=True)))


def answer(by: User, benchmark: Benchmark) -> None:
    mine = take_next(by=by, benchmark=benchmark)
    submit_label(by=by, assignment_id=mine.assignment.pk, level="highly", submission=uuid4())


def test_only_who_labels_without_leading_or_ruling_is_blind(benchmark: Benchmark) -> None:
    label, lead, rule = ("annotation.label_pair", "annotation.manage_labelling", "annotation.rule_conflict")
    people = [make_user(*those) for those in ((label,), (label, lead), (label, rule), (lead,), ())]
    assert [hidden(by, benchmark) for by in people] == [2, 0, 0, 0, 0]


def test_the_own_answer_shows_its_pair_and_no_other(client: Client, benchmark: Benchmark) -> None:
    person = make_annotator()
    client.force_login(person)
    counts = []
    for _time in range(3):
        text = client.get(f"/benchmarks/{benchmark.slug}/").content.decode()
        counts.append((hidden(person, benchmark), text.count("after your answer"), text.count("some file</span>")))
        if hidden(person, benchmark):
            answer(person, benchmark)
    assert counts == [(2, 2, 0), (1, 1, 1), (0, 0, 2)]


def test_a_pair_that_nobody_is_asked_about_is_shown(benchmark: Benchmark) -> None:
    withdraw_pairs(by=make_user(*LEAD), benchmark=benchmark, queued=[benchmark.queue.first().pk])
    assert hidden(make_annotator(), benchmark) == 1


def test_gold_of_another_benchmark_is_hidden(benchmark: Benchmark) -> None:
    other = make_labelling(0).benchmark
    person = make_annotator()
    for _time in range(2):
        answer(person, benchmark)
    QueuedPair.objects.create(benchmark=other, pair=benchmark.members.first().pair, gold="weakly")
    assert hidden(person, benchmark) == 1


def test_the_filter_by_level_tells_nothing(client: Client, benchmark: Benchmark) -> None:
    found = []
    for by in (make_annotator(), make_user(*LEAD)):
        client.force_login(by)
        found.append(client.get(f"/benchmarks/{benchmark.slug}/?level=weakly").content.decode().count('href="/pairs/'))
    assert found == [0, 2]


def test_files_are_refused_with_the_reason(client: Client, benchmark: Benchmark) -> None:
    cut(benchmark)
    path = f"/benchmarks/{benchmark.slug}/releases/1/csv/"
    codes = []
    for by in (make_annotator(), make_user(*LEAD)):
        client.force_login(by)
        pages = [client.get(path), client.get(f"/api/v1{path}")]
        codes.append([(one.status_code, FILE in str(getattr(one, "content", ""))) for one in pages])
    assert codes == [[(403, True), (403, True)], [(200, False), (200, False)]]


def test_a_bad_case_is_shown_to_who_sorts_them(client: Client, benchmark: Benchmark) -> None:
    pair = benchmark.members.first().pair
    case = report_case(by=make_user("annotation.report_case"), pair=pair, expected="weakly").case
    codes = []
    for by in (make_annotator(), make_user("annotation.label_pair", "annotation.triage_case")):
        client.force_login(by)
        codes.append([client.get(f"{root}/{case.pk}/").status_code for root in ("/bad-cases", "/api/v1/cases")])
    assert codes == [[403, 403], [200, 200]]


def test_the_page_of_a_pair_waits_for_the_answer(client: Client, benchmark: Benchmark) -> None:
    client.force_login(make_annotator())
    pair = benchmark.members.first().pair_id
    for path in (f"/pairs/{pair}/", f"/pairs/{pair}/rules/", f"/pairs/{pair}/trace/"):
        assert "You may yet be asked to label this pair." in client.get(path).content.decode()


def test_a_page_costs_the_same_queries_for_one_hidden_pair_and_for_all(
    client: Client, benchmark: Benchmark, django_assert_num_queries: object
) -> None:
    person = make_annotator()
    client.force_login(person)
    for _time in range(2):
        with django_assert_num_queries(12):
            client.get(f"/benchmarks/{benchmark.slug}/")
        answer(person, benchmark)


def test_a_list_says_that_it_leaves_pairs_out(client: Client, benchmark: Benchmark) -> None:
    person, pages = make_annotator(), []
    client.force_login(person)
    for _time in range(3):
        pages.append("are not listed here" in client.get(f"/benchmarks/{benchmark.slug}/rulings/").content.decode())
        if len(pages) < 3:
            answer(person, benchmark)
    client.force_login(make_user(*LEAD))
    pages.append("are not listed here" in client.get(f"/benchmarks/{benchmark.slug}/rulings/").content.decode())
    assert pages == [True, True, False, False]
