"""Queries that are put together once, for the few that every label waits for.

Django puts a query together anew each time it is asked. For a row or two that takes four to ten times as long as the
database takes to answer; `benchmarks/annotation.py` shows what it comes to.
"""

from collections.abc import Callable
from copy import copy
from inspect import signature
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=Model)

MARK = 2**31 - 2
"""Stands for the first number while the query is put together, one less for each further. Every column takes it, so that
no condition is left out as always or never true, and no query of ours has such a number of its own."""
MOST = 2**63


class Prepared(Generic[Row]):
    """A query for rows of a model, put together when it is first asked and asked with other numbers afterwards.

    `made` gives the query for the numbers it takes. It must be the same query for all numbers, and use each of them.
    """

    def __init__(self, made: Callable[..., QuerySet[Row]]) -> None:
        self.made = made
        self.marks = tuple(MARK - place for place in range(len(signature(made).parameters)))
        self.compiled: Any = None

    def __call__(self, *numbers: int) -> list[Row]:
        """The rows for these numbers. Raises TransactionManagementError for a query that locks, outside a transaction."""
        if any(abs(number) >= MOST for number in numbers):
            return list(self.made(*numbers))
        connection = connections[DEFAULT_DB_ALIAS]
        self.compiled = self.compiled or self._put_together()
        compiler, sql, params = self.compiled
        if compiler.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("a query that locks belongs inside a transaction")
        given = dict(zip(self.marks, numbers, strict=True))
        asked = copy(compiler)
        asked.connection = connection
        asked.as_sql = lambda: (sql, tuple(given.get(one, one) for one in params))
        query = SimpleNamespace(get_compiler=lambda using: asked)
        queryset: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(ModelIterable(queryset))

    def first(self, *numbers: int) -> Row | None:
        """The first row for these numbers; None where there is none."""
        return next(iter(self(*numbers)), None)

    def _put_together(self) -> tuple[Any, str, tuple[Any, ...]]:
        compiler = self.made(*self.marks).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        if missing := set(self.marks) - set(params):
            raise ValueError(f"a prepared query uses each of its numbers as it is; {len(missing)} of them it does not")
        return compiler, sql, params
