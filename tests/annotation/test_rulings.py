"""Ruling on conflicts: once however often sent, never over somebody else's, taken back by a further ruling."""

from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from annotation.models import BadCase, BenchmarkPair, Label, QueuedPair, Ruling
from annotation.selectors.rulings import next_conflict, precedents, rulings_matching, votes_of
from annotation.services.rulings import open_case, rule, take_back
from rules.models import AuditEvent
from rules.models.append_only import AppendOnlyError
from tests.annotation.conflicts import make_annotators, make_conflict, make_labelled_benchmark, make_ruler
from tests.annotation.labelling import label_next, make_annotator, make_labelling
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def ruled(queued: QueuedPair, by: object, **said: object) -> Ruling:
    """A ruling that says irrelevant, because of the brand."""
    told = {"level": "irrelevant", "reason": "brand", "submission": uuid4(), "seen": 0, **said}
    return rule(by=by, queued=queued, **told)


def counting(queued: QueuedPair) -> tuple[object, ...]:
    """What counts of a pair: its state, the level on the benchmark, and how many rulings there are."""
    queued.refresh_from_db()
    levels = list(BenchmarkPair.objects.filter(pair=queued.pair_id).values_list("label__level", flat=True))
    return queued.state, levels, Ruling.objects.filter(queued=queued).count()


def test_a_ruling_settles_the_pair() -> None:
    by, queued = make_ruler(), make_conflict(make_labelled_benchmark())
    made = ruled(queued, by, note="另一个牌子")
    label = Label.objects.get(pk=made.label_id)
    assert counting(queued) == ("settled", ["irrelevant"], 1)
    assert (label.kind, label.votes, label.note, label.created_by) == ("ruling", ["highly", "weakly"], "另一个牌子", by)
    event = AuditEvent.objects.get(verb="ruling.made")
    assert (event.actor, event.data["label"], event.data["reason"]) == (by, label.pk, "brand")


def test_the_trail_which_annotators_read_tells_no_level() -> None:
    """The pair may be hidden gold of another benchmark; the label that an event names has the level."""
    by, queued = make_ruler(), make_conflict(make_labelled_benchmark())
    take_back(by=by, ruling=ruled(queued, by), submission=uuid4())
    label_next(make_annotator(), make_labelling(1).benchmark, "irrelevant")
    assert [event.verb for event in AuditEvent.objects.all() if "irrelevant" in str(event.data)] == []


def test_the_same_submission_is_stored_once() -> None:
    by, queued, name = make_ruler(), make_conflict(make_labelled_benchmark()), uuid4()
    first, second = ruled(queued, by, submission=name), ruled(queued, by, submission=name)
    assert (first, Ruling.objects.count(), AuditEvent.objects.filter(verb="ruling.made").count()) == (second, 1, 1)


def test_nobody_rules_over_a_ruling_they_did_not_see() -> None:
    queued = make_conflict(make_labelled_benchmark())
    ruled(queued, make_ruler())
    with pytest.raises(ValidationError) as refusal:
        ruled(queued, make_ruler(), level="highly")
    assert (refusal.value.code, counting(queued)) == ("stale", ("settled", ["irrelevant"], 1))


def test_who_saw_a_ruling_may_rule_again() -> None:
    by, queued = make_ruler(), make_conflict(make_labelled_benchmark())
    ruled(queued, by)
    ruled(queued, by, level="weakly", seen=1)
    assert counting(queued) == ("settled", ["weakly"], 2)


def test_what_is_not_in_conflict_is_not_ruled_on() -> None:
    queued = make_conflict(make_labelled_benchmark())
    QueuedPair.objects.update(state="open")
    with pytest.raises(ValidationError) as refusal:
        ruled(queued, make_ruler())
    assert (refusal.value.code, counting(queued)) == ("settled", ("open", [], 0))


def test_taking_back_makes_it_a_conflict_again() -> None:
    by, queued = make_ruler(), make_conflict(make_labelled_benchmark())
    made, name = ruled(queued, by), uuid4()
    taken = take_back(by=by, ruling=made, submission=name)
    assert take_back(by=by, ruling=made, submission=name) == taken
    assert counting(queued) == ("conflict", [], 2)
    assert ruled(queued, by, level="highly", seen=2).number == 3
    assert counting(queued) == ("settled", ["highly"], 3)


def test_taking_back_gives_the_label_back_that_counted_before() -> None:
    by, queued = make_ruler(), make_conflict(make_labelled_benchmark())
    imported = Label.objects.create(benchmark=queued.benchmark, pair=queued.pair, level="moderately")
    BenchmarkPair.objects.create(benchmark=queued.benchmark, pair=queued.pair, label=imported)
    take_back(by=by, ruling=ruled(queued, by), submission=uuid4())
    assert counting(queued) == ("conflict", ["moderately"], 2)


def test_a_ruling_that_was_followed_is_not_taken_back() -> None:
    by, queued = make_ruler(), make_conflict(make_labelled_benchmark())
    first = ruled(queued, by)
    ruled(queued, by, level="weakly", seen=1)
    with pytest.raises(ValidationError) as refusal:
        take_back(by=by, ruling=first, submission=uuid4())
    assert (refusal.value.code, counting(queued)) == ("stale", ("settled", ["weakly"], 2))


def test_a_ruling_whose_pair_must_hold_stays() -> None:
    by, queued = make_ruler(), make_conflict(make_labelled_benchmark())
    made = ruled(queued, by)
    BenchmarkPair.objects.update(must_hold=True)
    with pytest.raises(ValidationError):
        take_back(by=by, ruling=made, submission=uuid4())
    assert counting(queued) == ("settled", ["irrelevant"], 1)


def test_rulings_are_never_edited() -> None:
    made = ruled(make_conflict(make_labelled_benchmark()), make_ruler())
    made.level = "highly"
    with pytest.raises(AppendOnlyError):
        made.save()


def test_a_submission_of_somebody_else_is_refused() -> None:
    benchmark, name = make_labelled_benchmark(), uuid4()
    ruled(make_conflict(benchmark), make_ruler(), submission=name)
    other = make_conflict(benchmark)
    with pytest.raises(ValidationError):
        ruled(other, make_ruler(), submission=name)
    assert counting(other) == ("conflict", [], 0)


@pytest.mark.parametrize(
    ("said", "code"),
    [({"level": "best"}, "unknown"), ({"reason": "taste"}, "unknown"), ({"reason": "other", "note": " "}, "why")],
)
def test_a_ruling_says_a_level_and_a_reason(said: dict[str, str], code: str) -> None:
    queued = make_conflict(make_labelled_benchmark())
    with pytest.raises(ValidationError) as refusal:
        ruled(queued, make_ruler(), **said)
    assert (refusal.value.code, counting(queued)) == (code, ("conflict", [], 0))


def test_ruling_takes_a_permission() -> None:
    queued = make_conflict(make_labelled_benchmark())
    for by in (make_user("annotation.label_pair"), make_user()):
        with pytest.raises(PermissionDenied):
            ruled(queued, by)
    assert counting(queued) == ("conflict", [], 0)


def test_a_ruling_opens_one_bad_case() -> None:
    by, queued = make_ruler(), make_conflict(make_labelled_benchmark())
    made = ruled(queued, by, note="另一个牌子")
    assert open_case(by=by, ruling=made) == open_case(by=by, ruling=made)
    case = BadCase.objects.get()
    assert (case.pair_id, case.expected, case.reports) == (queued.pair_id, "irrelevant", 1)


def test_a_ruling_that_another_took_the_place_of_opens_none() -> None:
    by, queued = make_ruler(), make_conflict(make_labelled_benchmark())
    made = ruled(queued, by)
    ruled(queued, by, level="weakly", seen=1)
    with pytest.raises(ValidationError) as refusal:
        open_case(by=by, ruling=made)
    assert (refusal.value.code, BadCase.objects.count()) == ("stale", 0)


def test_a_ruling_that_was_taken_back_opens_none() -> None:
    by, queued = make_ruler(), make_conflict(make_labelled_benchmark())
    made = ruled(queued, by)
    take_back(by=by, ruling=made, submission=uuid4())
    with pytest.raises(ValidationError) as refusal:
        open_case(by=by, ruling=made)
    assert (refusal.value.code, BadCase.objects.count()) == ("stale", 0)


def test_votes_have_letters_in_an_order_that_stays() -> None:
    queued = make_conflict(make_labelled_benchmark(), ("highly", "weakly", "irrelevant"))
    votes = votes_of(queued)
    assert [vote.letter for vote in votes] == ["A", "B", "C"]
    assert (sorted(vote.level for vote in votes), votes) == (["highly", "irrelevant", "weakly"], votes_of(queued))


def test_the_order_of_votes_does_not_follow_the_order_of_answers() -> None:
    benchmark, people = make_labelled_benchmark(), make_annotators(2)
    first = [votes_of(make_conflict(benchmark, people=people, title=f"题{one}"))[0].level for one in range(30)]
    assert {"highly", "weakly"} == set(first)


def test_own_conflicts_come_last_and_put_off_ones_later() -> None:
    by, benchmark = make_ruler(), make_labelled_benchmark()
    own = make_conflict(benchmark, people=[by, *make_annotators(1)])
    first, second = make_conflict(benchmark), make_conflict(benchmark)
    assert next_conflict(benchmark, by=by) == first
    assert next_conflict(benchmark, by=by, after=first) == second
    assert next_conflict(benchmark, by=by, after=second) == first
    ruled(first, by)
    ruled(second, by)
    assert next_conflict(benchmark, by=by) == own


def test_precedents_are_the_same_query_then_the_same_product_then_similar_words() -> None:
    by, benchmark = make_ruler(), make_labelled_benchmark()
    for query, title in (
        ("感冒灵", "[999]感冒灵颗粒10g*9袋"),
        ("布洛芬缓释胶囊成人", "[仁和]布洛芬片0.1g*24片"),
        ("止痛", "[芬必得]布洛芬缓释胶囊0.3g*20粒"),
        ("布洛芬缓释胶囊", "[三精]双黄连口服液"),
    ):
        ruled(make_conflict(benchmark, query=query, title=title), by)
    queued = make_conflict(benchmark, query="布洛芬缓释胶囊", title="[芬必得]布洛芬缓释胶囊0.3g*20粒")
    found = [(one.ruling.queued.pair.query.text, one.same_query, one.same_product) for one in precedents(queued)]
    assert found == [
        ("布洛芬缓释胶囊", True, False),
        ("止痛", False, True),
        ("布洛芬缓释胶囊成人", False, False),
    ]


def test_a_ruling_that_was_taken_back_is_no_precedent() -> None:
    by, benchmark = make_ruler(), make_labelled_benchmark()
    take_back(by=by, ruling=ruled(make_conflict(benchmark), by), submission=uuid4())
    assert precedents(make_conflict(benchmark)) == []


def test_precedents_are_searched_by_words_level_and_reason() -> None:
    by, benchmark = make_ruler(), make_labelled_benchmark()
    fever = ruled(make_conflict(benchmark, query="发烧"), by, note="儿童用量不同")
    ruled(make_conflict(benchmark, query="咳嗽"), by, level="weakly", reason="population")
    assert list(rulings_matching(benchmark, text="儿童 布洛芬")) == [fever]
    assert list(rulings_matching(benchmark, level="irrelevant", reason="brand")) == [fever]
    assert list(rulings_matching(benchmark, text="头痛")) == []


def test_precedents_cost_the_same_for_one_and_for_thirty(django_assert_num_queries: object) -> None:
    by, benchmark = make_ruler(), make_labelled_benchmark()
    queued = make_conflict(benchmark)
    ruled(make_conflict(benchmark), by)
    with django_assert_num_queries(3):
        precedents(queued)
    people = make_annotators(2)
    for number in range(29):
        ruled(make_conflict(benchmark, people=people, title=f"布洛芬{number}"), by, submission=UUID(int=number))
    with django_assert_num_queries(3):
        assert len(precedents(queued)) == 4
