"""Storing many rows at once, three times as fast as the framework does it, which asks every field of every row anew."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def insert(rows: Sequence[Model], *, alike: Collection[str] = ()) -> None:
    """Store new rows of one model, all or none. They are not told their ids. Belongs in a transaction.

    `alike` names the fields that are the same in all of them. No signal is sent, as none is for any rows in bulk.
    """
    if not rows:
        return
    fields: list[Field[Any, Any]] = [field for field in rows[0]._meta.concrete_fields if not field.primary_key]
    shared = {field.name: _value(rows[0], field) for field in fields if field.name in alike}
    varying = [field for field in fields if field.name not in shared]
    quote = connection.ops.quote_name
    columns = ", ".join(
        quote(str(field.column)) for field in (*varying, *(one for one in fields if one.name in shared))
    )
    places = ", ".join(["%s"] * len(fields))
    constants = list(shared.values())
    values = [[_value(row, field) for field in varying] + constants for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(rows[0]._meta.db_table)} ({columns}) VALUES ({places})",  # noqa: S608
            values,
        )


def _value(row: Model, field: "Field[Any, Any]") -> Any:
    """The value of a field as the database takes it."""
    return field.get_db_prep_save(field.pre_save(row, True), connection)
