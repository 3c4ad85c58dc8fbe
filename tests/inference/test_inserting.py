"""Rows stored in few statements are the rows that Django would have stored."""

from collections.abc import Callable

import pytest
from django.db import DataError, transaction
from django.forms.models import model_to_dict

from inference.models import JudgmentTrace, PairReading
from inference.services.inserting import insert, insert_with_ids
from tests.factories import make_pair

pytestmark = pytest.mark.django_db
CONTENT = {"level": "weakly", "reason": '它 "说" {}', "values": [1, 0.25, None, True], "pair": ("a", "b")}


def trace(key: str, **values: object) -> JudgmentTrace:
    return JudgmentTrace(key=key, content=CONTENT, case={"title": key}, **values)


def test_rows_are_those_that_django_stores():
    JudgmentTrace.objects.bulk_create([trace("a", evidence=[["d", 0.5]]), trace("b")])
    insert_with_ids([trace("a", evidence=[["d", 0.5]]), trace("b")])

    rows = [model_to_dict(row, exclude=["id"]) for row in JudgmentTrace.objects.order_by("pk")]
    assert rows[:2] == rows[2:]
    assert len({row.created_at.date() for row in JudgmentTrace.objects.all()}) == 1


def test_every_row_gets_its_own_id(monkeypatch):
    monkeypatch.setattr("inference.services.inserting.AT_ONCE", 2)
    rows = [trace(key) for key in "abcde"]

    insert_with_ids(rows)

    assert {row.pk: row.key for row in rows} == dict(JudgmentTrace.objects.values_list("pk", "key"))


def kept_or_refused(store: Callable[[list[JudgmentTrace]], object]) -> object:
    """The case as stored, or the error of a database that takes no half characters (PostgreSQL)."""
    row = JudgmentTrace(key="a", content=CONTENT, case={"title": "half \ud83d"})
    try:
        with transaction.atomic():
            store([row])
    except DataError as error:
        return type(error)
    return JudgmentTrace.objects.latest("pk").case


def test_half_a_character_in_json_is_stored_or_refused_as_django_does():
    assert kept_or_refused(insert) == kept_or_refused(JudgmentTrace.objects.bulk_create)


def test_a_row_that_is_there_is_written_over():
    pair = make_pair()
    kept = {"pair": pair, "context": "c", "query_side": "q", "product_side": "p"}

    for base in ("old", "new"):
        insert([PairReading(**kept, case="1", base=base)], replacing=("pair_id", "context"))

    assert list(PairReading.objects.values_list("base", flat=True)) == ["new"]
