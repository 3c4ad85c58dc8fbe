"""The page of adjudication: the next conflict comes with the answer, nobody is named, refusals say why."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import BadCase, Benchmark, GuidelineVersion, QueuedPair, Ruling
from annotation.services.rulings import rule
from tests.annotation.conflicts import make_annotators, make_conflict, make_labelled_benchmark, make_ruler
from tests.factories import make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def benchmark() -> Benchmark:
    return make_labelled_benchmark()


@pytest.fixture
def expert(client: Client) -> object:
    """Somebody who may rule, signed in."""
    person = make_ruler()
    client.force_login(person)
    return person


def page(name: str, *args: object) -> str:
    return reverse(f"annotation:{name}", args=["labelled", *args])


def said(**fields: object) -> dict[str, object]:
    return {"level": "irrelevant", "reason": "brand", "seen": 0, "submission": str(uuid4()), "note": "", **fields}


def send(client: Client, queued: QueuedPair, *, htmx: bool = True, **fields: object) -> object:
    return client.post(page("rule", queued.pk), said(**fields), headers=HTMX if htmx else {})


def test_the_page_shows_a_conflict_and_names_nobody(client: Client, benchmark: Benchmark, expert: object) -> None:
    people = [make_user(username="zhang.wei"), make_user(username="li.na")]
    queued = make_conflict(benchmark, people=people)
    text = client.get(page("adjudicate")).content.decode()
    assert queued.pair.product.title in text
    assert ("zhang.wei" in text, "li.na" in text, text.count('class="panel"')) == (False, False, 2)


def test_the_page_has_the_guideline_that_rulings_go_by(client: Client, benchmark: Benchmark, expert: object) -> None:
    make_conflict(benchmark)
    GuidelineVersion.objects.create(benchmark=benchmark, number=90, text="先看药名。", sentences={})
    text = client.get(page("adjudicate")).content.decode()
    assert ("Guideline, version 90" in text, "先看药名。" in text) == (True, True)


TABS = [
    "labelling",
    "guideline",
    "queue",
    "adjudicate",
    "rulings",
    "flags",
    "agreement",
    "people",
    "benchmark_releases",
]


@pytest.mark.parametrize("name", TABS)
def test_every_page_of_the_labelling_has_the_same_tabs(client: Client, benchmark: Benchmark, name: str) -> None:
    client.force_login(make_user("annotation.rule_conflict", "annotation.manage_labelling"))
    text = client.get(page(name)).content.decode()
    assert [one for one in TABS if f'<a href="{page(one)}"' not in text] == []
    assert f'<a href="{page(name)}" aria-current="page">' in text


def test_texts_of_merchants_are_escaped(client: Client, benchmark: Benchmark, expert: object) -> None:
    make_conflict(benchmark, title="<script>alert(1)</script>布洛芬")
    assert "<script>alert(1)" not in client.get(page("adjudicate")).content.decode()


def test_a_ruling_answers_with_the_next_conflict(client: Client, benchmark: Benchmark, expert: object) -> None:
    first, second = make_conflict(benchmark, query="发烧"), make_conflict(benchmark, query="咳嗽")
    answer = send(client, first)
    assert (answer.status_code, page("rule", second.pk) in answer.content.decode()) == (200, True)
    assert list(Ruling.objects.values_list("queued", "level", "reason")) == [(first.pk, "irrelevant", "brand")]


def test_without_a_script_a_ruling_leads_to_the_next_conflict(
    client: Client, benchmark: Benchmark, expert: object
) -> None:
    first, second = make_conflict(benchmark), make_conflict(benchmark)
    answer = send(client, first, htmx=False)
    assert (answer.status_code, answer["Location"]) == (302, f"{page('adjudicate')}?pair={second.pk}")
    assert send(client, second, htmx=False)["Location"] == page("adjudicate")


def test_the_same_form_sent_twice_rules_once(client: Client, benchmark: Benchmark, expert: object) -> None:
    first, name = make_conflict(benchmark), str(uuid4())
    codes = [send(client, first, submission=name).status_code for _time in range(2)]
    assert (codes, Ruling.objects.count()) == ([200, 200], 1)


def test_a_ruling_after_somebody_else_s_is_refused_and_shows_the_next(
    client: Client, benchmark: Benchmark, expert: object
) -> None:
    first, second = make_conflict(benchmark), make_conflict(benchmark)
    rule(by=make_ruler(), queued=first, level="highly", reason="brand", submission=uuid4(), seen=0)
    answer = send(client, first)
    text = answer.content.decode()
    assert (answer.status_code, page("rule", second.pk) in text, "meanwhile" in text) == (422, True, True)
    assert Ruling.objects.count() == 1


@pytest.mark.parametrize("fields", [{"level": ""}, {"reason": ""}, {"reason": "other"}, {"level": "best"}])
def test_an_incomplete_ruling_keeps_what_was_chosen(
    client: Client, benchmark: Benchmark, expert: object, fields: dict[str, str]
) -> None:
    queued, name = make_conflict(benchmark), str(uuid4())
    answer = send(client, queued, note="" if "reason" in fields else "看成分", submission=name, **fields)
    text = answer.content.decode()
    assert (answer.status_code, name in text, "notice-error" in text) == (422, True, True)
    assert ("看成分" in text) == ("level" in fields)
    assert not Ruling.objects.exists()


def test_taking_back_shows_the_pair_again(client: Client, benchmark: Benchmark, expert: object) -> None:
    first, _second = make_conflict(benchmark), make_conflict(benchmark)
    send(client, first)
    answer = client.post(page("take_back_ruling", Ruling.objects.get().pk), {"submission": str(uuid4())}, headers=HTMX)
    assert page("rule", first.pk) in answer.content.decode()
    assert list(Ruling.objects.values_list("number", "level")) == [(1, "irrelevant"), (2, "")]


def test_a_ruling_is_taken_back_from_the_list(client: Client, benchmark: Benchmark, expert: object) -> None:
    queued = make_conflict(benchmark)
    rule(by=make_ruler(), queued=queued, level="highly", reason="brand", submission=uuid4(), seen=0)
    address = page("take_back_ruling", Ruling.objects.get().pk)
    assert address in client.get(page("rulings")).content.decode()
    assert client.post(address)["Location"] == f"{page('adjudicate')}?pair={queued.pk}"


def test_a_ruling_opens_a_bad_case_and_the_page_stays(client: Client, benchmark: Benchmark, expert: object) -> None:
    first, _second, third = (make_conflict(benchmark) for _one in range(3))
    send(client, first)
    address = page("open_case_of_ruling", Ruling.objects.get().pk)
    for _time in range(2):
        answer = client.post(address, {"current": third.pk}, headers=HTMX)
        assert page("rule", third.pk) in answer.content.decode()
    assert list(BadCase.objects.values_list("pair", "expected")) == [(first.pair_id, "irrelevant")]


def test_nothing_to_rule_on_says_so(client: Client, benchmark: Benchmark, expert: object) -> None:
    assert "No pair waits for a ruling" in client.get(page("adjudicate")).content.decode()


def test_only_who_may_rule_sees_what_others_said(client: Client, benchmark: Benchmark) -> None:
    queued = make_conflict(benchmark)
    client.force_login(make_user("annotation.label_pair"))
    codes = [client.get(page("adjudicate")).status_code, send(client, queued).status_code]
    assert (codes, Ruling.objects.exists()) == ([403, 403], False)


def test_a_get_never_rules(client: Client, benchmark: Benchmark, expert: object) -> None:
    queued = make_conflict(benchmark)
    assert client.get(page("rule", queued.pk)).status_code == 405


def test_a_pair_of_another_benchmark_is_not_found(client: Client, benchmark: Benchmark, expert: object) -> None:
    assert send(client, make_conflict(make_labelled_benchmark("other"))).status_code == 404


def test_the_page_costs_the_same_for_one_conflict_and_for_thirty(
    client: Client, benchmark: Benchmark, expert: object, django_assert_max_num_queries: object
) -> None:
    people = make_annotators(2)
    for number in range(30):
        queued = make_conflict(benchmark, people=people, title=f"布洛芬{number}")
        if number % 3 == 0:
            rule(by=expert, queued=queued, level="weakly", reason="brand", submission=uuid4(), seen=0)
    with django_assert_max_num_queries(22):
        client.get(page("adjudicate"))


def test_rulings_are_listed_and_searched(
    client: Client, benchmark: Benchmark, expert: object, django_assert_max_num_queries: object
) -> None:
    people = make_annotators(2)
    for number in range(30):
        queued = make_conflict(benchmark, people=people, query=f"发烧{number}")
        rule(by=expert, queued=queued, level="weakly", reason="brand", submission=uuid4(), seen=0)
    with django_assert_max_num_queries(9):
        assert client.get(page("rulings")).content.decode().count("<tr>") == 31
    assert client.get(page("rulings"), {"q": "发烧17"}).content.decode().count("<tr>") == 2
    assert "No ruling matches" in client.get(page("rulings"), {"level": "highly"}).content.decode()
    assert client.get(page("rulings"), {"level": "nonsense"}).status_code == 200
