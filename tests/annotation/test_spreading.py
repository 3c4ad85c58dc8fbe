"""How many people a pair gets when a labelling begins to follow the votes of models, and when it stops."""

import pytest

from annotation.models import QueuedPair
from annotation.services.labelling import change_labelling
from annotation.services.votes import store_votes
from tests.annotation.labelling import LEAD, label_next, make_annotator, make_labelling
from tests.factories import make_user

pytestmark = pytest.mark.django_db
AGREE, DIFFER = ("highly", "highly"), ("highly", "irrelevant")


def vote(benchmark, queued: QueuedPair, levels: tuple[str, ...]) -> None:
    """What one model after another says of a pair."""
    lead = make_user(*LEAD)
    for source, level in zip(("one@1", "two@1"), levels, strict=False):
        store_votes(by=lead, benchmark=benchmark, source=source, levels={queued.pair_id: level})


def people(benchmark) -> list[tuple[int, bool, bool]]:
    """Of every pair: how many people, whether an expert, whether it is hard."""
    rows = QueuedPair.objects.filter(benchmark=benchmark).order_by("place")
    return list(rows.values_list("overlap", "wants_expert", "is_hard"))


def test_a_labelling_that_begins_to_follow_votes_follows_those_that_are_there():
    labelling = make_labelling(3, overlap=2, audit_share=0.0)
    same, split, alone = QueuedPair.objects.order_by("place")
    for queued, levels in ((same, AGREE), (split, DIFFER), (alone, ("highly",))):
        vote(labelling.benchmark, queued, levels)
    assert people(labelling.benchmark) == [(2, False, False)] * 3

    changed = change_labelling(by=make_user(*LEAD), labelling=labelling, follows_votes=True)
    assert people(labelling.benchmark) == [(1, False, False), (3, True, True), (2, False, False)]

    changed = change_labelling(by=make_user(*LEAD), labelling=changed, overlap=3, audit_share=1.0)
    assert people(labelling.benchmark) == [(2, False, False), (3, True, True), (3, False, False)]

    change_labelling(by=make_user(*LEAD), labelling=changed, follows_votes=False)
    assert people(labelling.benchmark) == [(3, False, False), (3, False, True), (3, False, False)]


def test_a_pair_that_was_labelled_already_keeps_its_people():
    labelling = make_labelling(2, overlap=2, audit_share=0.0)
    first, second = QueuedPair.objects.order_by("place")
    for queued in (first, second):
        vote(labelling.benchmark, queued, AGREE)
    label_next(make_annotator(), labelling.benchmark)

    change_labelling(by=make_user(*LEAD), labelling=labelling, follows_votes=True)

    assert people(labelling.benchmark) == [(2, False, False), (1, False, False)]


def test_votes_that_come_to_agree_do_not_make_a_hard_pair_easy():
    labelling = make_labelling(1, overlap=2, follows_votes=True, audit_share=0.0)
    queued = QueuedPair.objects.get()
    vote(labelling.benchmark, queued, DIFFER)
    vote(labelling.benchmark, queued, AGREE)
    assert people(labelling.benchmark) == [(1, False, True)]
