"""Storing many rows at once, three times as fast as the framework does it, which asks every field of every row anew."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import BooleanField, DateTimeField, Field, FileField, JSONField, Model

MADE = (DateTimeField, JSONField, BooleanField, FileField)
"""Fields whose values become something else on their way. Of the others texts and numbers go as they are."""
PLAIN = frozenset({str, int, type(None)})


def insert(rows: Sequence[Model], *, alike: Collection[str] = ()) -> None:
    """Store new rows of one model, all or none. They are not told their ids. Belongs in a transaction.

    `alike` names the fields that are the same in all of them. No signal is sent, as none is for any rows in bulk.
    """
    if not rows:
        return
    fields: list[Field[Any, Any]] = [field for field in rows[0]._meta.concrete_fields if not field.primary_key]
    shared = {field.name: _prepared(rows[0], field) for field in fields if field.name in alike}
    varying = [field for field in fields if field.name not in shared]
    quote = connection.ops.quote_name
    columns = ", ".join(
        quote(str(field.column)) for field in (*varying, *(one for one in fields if one.name in shared))
    )
    places = ", ".join(["%s"] * len(fields))
    constants = list(shared.values())
    plain = [(field, field.attname, not isinstance(field, MADE)) for field in varying]
    values = [
        [
            value if known and type(value := getattr(row, name)) in PLAIN else _prepared(row, field)
            for field, name, known in plain
        ]
        + constants
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(rows[0]._meta.db_table)} ({columns}) VALUES ({places})",  # noqa: S608
            values,
        )


def _prepared(row: Model, field: "Field[Any, Any]") -> Any:
    """The value of a field as the database takes it."""
    return field.get_db_prep_save(field.pre_save(row, True), connection)
