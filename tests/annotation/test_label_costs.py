"""What an answer with the next pair costs the database."""

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from annotation.services.hand import MOST_AHEAD, wanted
from tests.annotation.labelling import make_annotator, make_labelling

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}


def test_an_answer_and_the_next_pair(client: Client, django_assert_max_num_queries: object) -> None:
    cache.clear()
    benchmark = make_labelling(5, overlap=2).benchmark
    client.force_login(make_annotator())
    page = f"/benchmarks/{benchmark.slug}/label/"
    first = client.post(f"{page}next/", headers=SCRIPT).json()["pairs"][0]["assignment"]
    said = {"submission": uuid4(), "level": "weakly", "have": first, "guideline": 0}
    with django_assert_max_num_queries(32):
        assert client.post(f"{page}{first}/", said, headers=SCRIPT).json()["pairs"]


def test_that_many_pairs_are_free_is_counted_once_in_a_while(django_assert_num_queries: object) -> None:
    cache.clear()
    benchmark = make_labelling(2 * MOST_AHEAD * 20).benchmark
    assert wanted(benchmark) == 1 + MOST_AHEAD
    with django_assert_num_queries(0):
        assert wanted(benchmark) == 1 + MOST_AHEAD
