"""annotation/sampling.py, and the page that shows a sample before it is drawn."""

import random

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import assume, given
from hypothesis import strategies as st

from annotation.models import Product, QueuedPair
from annotation.sampling import Candidate, Planned, apportioned, are_shares, drawn, filled, planned
from annotation.selectors.queue import candidate_pairs, candidates, category_of, counted_by_category
from tests.annotation.labelling import make_labelling
from tests.factories import make_pair, make_user

NAMES = ("甲", "乙", "丙", "丁")
COUNTS = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 30))
SHARES = st.dictionaries(st.sampled_from(NAMES), st.floats(0.01, 100), min_size=1)


def test_a_plan_says_what_falls_short() -> None:
    assert planned({"甲": 2, "乙": 30}, size=20, quotas={"甲": 50, "乙": 25, "丙": 25}) == [
        Planned("甲", there=2, wanted=10, taken=2),
        Planned("乙", there=30, wanted=5, taken=5),
        Planned("丙", there=0, wanted=5, taken=0),
    ]


def test_what_falls_short_is_filled_from_the_others_by_their_shares() -> None:
    plan = planned({"甲": 2, "乙": 30, "丙": 30}, size=20, quotas={"甲": 40, "乙": 40, "丙": 20}, fill=True)
    assert [(one.category, one.wanted, one.taken, one.missing) for one in plan] == [
        ("甲", 8, 2, 6),
        ("乙", 8, 12, 0),
        ("丙", 4, 6, 0),
    ]


@given(st.integers(1, 60), SHARES, COUNTS)
def test_filling_takes_all_that_can_be_had_and_nothing_else(
    size: int, shares: dict[str, float], there: dict[str, int]
) -> None:
    seats = filled(size, shares, there)
    assert all(0 <= seats[name] <= there.get(name, 0) for name in shares)
    assert sum(seats.values()) == min(size, sum(there.get(name, 0) for name in shares))


@given(st.integers(1, 60), st.dictionaries(st.sampled_from(NAMES), st.floats(0, allow_infinity=False), min_size=1))
def test_shares_of_any_size_come_to_all_seats(size: int, shares: dict[str, float]) -> None:
    assume(are_shares(shares.values()))
    seats = apportioned(size, shares)
    assert (sum(seats.values()), min(seats.values()) >= 0) == (size, True)


def test_the_largest_shares_count_by_what_they_are_to_each_other() -> None:
    assert apportioned(6, {"甲": 1e308, "乙": 1e308, "丙": 1}) == {"甲": 3, "乙": 3, "丙": 0}


@given(st.integers(1, 60), SHARES, COUNTS, st.booleans())
def test_what_is_drawn_is_what_was_planned(
    size: int, shares: dict[str, float], there: dict[str, int], fill: bool
) -> None:
    names = [name for name, count in there.items() for _pair in range(count)]
    pool = [Candidate(number, name) for number, name in enumerate(names)]
    sample = drawn(pool, size=size, quotas=shares, rng=random.Random(1), fill=fill)
    plan = planned(there, size=size, quotas=shares, fill=fill)
    assert len(sample.chosen) == sum(one.taken for one in plan)
    assert sample.missing == {one.category: one.missing for one in plan if one.missing}


@pytest.fixture
def lead(client: Client) -> User:
    person = make_user("annotation.manage_labelling")
    client.force_login(person)
    return person


@pytest.mark.django_db
def test_the_page_shows_the_plan_and_draws_it(client: Client, lead: User) -> None:
    slug = make_labelling(0).benchmark.slug
    for number in range(8):
        make_pair(f"q{number}", category=["中药" if number < 2 else "西药"])
    page = client.get(
        f"/benchmarks/{slug}/labelling/sample/",
        {"sample-size": 6, "sample-quotas": "中药 50\n西药 50", "sample-fill": "on"},
    )
    assert (page.status_code, [(row.category, row.there, row.wanted, row.taken) for row in page.context["rows"]]) == (
        200,
        [("中药", 2, 3, 2), ("西药", 6, 3, 4)],
    )
    sent = {"sample-size": 6, "sample-quotas": "中药 50\n西药 50", "sample-fill": "on"}
    client.post(f"/benchmarks/{slug}/labelling/pairs/sample/", sent)
    assert sorted(QueuedPair.objects.values_list("category", flat=True)) == ["中药"] * 2 + ["西药"] * 4


@pytest.mark.django_db
def test_the_page_names_what_has_no_share(client: Client, lead: User) -> None:
    slug = make_labelling(0).benchmark.slug
    for number in range(3):
        make_pair(f"q{number}", category=["中药" if number else "西药"])
    page = client.get(f"/benchmarks/{slug}/labelling/sample/", {"sample-size": 6, "sample-quotas": "西药 1"})
    assert page.context["others"] == [("中药", 2)]
    assert "Chinese medicines" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("quotas", ["中药", "中药 -1", "中药 nan", "中药 0"])
def test_shares_that_are_none_are_refused(client: Client, lead: User, quotas: str) -> None:
    address = f"/benchmarks/{make_labelling(0).benchmark.slug}/labelling/sample/"
    assert client.get(address, {"sample-size": 6, "sample-quotas": quotas}).status_code == 422


@pytest.mark.django_db
def test_the_page_answers_to_the_largest_shares(client: Client, lead: User) -> None:
    slug = make_labelling(0).benchmark.slug
    make_pair("q", category=["中药"])
    page = client.get(f"/benchmarks/{slug}/labelling/sample/", {"sample-size": 6, "sample-quotas": "中药 1e308"})
    assert [(row.category, row.wanted, row.taken) for row in page.context["rows"]] == [("中药", 6, 1)]


@pytest.mark.django_db
def test_only_who_leads_sees_the_page(client: Client) -> None:
    slug = make_labelling(0).benchmark.slug
    client.force_login(make_user("annotation.label_pair"))
    assert client.get(f"/benchmarks/{slug}/labelling/sample/").status_code == 403


@pytest.mark.django_db
def test_the_page_asks_as_much_for_thirty_pairs_as_for_one(
    client: Client, lead: User, django_assert_max_num_queries: object
) -> None:
    slug = make_labelling(0).benchmark.slug
    for number in range(30):
        make_pair(f"q{number}", category=[f"c{number}"])
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get(f"/benchmarks/{slug}/labelling/sample/")


@pytest.mark.django_db
def test_the_page_counts_pairs_where_they_lie_and_reads_none(client: Client, lead: User) -> None:
    slug = make_labelling(0).benchmark.slug
    for number in range(3):
        make_pair(f"q{number}", category=["中药"])
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/benchmarks/{slug}/labelling/sample/")
    of_pairs = [one["sql"] for one in asked if 'FROM "annotation_pair"' in one["sql"]]
    assert of_pairs and all("GROUP BY" in sql for sql in of_pairs)


@pytest.mark.django_db
def test_pairs_are_counted_under_the_categories_that_they_are_drawn_by() -> None:
    benchmark = make_labelling(0).benchmark
    ways = [
        ({"category": ["中药", "西药"]}, {"category": ["食品"]}),
        ({"category": []}, {"category": ["食品"]}),
        ({"category": [""]}, {"category": ["食品"]}),
        ({}, {}),
        ({"category": ["长" * 80]}, {}),
        ({}, {"category": ["中药"]}),
    ]
    for number, (told, parsed) in enumerate(ways):
        pair = make_pair(f"q{number}")
        Product.objects.filter(pk=pair.product_id).update(given=told, parsed=parsed)
    expected = [category_of(told, parsed) for told, parsed in ways]
    assert [one.category for one in candidates(benchmark)] == expected
    assert counted_by_category(candidate_pairs(benchmark)) == {"中药": 2, "": 2, "食品": 1, "长" * 60: 1}
