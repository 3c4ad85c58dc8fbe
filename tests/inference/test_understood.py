"""Reading pairs where something breaks: a fault fails its pair alone and this time alone, a lost database nobody's pair."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError

from inference.knowledge.passages import Found
from inference.pipeline.chain import Chain
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.selectors.readings import case_digests
from inference.selectors.understood import FAULT, SHELF, read_pairs
from rules.engine.recall import RuleIndex
from tests.factories import make_pair
from tests.inference.small_lexicon import SMALL

pytestmark = pytest.mark.django_db

QUERY = "没有这种药"


class BreakingSearch:
    """Finds nothing; breaks whenever it is told to."""

    breaks: Exception | None = None

    def __call__(self, text: str, limit: int) -> Sequence[Found]:
        if self.breaks:
            raise self.breaks
        return ()


@pytest.fixture(autouse=True)
def empty_shelf() -> None:
    SHELF._read.clear()


def chain_over(search: Any) -> Chain:
    return Chain(SMALL, RuleIndex(()), search=search)


@pytest.mark.parametrize("lost", [OperationalError("database is locked"), InterfaceError("connection closed")])
def test_a_lost_database_is_no_fault_of_a_pair(lost: Exception) -> None:
    search, pair = BreakingSearch(), make_pair(QUERY, "布洛芬片").pk
    search.breaks = lost
    with pytest.raises(type(lost)):
        read_pairs([pair], case_digests([pair]), chain_over(search))


def test_a_fault_is_an_answer_this_time_alone() -> None:
    search, pair = BreakingSearch(), make_pair(QUERY, "布洛芬片").pk
    chain, cases = chain_over(search), case_digests([pair])
    search.breaks = RuntimeError("once")
    broken = read_pairs([pair], cases, chain)[pair].understood
    search.breaks = None
    assert broken == Failure(FAULT, "RuntimeError")
    assert isinstance(read_pairs([pair], cases, chain)[pair].understood, Understanding)
