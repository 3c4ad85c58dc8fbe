"""An answer that its person looks at again counts as before: it is in every figure, on every page and in files."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from annotation.enums import QueuedState
from annotation.models import Assignment, Benchmark, Label, QueuedPair
from annotation.selectors.agreement import agreement_figures
from annotation.selectors.benchmark_rows import live_rows
from annotation.selectors.labelling import done_today
from annotation.selectors.people import days_of, people_of
from annotation.selectors.rulings import is_own, next_conflict, votes_of
from annotation.services.assigning import go_back
from annotation.services.settling import count
from tests.annotation.conflicts import label as labelled
from tests.annotation.conflicts import make_labelled_benchmark, make_queued, make_ruler
from tests.annotation.labelling import label_next, make_annotator, make_labelling

pytestmark = pytest.mark.django_db


def gone_back() -> tuple[Benchmark, User]:
    """A pair with the labels of two, one of whom looks at theirs again while a third has still to answer."""
    benchmark, person = make_labelling(1, overlap=3).benchmark, make_annotator()
    for one in (person, make_annotator()):
        label_next(one, benchmark, "weakly")
    assert go_back(by=person, benchmark=benchmark) is not None
    return benchmark, person


def test_agreement_keeps_the_answer() -> None:
    benchmark, _person = gone_back()
    assert (agreement_figures(benchmark).labels, agreement_figures(benchmark).cohen.items) == (2, 1)


def test_the_day_of_the_person_keeps_the_answer() -> None:
    benchmark, person = gone_back()
    [standing] = people_of(benchmark, only=person)
    assert (done_today(person), standing.today) == (1, 1)
    assert [day.labels for day in days_of(benchmark, person, days=1)] == [1]


def test_a_release_keeps_the_answer() -> None:
    benchmark, _person = gone_back()
    queued = QueuedPair.objects.get(benchmark=benchmark)
    count(Label.objects.create(benchmark=benchmark, pair=queued.pair, level="weakly", kind="ruling"))
    assert live_rows(benchmark)[0].row.votes == ("weakly", "weakly")


def test_who_rules_sees_the_answer() -> None:
    """Overlap fell to what is answered, so that the pair waits for a ruling while one of its answers is looked at."""
    benchmark, person = gone_back()
    queued = QueuedPair.objects.get(benchmark=benchmark)
    QueuedPair.objects.filter(pk=queued.pk).update(state=QueuedState.CONFLICT)
    assert ([vote.level for vote in votes_of(queued)], is_own(queued, person)) == (["weakly", "weakly"], True)


def test_a_pair_one_labelled_comes_last_while_the_answer_is_looked_at() -> None:
    benchmark, ruler = make_labelled_benchmark(), make_ruler()
    own, other = make_queued(benchmark), make_queued(benchmark, "退烧")
    mine = labelled(own, ruler, "weakly")
    Assignment.objects.filter(pk=mine.pk).update(state="held", until=timezone.now())
    QueuedPair.objects.filter(benchmark=benchmark).update(state=QueuedState.CONFLICT)
    found = next_conflict(benchmark, by=ruler)
    assert found is not None
    assert found.pk == other.pk
