"""Pairs that must hold: who says so, where, and what an import may say of them."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from annotation.models import Benchmark, BenchmarkPair
from annotation.services.imports import import_pairs, import_products
from annotation.services.must_hold import set_must_hold
from rules.models import AuditEvent
from tests.annotation.importing import PAIR, PRODUCT, counts, jsonl, told
from tests.factories import make_benchmark, make_user

pytestmark = pytest.mark.django_db

LEAD = "annotation.set_must_hold"


@pytest.fixture
def member() -> BenchmarkPair:
    return make_benchmark(("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"), slug="demo").members.get()


def holding() -> list[bool]:
    return list(BenchmarkPair.objects.order_by("pk").values_list("must_hold", flat=True))


def test_it_is_said_and_taken_back_once_each(member: BenchmarkPair) -> None:
    lead = make_user(LEAD)
    said = [set_must_hold(by=lead, member=member, value=value) for value in (True, True, False)]
    assert said == [True, False, True]
    assert holding() == [False]
    events = AuditEvent.objects.filter(verb="benchmark.must_hold").order_by("pk")
    assert [event.data["must_hold"] for event in events] == [True, False]


def test_not_everybody_may_say_it(member: BenchmarkPair) -> None:
    with pytest.raises(PermissionDenied):
        set_must_hold(by=make_user("annotation.import_catalogue"), member=member, value=True)
    assert holding() == [False]


def test_the_button_on_the_page_says_it_and_comes_back(client: Client, member: BenchmarkPair) -> None:
    client.force_login(make_user(LEAD))
    address = reverse("annotation:must_hold", args=["demo", member.pair_id])
    response = client.post(address, {"must_hold": "yes", "next": "/benchmarks/demo/?q=布洛芬"})
    assert (response.status_code, response["Location"]) == (302, "/benchmarks/demo/?q=%E5%B8%83%E6%B4%9B%E8%8A%AC")
    assert holding() == [True]
    assert client.post(address, {"next": "https://example.org/"})["Location"] == "/benchmarks/demo/"
    assert holding() == [False]
    assert client.post(address, {"next": "no address"}).status_code == 302


def test_only_who_may_sees_the_button(client: Client, member: BenchmarkPair) -> None:
    address = reverse("annotation:must_hold", args=["demo", member.pair_id])
    for person, shown in ((make_user(), False), (make_user(LEAD), True)):
        client.force_login(person)
        for page in (reverse("annotation:benchmark", args=["demo"]), reverse("inference:pair", args=[member.pair_id])):
            assert (address in client.get(page).content.decode()) is shown
    client.force_login(make_user())
    assert client.post(address, {"must_hold": "yes"}).status_code == 403


def test_the_pairs_that_must_hold_can_be_listed(client: Client, member: BenchmarkPair) -> None:
    client.force_login(make_user())
    page = reverse("annotation:benchmark", args=["demo"])
    assert client.get(page, {"must_hold": "yes"}).context["page"].paginator.count == 0
    BenchmarkPair.objects.update(must_hold=True)
    assert client.get(page, {"must_hold": "yes"}).context["page"].paginator.count == 1


def test_an_import_says_it_and_never_takes_it_back(tmp_path: Path) -> None:
    import_products(path=jsonl(tmp_path, PRODUCT, name="products.jsonl"))
    for value, changed in ((None, (1, 0, 0, 0)), (True, (0, 1, 0, 0)), ("是", (0, 0, 1, 0)), ("no", (0, 0, 1, 0))):
        job = import_pairs(path=jsonl(tmp_path, PAIR | {"must_hold": value}, name="pairs.jsonl"))
        assert counts(job) == changed
    assert (holding(), Benchmark.objects.count()) == ([True], 1)


def test_an_import_refuses_what_it_does_not_understand(tmp_path: Path) -> None:
    import_products(path=jsonl(tmp_path, PRODUCT, name="products.jsonl"))
    rows = PAIR | {"must_hold": "perhaps"}, PAIR | {"level": "", "must_hold": True}
    assert told(import_pairs(path=jsonl(tmp_path, *rows, name="pairs.jsonl"))) == [
        (1, "“must_hold” must be true or false, not “perhaps”."),
        (2, "A pair without a level has nothing that must hold."),
    ]
