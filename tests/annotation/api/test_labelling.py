"""The API of labelling: a program, or a page of another application, labels through the same services."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from rest_framework.test import APIClient

from annotation.models import AsideLabel, Label, QueuedPair
from tests.annotation.labelling import make_labelling

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unhurried() -> None:
    cache.clear()


def program(role: str) -> APIClient:
    user, client = User.objects.create_user(f"{role}-program"), APIClient()
    user.groups.add(Group.objects.get(name=role))
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


def test_a_label_and_the_next_pair_travel_in_one_call() -> None:
    slug, client = make_labelling(2).benchmark.slug, program("annotator")
    first = client.post(f"/api/v1/benchmarks/{slug}/label/next/").json()
    said = {"level": "weakly", "submission": str(uuid4()), "next": True}
    came = client.post(f"/api/v1/assignments/{first['assignment']}/label/", said, format="json").json()
    assert (came["outcome"], came["level"], came["votes"]) == ("stored", "weakly", None)
    assert came["next"]["assignment"] != first["assignment"]
    assert (came["next"]["done_today"], came["next"]["left"]) == (1, 0)


def test_an_offer_says_nothing_of_what_others_said_and_gold_looks_like_any_other() -> None:
    labelling = make_labelling(2, gold={0: "highly"}, gold_share=1.0)
    offers = []
    for share in (1.0, 0.0):
        labelling.gold_share = share
        labelling.save()
        answer = program_of(share).post(f"/api/v1/benchmarks/{labelling.benchmark.slug}/label/next/").json()
        offers.append(answer)
    gold, plain = offers
    assert gold.keys() == plain.keys()
    told = ("assignment", "until", "query", "product_id", "title")
    assert {k: v for k, v in gold.items() if k not in told} == {k: v for k, v in plain.items() if k not in told} | {
        "left": 1
    }


def program_of(share: float) -> APIClient:
    return program("annotator") if share else program("reviewer")


def test_nothing_is_left() -> None:
    slug = make_labelling(0).benchmark.slug
    answer = program("annotator").post(f"/api/v1/benchmarks/{slug}/label/next/")
    assert (answer.status_code, answer.content) == (204, b"")


def test_who_is_paused_is_told_so_and_the_label_is_stored() -> None:
    benchmark, client = make_labelling(2).benchmark, program("annotator")
    held = client.post(f"/api/v1/benchmarks/{benchmark.slug}/label/next/").json()["assignment"]
    benchmark.annotators.update(state="paused")
    said = {"level": "weakly", "submission": str(uuid4()), "next": True}
    came = client.post(f"/api/v1/assignments/{held}/label/", said, format="json").json()
    assert (came["outcome"], came["next"], came["why"]) == ("stored", None, "paused")


def test_a_doubled_label_is_kept_aside_and_said_so() -> None:
    slug, client = make_labelling(1).benchmark.slug, program("annotator")
    address = f"/api/v1/assignments/{client.post(f'/api/v1/benchmarks/{slug}/label/next/').json()['assignment']}/label/"
    came = [
        client.post(address, {"level": "weakly", "submission": str(uuid4())}, format="json").json()["outcome"]
        for _time in range(2)
    ]
    assert came == ["stored", "doubled"]
    assert AsideLabel.objects.count() == 1


def test_skip_flag_and_keep() -> None:
    slug, client = make_labelling(1).benchmark.slug, program("annotator")
    pair = f"/api/v1/assignments/{client.post(f'/api/v1/benchmarks/{slug}/label/next/').json()['assignment']}/"
    states = [
        client.post(f"{pair}{verb}/", said, format="json").json()["state"]
        for verb, said in (("keep", {}), ("flag", {"note": "?"}), ("skip", {"reason": "unclear"}))
    ]
    assert states == ["held", "held", "skipped"]


def test_the_pair_of_somebody_else_is_not_found() -> None:
    slug = make_labelling(1).benchmark.slug
    held = program("annotator").post(f"/api/v1/benchmarks/{slug}/label/next/").json()["assignment"]
    said = {"level": "weakly", "submission": str(uuid4())}
    assert program("reviewer").post(f"/api/v1/assignments/{held}/label/", said, format="json").status_code == 404


def test_a_lead_queues_what_a_search_showed_and_stores_votes() -> None:
    benchmark, client = make_labelling(0).benchmark, program("lead")
    rows = {
        "pairs": [
            {"query": "布洛芬", "title": "[青禾]布洛芬片 0.2g*20片"},
            {"query": "钙", "title": "钙片", "gold": "highly"},
        ]
    }
    address = f"/api/v1/benchmarks/{benchmark.slug}"
    came = [client.post(f"{address}/queue/", rows, format="json").json() for _time in range(2)]
    assert came == [{"added": 2, "already": 0}, {"added": 0, "already": 2}]
    listed = client.get(f"{address}/queue/").json()["results"]
    assert sorted((row["query"], row["origin"], row["gold"]) for row in listed) == [
        ("布洛芬", "traffic", ""),
        ("钙", "traffic", "highly"),
    ]
    pair = QueuedPair.objects.get(benchmark=benchmark, gold="").pair_id
    votes = {"source": "judge@7", "votes": [{"pair": pair, "level": "highly"}]}
    stored = [client.post(f"{address}/votes/", votes, format="json").json() for _time in range(2)]
    assert stored == [{"stored": 1}, {"stored": 0}]
    assert Label.objects.get(benchmark=benchmark).source == "judge@7"


def test_annotators_do_not_see_the_queue() -> None:
    slug = make_labelling(1).benchmark.slug
    assert program("annotator").get(f"/api/v1/benchmarks/{slug}/queue/").status_code == 403
