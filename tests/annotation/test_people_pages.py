"""Pages of people and agreement: figures, who sees whom, pausing and flags from the page, and what they cost."""

import re
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.models import Annotator, Assignment, Benchmark, Label
from annotation.selectors.agreement import agreement_figures, rater_of
from annotation.selectors.people import Share, days_of, people_of
from annotation.services.watching import look_at
from tests.annotation.conflicts import label, make_annotators, make_labelled_benchmark, make_queued, make_ruler
from tests.factories import make_user

pytestmark = pytest.mark.django_db
AGREED = ("highly", "highly")
NOT = ("highly", "weakly")


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    cache.clear()


@pytest.fixture
def benchmark() -> Benchmark:
    return make_labelled_benchmark()


def page(name: str, *args: object) -> str:
    return reverse(f"annotation:{name}", args=["labelled", *args])


def labelled(
    benchmark: Benchmark, people: list[User], *answers: tuple[str, ...], begin: datetime | None = None, **said: object
) -> None:
    """Pairs that people labelled, one every ten seconds."""
    at = begin or timezone.now() + timedelta(seconds=1)
    for number, levels in enumerate(answers):
        queued = make_queued(benchmark, overlap=len(levels), **said)
        for person, level in zip(people, levels, strict=False):
            label(queued, person, level, at=at + timedelta(seconds=10 * number), seconds=4.0 + number)


def test_figures_leave_hidden_gold_out(benchmark: Benchmark) -> None:
    people = make_annotators(2)
    labelled(benchmark, people, AGREED, AGREED, AGREED, NOT)
    labelled(benchmark, people, NOT, NOT, gold="highly")
    found = agreement_figures(benchmark)
    assert (found.overall.items, found.overall.percent.value, found.labels) == (4, 0.75, 8)
    assert (found.cohen.items, found.cohen.percent.value) == (4, 0.75)


def test_figures_follow_the_labels(benchmark: Benchmark) -> None:
    people = make_annotators(2)
    labelled(benchmark, people, AGREED)
    assert agreement_figures(benchmark).overall.items == 1
    labelled(benchmark, people, NOT)
    assert agreement_figures(benchmark).overall.percent.value == 0.5


def test_figures_are_remembered_while_nothing_came_in(benchmark: Benchmark, django_assert_num_queries: object) -> None:
    labelled(benchmark, make_annotators(2), AGREED, NOT)
    first = agreement_figures(benchmark)
    with django_assert_num_queries(1):
        assert agreement_figures(benchmark) == first


def test_people_are_held_against_models(benchmark: Benchmark) -> None:
    people = make_annotators(2)
    labelled(benchmark, people, AGREED, NOT)
    for queued in benchmark.queue.all():
        for level in ("irrelevant", "highly"):
            Label.objects.create(benchmark=benchmark, pair=queued.pair, level=level, kind="model", source="qwen@1")
    found = {(one.one, one.other): one.percent.value for one in agreement_figures(benchmark).models}
    assert found == {(rater_of(people[0].pk), "model:qwen@1"): 1.0, (rater_of(people[1].pk), "model:qwen@1"): 0.5}


def test_a_person_s_figures(benchmark: Benchmark) -> None:
    people = make_annotators(2)
    labelled(benchmark, people, AGREED, AGREED, NOT)
    labelled(benchmark, people[:1], ("highly",), ("weakly",), gold="highly", begin=timezone.now() + timedelta(hours=1))
    Assignment.objects.filter(person=people[0]).update(flagged_at=timezone.now())
    (found,) = people_of(benchmark, only=people[0])
    assert (found.annotator.labels, found.flagged, found.agreement, found.gold) == (5, 5, Share(2, 3), Share(1, 2))
    assert (found.an_hour, found.seconds) == (360.0, 5.0)


def test_a_fall_on_gold_shows(benchmark: Benchmark) -> None:
    (person,) = make_annotators(1)
    begin = timezone.now() + timedelta(seconds=1)
    labelled(benchmark, [person], *[("highly",)] * 60, gold="highly", begin=begin)
    labelled(benchmark, [person], *[("weakly",)] * 50, gold="highly", begin=begin + timedelta(hours=1))
    (found,) = people_of(benchmark)
    assert (found.gold_before, found.gold_lately, found.trend, found.falls) == (Share(60, 60), Share(0, 50), -1.0, True)


def test_days_of_a_person(benchmark: Benchmark) -> None:
    (person,) = make_annotators(1)
    noon = timezone.localtime().replace(hour=12, minute=0)
    labelled(benchmark, [person], ("highly",), ("weakly",), gold="highly", begin=noon - timedelta(days=1))
    labelled(benchmark, [person], ("highly",), begin=noon)
    found = [(one.labels, one.gold_seen, one.gold_right) for one in days_of(benchmark, person, days=3)]
    assert found == [(0, 0, 0), (2, 2, 1), (1, 0, 0)]


@pytest.mark.parametrize("name", ["people", "agreement"])
def test_pages_cost_the_same_for_two_and_for_twelve(
    client: Client, benchmark: Benchmark, name: str, django_assert_max_num_queries: object
) -> None:
    client.force_login(make_ruler())
    for people in (make_annotators(2), make_annotators(10)):
        labelled(benchmark, people, ("highly",) * len(people), ("weakly",) * len(people))
        with django_assert_max_num_queries(18):
            assert client.get(page(name)).status_code == 200


def test_an_annotator_sees_themself_and_nobody_else(client: Client, benchmark: Benchmark) -> None:
    one, other = make_user("annotation.label_pair", username="li.na"), make_user(username="zhang.wei")
    labelled(benchmark, [one, other], AGREED, NOT)
    client.force_login(one)
    codes = [client.get(page(*to)).status_code for to in (("people",), ("person", other.pk), ("flags",))]
    own = [client.get(page(*to)) for to in (("person_me",), ("person", one.pk), ("agreement",))]
    assert (codes, [answer.status_code for answer in own]) == ([302, 403, 403], [200, 200, 200])
    assert not any("zhang.wei" in answer.content.decode() for answer in own)


def test_the_lead_sees_names(client: Client, benchmark: Benchmark) -> None:
    people = [make_user(username="li.na"), make_user(username="zhang.wei")]
    labelled(benchmark, people, AGREED, NOT)
    client.force_login(make_ruler())
    for name in ("people", "agreement"):
        text = client.get(page(name)).content.decode()
        assert ("li.na" in text, "zhang.wei" in text) == (True, True)


def test_empty_pages_say_what_to_expect(client: Client, benchmark: Benchmark) -> None:
    client.force_login(make_ruler())
    empty = {"people": "Nobody labels", "agreement": "No pair was labelled by two", "flags": "No pair is flagged"}
    assert [words in client.get(page(name)).content.decode() for name, words in empty.items()] == [True] * 3
    assert "was labelled by this person" in client.get(page("person_me")).content.decode()


def test_a_paused_person_reads_why_and_the_lead_lets_them_go_on(client: Client, benchmark: Benchmark) -> None:
    (person,) = make_annotators(1)
    labelled(benchmark, [person], *[("weakly",)] * 8, gold="highly")
    annotator = Annotator.objects.get()
    look_at(annotator.pk)
    client.force_login(person)
    text = client.get(page("person_me")).content.decode()
    assert ("You are paused" in text, "Nothing you did is lost" in text) == (True, True)
    assert page("person_me") in client.get(page("label")).content.decode()
    assert client.post(page("resume_person", person.pk), {"reason": "please"}).status_code == 403
    client.force_login(make_ruler())
    answer = client.post(page("resume_person", person.pk), {"reason": "We spoke"}, follow=True)
    annotator.refresh_from_db()
    assert (annotator.state, "They get pairs again" in answer.content.decode()) == ("active", True)


def test_the_lead_pauses_from_the_page(client: Client, benchmark: Benchmark) -> None:
    (person,) = make_annotators(1)
    labelled(benchmark, [person], ("weakly",))
    client.force_login(make_ruler())
    assert "Say why." in client.post(page("pause_person", person.pk), {"reason": ""}, follow=True).content.decode()
    client.post(page("pause_person", person.pk), {"reason": "<b>Ask me</b>"})
    assert list(Annotator.objects.values_list("state", "reason")) == [("paused", "<b>Ask me</b>")]
    assert "<b>Ask me</b>" not in client.get(page("person", person.pk)).content.decode()


def test_flags_are_listed_and_resolved(
    client: Client, benchmark: Benchmark, django_assert_max_num_queries: object
) -> None:
    people = make_annotators(2)
    labelled(benchmark, people, *[AGREED] * 15)
    Assignment.objects.update(flagged_at=timezone.now(), note="两个商品")
    client.force_login(make_ruler())
    with django_assert_max_num_queries(12):
        assert client.get(page("flags")).content.decode().count("两个商品") == 30
    first = Assignment.objects.first()
    answer = client.post(page("resolve_flag", first.pk), {"note": "fine"}, follow=True)
    assert answer.content.decode().count("两个商品") == 29


def test_who_was_never_given_a_pair_is_not_listed(client: Client, benchmark: Benchmark) -> None:
    looked, (person,) = make_user(username="wang.fang"), make_annotators(1)
    Annotator.objects.create(benchmark=benchmark, person=looked)
    labelled(benchmark, [person], ("highly",))
    assert [one.annotator.person for one in people_of(benchmark)] == [person]
    client.force_login(make_ruler())
    assert "wang.fang" not in client.get(page("people")).content.decode()


@pytest.mark.parametrize(("seconds", "answers", "said"), [(0.3, 10, True), (0.3, 9, False), (1.2, 10, False)])
def test_answers_quicker_than_anyone_reads(
    client: Client, benchmark: Benchmark, seconds: float, answers: int, said: bool
) -> None:
    (person,) = make_annotators(1)
    for _pair in range(answers):
        label(make_queued(benchmark), person, "highly", seconds=seconds)
    Assignment.objects.update(seconds=seconds)
    client.force_login(make_ruler())
    assert ("answers quicker than anyone reads" in client.get(page("people")).content.decode()) is said


@pytest.mark.parametrize(("pairs", "says"), [(9, (True, False)), (20, (False, True))])
def test_of_few_pairs_no_interval_is_given(
    client: Client, benchmark: Benchmark, pairs: int, says: tuple[bool, bool]
) -> None:
    labelled(benchmark, make_annotators(2), *[AGREED, NOT] * (pairs // 2), *[NOT] * (pairs % 2))
    client.force_login(make_ruler())
    between = re.search("Person against person.*?</section>", client.get(page("agreement")).content.decode(), re.S)
    assert between
    assert ("too few" in between[0], bool(re.search(r"\d–\d", between[0]))) == says
