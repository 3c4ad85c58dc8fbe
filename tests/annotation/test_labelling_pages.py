"""The pages of whoever leads the labelling of a benchmark."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotation.enums import QueuedOrigin
from annotation.models import BadCase, Benchmark, GuidelineVersion, Labelling, QueuedPair
from annotation.services.guidelines import write_guideline
from annotation.services.labelling import open_labelling
from annotation.services.queueing import queue_pairs
from tests.annotation.cases import make_case, make_triager
from tests.factories import make_benchmark, make_pair, make_user

pytestmark = pytest.mark.django_db
PAGE = "/benchmarks/next/labelling/"
SETTINGS = {"is_open": "on", "overlap": "3", "lease_minutes": "10", "gold_share": "0.05", "audit_share": "0.1"}
WORDS = {"text": "Read.", "seen": "0", "sentence_weakly": "Barely."}


@pytest.fixture
def benchmark() -> Benchmark:
    return Benchmark.objects.create(slug="next", name="next")


@pytest.fixture
def lead(client: Client, benchmark: Benchmark) -> User:
    """Whoever leads the labelling, signed in."""
    person = make_user("annotation.manage_labelling")
    client.force_login(person)
    return person


@pytest.fixture
def opened(lead: User, benchmark: Benchmark) -> Labelling:
    return open_labelling(by=lead, benchmark=benchmark)


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_settings_say_what_labels_come_to(client: Client) -> None:
    client.force_login(make_user("annotation.manage_labelling"))
    page = client.get(f"/benchmarks/{make_benchmark(slug='told').slug}/labelling/").content.decode()
    assert "of two given equally often the lower" in page


def test_an_unopened_benchmark_says_what_to_do_and_is_opened(client: Client, lead: User, benchmark: Benchmark) -> None:
    assert "Nobody labels this benchmark yet" in shown(client, PAGE)
    assert client.post(PAGE, SETTINGS).url == PAGE
    row = Labelling.objects.values_list("overlap", "lease_minutes", "gold_share", "shows_votes", "is_open").get()
    assert row == (3, 10, 0.05, False, True)
    assert "Add pairs" in shown(client, PAGE)


def test_settings_are_changed(client: Client, opened: Labelling) -> None:
    client.post(PAGE, {**SETTINGS, "is_open": "", "shows_votes": "on"})
    assert Labelling.objects.values_list("is_open", "shows_votes", "overlap").get() == (False, True, 3)
    assert "nobody is given further pairs" in shown(client, PAGE)


@pytest.mark.parametrize("wrong", [{"overlap": "0"}, {"gold_share": "2"}, {"lease_minutes": ""}])
def test_settings_that_cannot_be(client: Client, opened: Labelling, wrong: dict[str, str]) -> None:
    assert client.post(PAGE, {**SETTINGS, **wrong}).status_code == 422
    assert Labelling.objects.get().overlap == 2


def test_the_state_of_the_queue(client: Client, lead: User, opened: Labelling, benchmark: Benchmark) -> None:
    queue_pairs(by=lead, benchmark=benchmark, pairs=[make_pair().pk for _number in range(3)])
    text = shown(client, PAGE)
    assert "0 of 3 pairs are settled" in text
    assert "No guideline is written yet." in text


def test_a_guideline_is_written_and_its_versions_kept(client: Client, opened: Labelling) -> None:
    address = f"{PAGE}guideline/"
    assert "No guideline yet" in shown(client, address)
    client.post(address, WORDS)
    client.post(address, {**WORDS, "text": "Read twice.", "seen": "1"})
    rows = list(GuidelineVersion.objects.values_list("number", "text", "sentences"))
    assert rows == [(1, "Read.", {"weakly": "Barely."}), (2, "Read twice.", {"weakly": "Barely."})]
    text = shown(client, address)
    assert "Version 1" in text
    assert "Written from version 2" in text


def test_a_guideline_written_from_an_old_version_is_not_lost(client: Client, lead: User, opened: Labelling) -> None:
    write_guideline(by=lead, benchmark=opened.benchmark, text="Other.", sentences={}, seen=0)
    response = client.post(f"{PAGE}guideline/", WORDS)
    assert response.status_code == 422
    assert "Somebody changed the guideline meanwhile" in response.content.decode()
    assert ">Read.</textarea>" in response.content.decode().replace("\n", "")


def test_a_sample_is_drawn_by_shares(client: Client, opened: Labelling) -> None:
    for category in ("西药", "西药", "中药"):
        make_pair(category=[category])
    said = {"sample-size": "3", "sample-quotas": "西药 2\n中药 1\n器械 1"}
    text = client.post(f"{PAGE}pairs/sample/", said, follow=True).content.decode()
    assert "2 pairs were added" in text or "3 pairs were added" in text
    assert set(QueuedPair.objects.values_list("category", flat=True)) == {"西药", "中药"}


def test_shares_that_are_no_numbers(client: Client, opened: Labelling) -> None:
    response = client.post(f"{PAGE}pairs/sample/", {"sample-size": "3", "sample-quotas": "西药 many"})
    assert response.status_code == 422
    assert "Each line is a category, a space and a number." in response.content.decode()


def test_pairs_of_bad_cases(client: Client, opened: Labelling) -> None:
    case: BadCase = make_case(by=make_triager())
    client.post(f"{PAGE}pairs/cases/", {"cases-which": "open"})
    assert list(QueuedPair.objects.values_list("pair", "origin")) == [(case.pair_id, QueuedOrigin.CASE)]


def test_gold_pairs_with_the_levels_of_another_benchmark(client: Client, opened: Labelling) -> None:
    source = make_benchmark(("感冒", "感冒灵颗粒", "highly"), ("发烧", "布洛芬片", "weakly"))
    client.post(f"{PAGE}pairs/gold/", {"gold-source": source.pk, "gold-size": "5"})
    known = dict(source.members.values_list("pair", "label__level"))
    assert dict(QueuedPair.objects.values_list("pair", "gold")) == known
    assert "gold" in shown(client, f"{PAGE}pairs/")


def test_the_queue_by_state(client: Client, lead: User, opened: Labelling, benchmark: Benchmark) -> None:
    assert "The queue is empty" in shown(client, f"{PAGE}pairs/")
    queue_pairs(by=lead, benchmark=benchmark, pairs=[make_pair(title="青禾片").pk])
    assert "青禾片" in shown(client, f"{PAGE}pairs/?state=open")
    assert "No pair matches" in shown(client, f"{PAGE}pairs/?state=settled")


def test_the_queue_costs_the_same_for_one_row_and_thirty(
    client: Client, lead: User, opened: Labelling, benchmark: Benchmark
) -> None:
    counts = []
    for more in (1, 29):
        queue_pairs(by=lead, benchmark=benchmark, pairs=[make_pair().pk for _number in range(more)])
        with CaptureQueriesContext(connection) as found:
            client.get(f"{PAGE}pairs/")
        counts.append(len(found))
    assert counts[0] == counts[1] <= 16


def test_others_read_the_state_and_change_nothing(client: Client, opened: Labelling) -> None:
    client.force_login(make_user("annotation.label_pair"))
    assert "Settings" not in shown(client, PAGE)
    assert "Guideline" in shown(client, f"{PAGE}guideline/")
    codes = {
        client.get(f"{PAGE}pairs/").status_code,
        client.post(PAGE, SETTINGS).status_code,
        client.post(f"{PAGE}guideline/", WORDS).status_code,
        client.post(f"{PAGE}pairs/cases/", {"cases-which": "open"}).status_code,
    }
    assert codes == {403}


def test_a_benchmark_is_started_and_its_name_taken(client: Client, lead: User) -> None:
    assert client.post("/benchmarks/", {"name": "Second set"}).url == "/benchmarks/second-set/labelling/"
    again = client.post("/benchmarks/", {"name": "second set"})
    assert (again.status_code, "There is a benchmark of that name." in again.content.decode()) == (422, True)
    client.force_login(make_user())
    assert client.post("/benchmarks/", {"name": "third"}).status_code == 403
    assert "Start a benchmark" not in shown(client, "/benchmarks/")


def test_the_page_of_a_benchmark_leads_to_its_labelling(client: Client, opened: Labelling) -> None:
    text = shown(client, "/benchmarks/next/")
    assert f'href="{PAGE}"' in text
    assert "No pair is settled yet" in text
    assert client.get(f"/benchmarks/{opened.benchmark_id}/").url == "/benchmarks/next/"


def test_home_says_that_pairs_wait(client: Client, lead: User, opened: Labelling, benchmark: Benchmark) -> None:
    queue_pairs(by=lead, benchmark=benchmark, pairs=[make_pair().pk])
    assert "Pairs of next" not in shown(client, "/")
    client.force_login(make_user("annotation.label_pair"))
    assert "Pairs of next wait to be labelled" in shown(client, "/")


def test_the_settings_say_that_pairs_are_given_out(client: Client, opened: Labelling) -> None:
    assert "Pairs are given out</label>" in shown(client, PAGE)
