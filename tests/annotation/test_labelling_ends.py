"""The end of a labelling: what is left for a person, who is told that pairs wait, and pairs that nobody is left for."""

from collections.abc import Sequence

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from annotation.models import Annotator, Assignment, Benchmark
from annotation.selectors.hand import hand_of
from annotation.selectors.labelling import waiting_benchmarks
from annotation.selectors.queue import queue_of, short_of_people
from annotation.services.assigning import take_next
from annotation.services.hand import fill_hand
from annotation.services.labelling import change_labelling
from annotation.services.labels import skip
from tests.annotation.labelling import LEAD, label_next, make_annotator, make_labelling
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    cache.clear()


def skip_next(by: User, benchmark: Benchmark) -> int:
    """Skip the next pair; its number in the queue."""
    offer = take_next(by=by, benchmark=benchmark)
    assert offer is not None
    return skip(by=by, assignment_id=offer.assignment.pk, reason="unclear").queued_id


def waits(by: User) -> list[str]:
    return [one.slug for one in waiting_benchmarks(by)]


def test_what_is_left_does_not_tell_gold() -> None:
    labelling, person = make_labelling(6, gold={1: "highly", 4: "weakly"}, gold_share=1.0), make_annotator()
    left = []
    for _pair in range(6):
        left.append(fill_hand(by=person, benchmark=labelling.benchmark).left)
        label_next(person, labelling.benchmark)
    assert left == [6, 5, 4, 3, 2, 1]


def test_gold_that_is_not_given_out_is_not_left() -> None:
    benchmark, person = make_labelling(3, gold={1: "highly"}).benchmark, make_annotator()
    assert fill_hand(by=person, benchmark=benchmark).left == 2


def test_nothing_is_left_where_nothing_is_given() -> None:
    labelling, person = make_labelling(2, gold={1: "highly"}), make_annotator()
    label_next(person, labelling.benchmark)
    labelling.gold_share = 1e-12
    labelling.save()
    assert fill_hand(by=person, benchmark=labelling.benchmark).left == 0


def test_pairs_wait_until_the_person_had_them_all() -> None:
    benchmark, person, other = make_labelling(2, overlap=2).benchmark, make_annotator(), make_annotator()
    found = [waits(person)]
    for _pair in range(2):
        label_next(person, benchmark)
        found.append(waits(person))
    assert (found, waits(other)) == ([[benchmark.slug], [benchmark.slug], []], [benchmark.slug])


def test_no_pair_waits_once_all_are_settled() -> None:
    benchmark = make_labelling(1).benchmark
    label_next(make_annotator(), benchmark)
    assert waits(make_annotator()) == []


def test_a_pair_in_ones_hands_waits_and_after_its_lease_for_others() -> None:
    benchmark, person, other = make_labelling(1).benchmark, make_annotator(), make_annotator()
    take_next(by=person, benchmark=benchmark)
    assert (waits(person), waits(other)) == ([benchmark.slug], [])
    Assignment.objects.update(until=timezone.now())
    assert (waits(person), waits(other)) == ([benchmark.slug], [benchmark.slug])


def test_nothing_waits_for_the_paused_nor_where_it_is_closed() -> None:
    labelling, person = make_labelling(2), make_annotator()
    label_next(person, labelling.benchmark)
    Annotator.objects.update(state="paused")
    assert waits(person) == []
    change_labelling(by=make_user(*LEAD), labelling=labelling, is_open=False)
    assert waits(make_annotator()) == []


def test_home_no_longer_says_that_pairs_wait(client: Client) -> None:
    benchmark, person = make_labelling(1).benchmark, make_annotator()
    client.force_login(person)
    text = f"Pairs of {benchmark} wait to be labelled"
    found = [text in client.get("/").content.decode()]
    label_next(person, benchmark)
    assert [*found, text in client.get("/").content.decode()] == [True, False]


def label_all(people: Sequence[User], benchmark: Benchmark) -> None:
    for person in people:
        while take_next(by=person, benchmark=benchmark):
            label_next(person, benchmark)


def test_a_pair_that_one_skipped_needs_a_further_person(client: Client) -> None:
    benchmark, people = make_labelling(3, overlap=2, gold={2: "highly"}).benchmark, (make_annotator(), make_annotator())
    skipped = skip_next(people[0], benchmark)
    label_all(people, benchmark)
    assert [one.pk for one in short_of_people(benchmark)] == [skipped]
    client.force_login(make_user(*LEAD))
    page = f"/benchmarks/{benchmark.slug}/labelling/"
    text = client.get(page).content.decode()
    assert ("1 pair needs a further person" in text, f'href="{page}pairs/?needs=person"' in text) == (True, True)
    assert client.get(f"{page}pairs/?needs=person").content.decode().count("data-open") == 1
    label_next(make_annotator(), benchmark)
    assert not short_of_people(benchmark).exists()
    assert "further person" not in client.get(page).content.decode()


def test_who_is_paused_or_only_looked_is_not_counted_on() -> None:
    benchmark, people = make_labelling(1, overlap=2).benchmark, (make_annotator(), make_annotator())
    label_next(people[0], benchmark)
    Annotator.objects.create(benchmark=benchmark, person=make_annotator())
    assert short_of_people(benchmark).count() == 1
    take_next(by=people[1], benchmark=benchmark)
    assert short_of_people(benchmark).count() == 0


def test_a_pair_in_the_hands_of_the_only_one_is_waited_for() -> None:
    benchmark, person = make_labelling(1, overlap=2).benchmark, make_annotator()
    take_next(by=person, benchmark=benchmark)
    assert short_of_people(benchmark).count() == 0
    label_next(person, benchmark)
    assert short_of_people(benchmark).count() == 1


def test_before_anybody_began_no_pair_is_short_of_people() -> None:
    benchmark = make_labelling(2).benchmark
    assert (short_of_people(benchmark).count(), queue_of(benchmark).count()) == (0, 2)


def test_a_hand_of_nobody_yet_tells_nothing() -> None:
    assert hand_of(make_annotator(), make_labelling(2).benchmark).left == 0


def test_a_pair_asked_for_again_is_held_as_long_as_is_said() -> None:
    benchmark, person = make_labelling(1).benchmark, make_annotator()
    first = take_next(by=person, benchmark=benchmark)
    again = take_next(by=person, benchmark=benchmark)
    assert first.assignment.until < again.assignment.until == Assignment.objects.get().until
