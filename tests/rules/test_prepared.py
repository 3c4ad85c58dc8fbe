"""rules/prepared.py"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from rules.models import AuditHead, Rule
from rules.prepared import MARK, Prepared
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def rules_from(least: int, most: int) -> QuerySet[Rule]:
    return Rule.objects.filter(number__gte=least, number__lt=most).select_related("created_by").order_by("-pk")


def told(rule: Rule) -> tuple[object, ...]:
    """What is known of a rule without another question."""
    return rule, rule.number, rule.created_at, rule.created_by.username, set(rule._state.fields_cache), rule._state.db


@pytest.fixture
def three() -> None:
    author = make_user(username="author")
    for number in (1, 2, 3):
        Rule.objects.create(number=number, created_by=author)


@pytest.mark.parametrize(
    "numbers", [(1, 4), (2, 3), (3, 1), (MARK, MARK - 1), (MARK - 1, MARK), (-(2**63), 2**64), (2, 2**70)]
)
def test_gives_what_the_query_gives(three: None, numbers: tuple[int, int]) -> None:
    prepared = Prepared(rules_from)
    for asked in ((1, 3), numbers, (1, 3), numbers):
        found, expected = prepared(*asked), list(rules_from(*asked))
        assert [told(rule) for rule in found] == [told(rule) for rule in expected]


def test_is_put_together_once(three: None) -> None:
    made = []

    def query(number: int) -> QuerySet[Rule]:
        made.append(number)
        return Rule.objects.filter(number=number)

    prepared = Prepared(query)
    with CaptureQueriesContext(connection) as asked:
        found = [[rule.number for rule in prepared(number)] for number in (1, 2, 3, 4)]
    assert (found, made, len(asked)) == ([[1], [2], [3], []], [MARK], 4)


def test_rows_are_new_each_time(three: None) -> None:
    prepared = Prepared(lambda number: Rule.objects.filter(number=number))
    (first,), (second,) = prepared(1), prepared(1)
    first.number = 99
    assert (second.number, first._state.adding) == (1, False)


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_on_its_own_connection() -> None:
    Rule.objects.create(number=1, created_by=make_user())
    prepared = Prepared(lambda number: Rule.objects.filter(number=number))

    def ask(number: int) -> list[int]:
        try:
            return [rule.number for rule in prepared(number)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, [1, 2] * 10)) == [[1], []] * 10


@pytest.mark.django_db(transaction=True)
def test_locks_only_inside_a_transaction() -> None:
    prepared = Prepared(lambda: AuditHead.objects.select_for_update().filter(pk=1))
    with transaction.atomic():
        prepared()
    with pytest.raises(transaction.TransactionManagementError):
        prepared()


@pytest.mark.parametrize(
    "made",
    [
        lambda number: Rule.objects.all(),
        lambda number: Rule.objects.filter(number=number + 1),
        lambda number: Rule.objects.filter(number=number % 3),
    ],
)
def test_a_query_that_does_not_use_its_number_as_it_is_is_refused(made: Callable[[int], QuerySet[Rule]]) -> None:
    with pytest.raises(ValueError, match="uses each of its numbers"):
        Prepared(made)(1)


def test_takes_as_many_numbers_as_its_query(three: None) -> None:
    prepared = Prepared(lambda number: Rule.objects.filter(number=number))
    prepared(1)
    with pytest.raises(ValueError, match="zip"):
        prepared(1, 2)
