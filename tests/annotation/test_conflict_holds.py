"""Two experts do not rule on the same pair at once: annotation/services/conflict_holds.py."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from annotation.models import ConflictHold
from annotation.selectors.rulings import next_conflict
from annotation.services.conflict_holds import hold_conflict
from tests.annotation.conflicts import make_annotators, make_conflict, make_labelled_benchmark, make_ruler

pytestmark = pytest.mark.django_db


def test_the_next_pair_is_one_that_nobody_else_has_open() -> None:
    benchmark = make_labelled_benchmark()
    first, second = make_conflict(benchmark), make_conflict(benchmark, query="感冒")
    one, other = make_ruler(), make_ruler()
    hold_conflict(by=one, queued=first)
    assert (next_conflict(benchmark, by=one), next_conflict(benchmark, by=other)) == (first, second)


def test_a_pair_that_somebody_has_open_is_given_when_no_other_waits() -> None:
    benchmark = make_labelled_benchmark()
    only = make_conflict(benchmark)
    hold_conflict(by=make_ruler(), queued=only)
    assert next_conflict(benchmark, by=make_ruler()) == only


def test_the_first_holds_until_they_go_on_or_go_away() -> None:
    benchmark = make_labelled_benchmark()
    first, second = make_conflict(benchmark), make_conflict(benchmark, query="感冒")
    one, other = make_ruler(), make_ruler()
    hold_conflict(by=one, queued=first)
    assert hold_conflict(by=other, queued=first).person == one
    hold_conflict(by=one, queued=second)
    assert hold_conflict(by=other, queued=first).person == other
    ConflictHold.objects.filter(queued=second).update(until=timezone.now() - timedelta(seconds=1))
    assert hold_conflict(by=other, queued=second).person == other


def test_who_may_not_rule_holds_nothing() -> None:
    queued = make_conflict(make_labelled_benchmark())
    with pytest.raises(PermissionDenied):
        hold_conflict(by=make_annotators(1)[0], queued=queued)


def test_the_page_says_who_has_a_pair_open(client: Client) -> None:
    benchmark = make_labelled_benchmark()
    queued = make_conflict(benchmark)
    holder, person = make_ruler(), make_ruler()
    hold_conflict(by=holder, queued=queued)
    client.force_login(person)
    address = f"/benchmarks/{benchmark.slug}/adjudicate/"
    said = f"{holder.username} has this pair open."
    pages = (client.get(address), client.post(f"{address}{queued.pk}/hold/"))
    assert [said in page.content.decode() for page in pages] == [True, True]
    assert not ConflictHold.objects.filter(person=person).exists()


def test_opening_the_page_alone_holds_nothing(client: Client) -> None:
    benchmark = make_labelled_benchmark()
    make_conflict(benchmark)
    client.force_login(make_ruler())
    client.get(f"/benchmarks/{benchmark.slug}/adjudicate/")
    assert not ConflictHold.objects.exists()
