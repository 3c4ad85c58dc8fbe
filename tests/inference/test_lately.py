"""What was counted lately is found again as long as there is room for it."""

import pytest

from inference.comparison import Said
from inference.models import Run
from inference.selectors import voting
from inference.selectors.lately import Lately
from inference.selectors.voting import judges_of, vote_of
from tests.factories import make_benchmark
from tests.inference.judged_runs import make_pairs, make_run


def test_what_was_asked_for_least_recently_goes_first() -> None:
    kept: Lately[str] = Lately(most=3)
    for name in "abc":
        kept.put(name, name.upper(), weight=1)
    assert kept.find("a") == "A"
    kept.put("d", "D", weight=1)
    assert [kept.find(name) for name in "abcd"] == ["A", None, "C", "D"]


def test_something_large_takes_the_room_of_many() -> None:
    kept: Lately[str] = Lately(most=5)
    kept.put("a", "A", weight=2)
    kept.put("b", "B", weight=2)
    kept.put("large", "L", weight=4)
    assert [kept.find(name) for name in ("a", "b", "large")] == [None, None, "L"]


def test_what_is_larger_than_all_the_room_is_kept_alone() -> None:
    kept: Lately[str] = Lately(most=5)
    kept.put("a", "A", weight=2)
    kept.put("huge", "H", weight=50)
    assert [kept.find(name) for name in ("a", "huge")] == [None, "H"]


def test_the_same_put_again_counts_once() -> None:
    kept: Lately[str] = Lately(most=4)
    for value in ("old", "new"):
        kept.put("a", value, weight=2)
    kept.put("b", "B", weight=2)
    assert [kept.find(name) for name in "ab"] == ["new", "B"]


@pytest.mark.django_db
def test_votes_are_kept_as_long_as_there_is_room_for_their_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voting, "COUNTED", Lately(most=4))
    benchmark, pairs = make_benchmark(), make_pairs(3)
    runs = [make_run({pair.pk: Said("highly") for pair in pairs}, benchmark=benchmark) for _run in range(3)]

    def counted(*chosen: Run) -> object:
        return vote_of(judges_of(chosen)).ballots

    first = counted(*runs[:2])
    assert counted(*runs[:2]) is first
    counted(*runs[1:])
    assert counted(*runs[:2]) is not first
