"""Hidden gold: the first answer tells how good a person is, and the person learns of it in steps only."""

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from annotation.models import Annotator, Benchmark, Labelling
from annotation.selectors.agreement import rater_of, watching
from annotation.selectors.gold import STEP
from annotation.selectors.people import days_of, gold_answers
from annotation.services.assigning import go_back
from annotation.services.labels import submit_label
from tests.annotation.conflicts import label, make_annotators, make_labelled_benchmark, make_queued, make_ruler
from tests.annotation.labelling import label_next, make_annotator, make_labelling

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    cache.clear()


def test_a_changed_answer_on_gold_counts_as_it_was_first() -> None:
    benchmark, person = gold_benchmark(1), make_annotator()
    label_next(person, benchmark, "weakly")
    offer = go_back(by=person, benchmark=benchmark)
    submit_label(by=person, assignment_id=offer.assignment.pk, level="highly", submission=uuid4())
    (day,) = days_of(benchmark, person, days=1)
    recent = watching(benchmark).recent[rater_of(person.pk)]
    found = (gold_answers(Annotator.objects.get()), (day.gold_seen, day.gold_right), recent.gold)
    assert found == ([False], (1, 0), (False,))


def test_an_answer_before_the_pause_counts_no_more_when_it_is_changed() -> None:
    benchmark, person = gold_benchmark(1), make_annotator()
    label_next(person, benchmark, "weakly")
    offer = go_back(by=person, benchmark=benchmark)
    annotator = Annotator.objects.get()
    annotator.since = timezone.now()
    submit_label(by=person, assignment_id=offer.assignment.pk, level="highly", submission=uuid4())
    assert gold_answers(annotator) == []


@pytest.mark.parametrize(("answered", "shown"), [(STEP - 1, 0), (STEP, STEP), (2 * STEP - 1, STEP)])
def test_the_own_figures_move_in_steps(client: Client, answered: int, shown: int) -> None:
    benchmark, (person,) = make_labelled_benchmark(), make_annotators(1)
    for _number in range(answered):
        label(make_queued(benchmark, gold="highly"), person, "highly")
    said = [page(client, one, person.pk) for one in (person, make_ruler())]
    assert [f"{one} / {one}" in text for one, text in zip((shown, answered), said, strict=True)] == [shown > 0, True]
    assert ("none so far" in said[0], "Percent right on known pairs" in said[0]) == (not shown, bool(shown))


def page(client: Client, reader: object, pk: int) -> str:
    client.force_login(reader)
    return client.get(f"/benchmarks/labelled/people/{pk}/").content.decode()


def gold_benchmark(pairs: int) -> Benchmark:
    """A benchmark of which only gold pairs are given out."""
    labelling: Labelling = make_labelling(pairs, gold=dict.fromkeys(range(pairs), "highly"), gold_share=1.0)
    return labelling.benchmark
