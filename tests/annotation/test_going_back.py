"""Going back to one's last answer: what the page shows of it, and when there is nothing to go back to."""

from uuid import uuid4

import pytest
from django.test import Client

from annotation.enums import Outcome
from annotation.services.assigning import go_back, may_go_back, take_next
from annotation.services.labelling import change_labelling
from annotation.services.labels import flag, submit_label
from annotation.services.votes import store_votes
from tests.annotation.labelling import LEAD, label_next, make_annotator, make_labelling
from tests.factories import make_user

pytestmark = pytest.mark.django_db
BACK = "Back to your last answer"


def test_the_note_of_an_answer_comes_back_with_it(client: Client) -> None:
    benchmark, person = make_labelling(2, overlap=2).benchmark, make_annotator()
    mine = take_next(by=person, benchmark=benchmark).assignment.pk
    submit_label(by=person, assignment_id=mine, level="weakly", submission=uuid4(), note="另一种规格")
    assert go_back(by=person, benchmark=benchmark).note == "另一种规格"
    client.force_login(person)
    assert ">另一种规格</textarea>" in client.get(f"/benchmarks/{benchmark.slug}/label/").content.decode()


def test_a_note_that_was_taken_out_stays_out() -> None:
    benchmark, person = make_labelling(2, overlap=2).benchmark, make_annotator()
    mine = take_next(by=person, benchmark=benchmark).assignment.pk
    flag(by=person, assignment_id=mine, note="odd")
    assert take_next(by=person, benchmark=benchmark).note == "odd"
    submit_label(by=person, assignment_id=mine, level="weakly", submission=uuid4())
    assert go_back(by=person, benchmark=benchmark).note == ""


def test_whether_there_is_something_to_go_back_to() -> None:
    benchmark, person = make_labelling(1, overlap=2).benchmark, make_annotator()
    found = [may_go_back(by=person, benchmark=benchmark)]
    for one in (person, make_annotator()):
        label_next(one, benchmark)
        found.append(may_go_back(by=person, benchmark=benchmark))
    assert found == [False, True, False]


def test_the_end_offers_the_last_answer_only_where_it_can_be_had(client: Client) -> None:
    benchmark, person = make_labelling(1, overlap=2).benchmark, make_annotator()
    client.force_login(person)
    page = f"/benchmarks/{benchmark.slug}/label/next/"
    label_next(person, benchmark)
    shown = [BACK in client.post(page).content.decode()]
    label_next(make_annotator(), benchmark)
    shown += [BACK in client.post(page).content.decode()]
    shown += [BACK in client.post(page, headers={"HX-Request": "true"}).json()["end"]]
    assert shown == [True, False, False]


def test_the_lead_reads_with_a_flag_the_note_of_the_answer(client: Client) -> None:
    benchmark, person = make_labelling(2).benchmark, make_annotator()
    mine = take_next(by=person, benchmark=benchmark).assignment.pk
    flag(by=person, assignment_id=mine)
    submit_label(by=person, assignment_id=mine, level="weakly", submission=uuid4(), note="两个商品")
    client.force_login(make_user("annotation.manage_labelling"))
    text = client.get(f"/benchmarks/{benchmark.slug}/flags/").content.decode()
    assert text.count("两个商品") == 1


@pytest.mark.parametrize("gold", [{}, {0: "highly"}])
@pytest.mark.parametrize(("voted", "may"), [(True, False), (False, True)])
def test_an_answer_stays_once_the_votes_of_models_were_shown(voted: bool, may: bool, gold: dict[int, str]) -> None:
    """The same of a hidden gold pair as of any other."""
    share = {"gold": gold, "gold_share": 1.0} if gold else {}
    benchmark, person = make_labelling(1, overlap=2, shows_votes=True, **share).benchmark, make_annotator()
    if voted:
        levels = dict.fromkeys(benchmark.queue.values_list("pair", flat=True), "weakly")
        store_votes(by=make_user(*LEAD), benchmark=benchmark, source="m@1", levels=levels)
    answered = label_next(person, benchmark)
    found = (bool(answered.votes), may_go_back(by=person, benchmark=benchmark))
    assert (*found, go_back(by=person, benchmark=benchmark) is not None) == (voted, may, may)


def test_an_answer_after_which_votes_were_shown_stays_though_they_are_shown_no_longer() -> None:
    labelling, person, lead = make_labelling(1, overlap=2, shows_votes=True), make_annotator(), make_user(*LEAD)
    benchmark = labelling.benchmark
    levels = dict.fromkeys(benchmark.queue.values_list("pair", flat=True), "weakly")
    store_votes(by=lead, benchmark=benchmark, source="m@1", levels=levels)
    mine, name = take_next(by=person, benchmark=benchmark).assignment.pk, uuid4()
    for _time in range(2):
        submit_label(by=person, assignment_id=mine, level="highly", submission=name)
    change_labelling(by=lead, labelling=labelling, shows_votes=False)
    again = submit_label(by=person, assignment_id=mine, level="weakly", submission=uuid4())
    assert (again.outcome, go_back(by=person, benchmark=benchmark)) == (Outcome.DOUBLED, None)
