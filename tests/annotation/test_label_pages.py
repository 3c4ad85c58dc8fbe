"""The page of the annotator: plain forms, the answers of its script, and what it may not tell."""

import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.enums import AnnotatorState, LabelKind
from annotation.models import Annotator, AsideLabel, Assignment, Benchmark, Label
from annotation.services.guidelines import write_guideline
from annotation.services.hand import MOST_AHEAD
from annotation.services.labelling import change_labelling, open_labelling
from annotation.services.queueing import queue_pairs
from annotation.services.votes import store_votes
from tests.factories import make_pair, make_user

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}
PAGE = "/benchmarks/next/label/"
PAIRS = 6


@pytest.fixture
def lead() -> User:
    return make_user("annotation.manage_labelling", "annotation.label_pair")


@pytest.fixture
def benchmark(lead: User) -> Benchmark:
    """Six pairs to label, with a guideline."""
    made = Benchmark.objects.create(slug="next", name="next")
    open_labelling(by=lead, benchmark=made, overlap=2, gold_share=0)
    write_guideline(by=lead, benchmark=made, text="Read the title.", sentences={"weakly": "Barely."}, seen=0)
    add(made, lead, PAIRS)
    return made


def add(benchmark: Benchmark, by: User, count: int, **gold: str) -> list[int]:
    pairs = [make_pair(title=f"布洛芬片{number}").pk for number in range(count)]
    levels = dict.fromkeys(pairs, gold["level"]) if gold else {}
    queue_pairs(by=by, benchmark=benchmark, pairs=pairs, gold=levels)
    return pairs


@pytest.fixture
def annotator(client: Client, benchmark: Benchmark) -> User:
    """Somebody who labels, signed in."""
    person = make_user("annotation.label_pair")
    client.force_login(person)
    return person


def take(client: Client) -> dict[str, object]:
    return client.post(f"{PAGE}next/", headers=SCRIPT).json()


def send(client: Client, assignment: object, **said: object) -> dict[str, object]:
    body = {"submission": str(uuid.uuid4()), "level": "weakly", **said}
    response = client.post(f"{PAGE}{assignment}/", {k: v for k, v in body.items() if v}, headers=SCRIPT)
    return {"status": response.status_code, **response.json()}


def first(client: Client) -> object:
    """The assignment of the first pair taken."""
    return take(client)["pairs"][0]["assignment"]


def test_opening_the_page_takes_nothing(client: Client, annotator: User) -> None:
    text = client.get(PAGE).content.decode()
    assert "Take the first pair" in text
    assert not Assignment.objects.exists()


def test_labelled_with_plain_forms(client: Client, annotator: User) -> None:
    assert client.post(f"{PAGE}next/").url == PAGE
    text = client.get(PAGE).content.decode()
    action, submission = (
        re.search(rf'action="({PAGE}\d+/)"', text)[1],
        re.search(r'name="submission" value="(.+?)"', text)[1],
    )
    assert "Barely." in text
    for _time in range(2):
        assert client.post(action, {"submission": submission, "level": "highly"}).url == PAGE
    assert list(Label.objects.values_list("level", "created_by", "kind")) == [
        ("highly", annotator.pk, LabelKind.PERSON)
    ]
    assert action not in client.get(PAGE).content.decode()


def test_an_answer_brings_the_next_pair(client: Client, annotator: User) -> None:
    taken = take(client)
    assert [len(taken["pairs"]), taken["done"], taken["left"]] == [1, 0, PAIRS]
    mine = taken["pairs"][0]["assignment"]
    answered = send(client, mine, have=mine)
    assert [answered["outcome"], len(answered["pairs"]), answered["done"], answered["left"]] == [
        "stored",
        1,
        1,
        PAIRS - 1,
    ]
    assert answered["pairs"][0]["assignment"] != mine


def test_pairs_are_taken_ahead_while_many_are_left(
    client: Client, annotator: User, lead: User, benchmark: Benchmark
) -> None:
    add(benchmark, lead, 300)
    taken = take(client)
    assert len(taken["pairs"]) == MOST_AHEAD + 1
    have = ",".join(str(one["assignment"]) for one in taken["pairs"])
    assert len(send(client, taken["pairs"][0]["assignment"], have=have)["pairs"]) == 1


def test_sent_twice_stored_once(client: Client, annotator: User) -> None:
    mine, submission = first(client), str(uuid.uuid4())
    outcomes = [send(client, mine, submission=submission)["outcome"] for _time in range(2)]
    assert outcomes == ["stored", "again"]
    assert Label.objects.count() == 1


def test_a_second_answer_is_kept_aside_and_said_so(client: Client, annotator: User) -> None:
    mine = first(client)
    send(client, mine)
    second = send(client, mine, level="highly")
    assert (second["outcome"], "kept aside" in second["told"]) == ("doubled", True)
    assert list(AsideLabel.objects.values_list("level", flat=True)) == ["highly"]


def test_going_back_changes_the_answer(client: Client, annotator: User) -> None:
    mine = first(client)
    send(client, mine)
    again = client.post(f"{PAGE}back/", headers=SCRIPT).json()
    assert f'data-assignment="{mine}"' in again["back"]
    assert "You said: weakly relevant" in again["back"]
    assert send(client, mine, level="highly")["outcome"] == "stored"
    assert Assignment.objects.get(pk=mine).label.level == "highly"


def test_nothing_to_go_back_to(client: Client, annotator: User) -> None:
    assert "no answer of yours" in client.post(f"{PAGE}back/", headers=SCRIPT).json()["told"]


def test_skipped_with_a_reason_and_flagged_with_a_note(client: Client, annotator: User) -> None:
    mine = first(client)
    send(client, mine, level="", flag="yes", note="odd")
    assert Assignment.objects.get(pk=mine).flagged_at
    gone = send(client, mine, level="", skip="unclear", note="odd")
    assert gone["pairs"]
    assert list(Assignment.objects.filter(pk=mine).values_list("state", "skipped", "note")) == [
        ("skipped", "unclear", "odd")
    ]


@pytest.mark.parametrize(
    ("said", "status"),
    [({"level": ""}, 422), ({"level": "best"}, 422), ({"submission": "x"}, 422), ({"skip": "unclear"}, 422)],
)
def test_an_answer_that_cannot_be(client: Client, annotator: User, said: dict[str, str], status: int) -> None:
    assert send(client, first(client), **said)["status"] == status
    assert not Label.objects.exists()


def test_another_persons_pair(client: Client, annotator: User, lead: User) -> None:
    mine = first(client)
    client.force_login(lead)
    assert send(client, mine)["status"] == 404


def test_answers_of_somebody_else_who_used_this_computer(client: Client, annotator: User, lead: User) -> None:
    mine = first(client)
    assert send(client, mine, person=lead.pk)["status"] == 403
    assert not Label.objects.exists()


def test_signed_out_is_said_without_a_page(client: Client, annotator: User) -> None:
    mine = first(client)
    client.logout()
    assert client.post(f"{PAGE}{mine}/", headers=SCRIPT).status_code == 401


def test_only_annotators(client: Client, benchmark: Benchmark) -> None:
    client.force_login(make_user())
    codes = [
        client.get(PAGE).status_code,
        client.post(f"{PAGE}next/").status_code,
        client.post(f"{PAGE}back/").status_code,
    ]
    assert codes == [403, 403, 403]


def test_blind_before_the_answer(client: Client, annotator: User, lead: User, benchmark: Benchmark) -> None:
    change_labelling(by=lead, labelling=benchmark.labelling, gold_share=1.0, shows_votes=True)
    gold = add(benchmark, lead, 1, level="irrelevant")
    store_votes(by=lead, benchmark=benchmark, source="model-x@1", levels=dict.fromkeys(gold, "moderately"))
    taken = take(client)["pairs"][0]
    plain = re.sub(r"布洛芬片\d", "", client.get(PAGE).content.decode())
    shown = taken["html"] + plain
    assert "model-x" not in shown
    assert "gold" not in shown.lower()
    assert send(client, taken["assignment"])["votes"].count("model-x@1") == 1


def test_a_gold_pair_looks_like_any_other(client: Client, annotator: User, lead: User, benchmark: Benchmark) -> None:
    plain = take(client)["pairs"][0]
    change_labelling(by=lead, labelling=benchmark.labelling, gold_share=1.0)
    add(benchmark, lead, 1, level="irrelevant")
    hidden = send(client, plain["assignment"], have=plain["assignment"])["pairs"][0]
    assert Assignment.objects.get(pk=hidden["assignment"]).queued.gold
    assert bare(hidden["html"]) == bare(plain["html"])


def bare(html: str) -> str:
    """The page of a pair without what names it."""
    return re.sub(r'布洛芬片\d+|\d+|value="[\w-]{36,}"', "", html)


def test_votes_stay_where_they_are_not_shown(client: Client, annotator: User, lead: User, benchmark: Benchmark) -> None:
    pairs = list(benchmark.queue.values_list("pair", flat=True))
    store_votes(by=lead, benchmark=benchmark, source="model-x@1", levels=dict.fromkeys(pairs, "moderately"))
    assert "votes" not in send(client, first(client))


def test_a_lease_is_renewed_and_a_lost_one_told(client: Client, annotator: User, lead: User) -> None:
    mine = first(client)
    assert client.post(f"{PAGE}keep/", {"have": f"{mine},999999"}, headers=SCRIPT).json() == {"lost": [999999]}
    Assignment.objects.filter(pk=mine).update(state="lost", slot=None)
    assert client.post(f"{PAGE}keep/", {"have": mine}, headers=SCRIPT).json() == {"lost": [mine]}


def test_a_paused_person_is_told(client: Client, annotator: User, benchmark: Benchmark) -> None:
    Annotator.objects.create(benchmark=benchmark, person=annotator, state=AnnotatorState.PAUSED)
    assert "You are paused" in client.get(PAGE).content.decode()
    answer = take(client)
    assert ("You are paused" in answer["end"], answer["stop"]) == (True, True)


def test_a_benchmark_that_nobody_labels(client: Client, annotator: User) -> None:
    Benchmark.objects.create(slug="other", name="other")
    assert "is not being labelled" in client.get("/benchmarks/other/label/").content.decode()


def test_nothing_is_left(client: Client, annotator: User, benchmark: Benchmark) -> None:
    benchmark.queue.all().delete()
    found = take(client)
    assert (found["pairs"], "Nothing is left for you" in found["end"]) == ([], True)
    assert "Nothing is left for you" in client.post(f"{PAGE}next/").content.decode()


def test_a_new_guideline_comes_with_the_next_answer(
    client: Client, annotator: User, lead: User, benchmark: Benchmark
) -> None:
    mine = first(client)
    write_guideline(by=lead, benchmark=benchmark, text="Read the picture.", sentences={}, seen=1)
    assert "Read the picture." in send(client, mine, guideline=1)["guide"]
    assert "guide" not in client.post(f"{PAGE}next/", {"guideline": 2}, headers=SCRIPT).json()


def test_titles_are_escaped(client: Client, annotator: User, lead: User, benchmark: Benchmark) -> None:
    benchmark.queue.all().delete()
    queue_pairs(by=lead, benchmark=benchmark, pairs=[make_pair(query="<b>q</b>", title="<i>t</i>").pk])
    html = take(client)["pairs"][0]["html"]
    assert ("<b>q</b>" in html, "<i>t</i>" in html) == (False, False)


def queries(client: Client, call: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        response = client.get(call)
    assert response.status_code == 200
    return len(found)


def test_the_page_costs_the_same_for_any_queue(
    client: Client, annotator: User, lead: User, benchmark: Benchmark
) -> None:
    take(client)
    few = queries(client, PAGE)
    add(benchmark, lead, 30)
    take(client)
    assert queries(client, PAGE) == few <= 22


def test_addresses() -> None:
    assert reverse("annotation:label", args=["next"]) == PAGE


def test_a_flag_of_a_plain_form_stays_on_the_pair(client: Client, annotator: User) -> None:
    mine = first(client)
    said = {"submission": str(uuid.uuid4()), "flag": "yes", "note": "odd"}
    text = client.post(f"{PAGE}{mine}/", said, follow=True).content.decode()
    assert "Flagged. The lead will look at it." in text
    assert f'data-assignment="{mine}"' in text
