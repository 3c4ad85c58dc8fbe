"""The full-text index over the passages: an FTS5 table on SQLite, a column and counts of terms on PostgreSQL.

Both hold the terms of inference.knowledge.terms. Django has no model for either, so they are made after every
migration, which also takes up passages that the index lacks. Whoever writes passages calls `add_to_index` and
`take_from_index` in the same transaction.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from inference.knowledge.terms import index_terms
from inference.models import Passage

AT_ONCE = 1000
"""Passages that are indexed in one go where many wait."""

SQLITE = (
    # The ascii tokenizer takes every character beyond ASCII for a letter: our terms are found as they were written.
    "CREATE VIRTUAL TABLE IF NOT EXISTS inference_passage_index USING fts5(terms, tokenize = \"ascii tokenchars '.'\")",
    "CREATE VIRTUAL TABLE IF NOT EXISTS inference_passage_vocabulary USING fts5vocab(inference_passage_index, row)",
)
POSTGRESQL = (
    "ALTER TABLE inference_passage ADD COLUMN IF NOT EXISTS terms tsvector, ADD COLUMN IF NOT EXISTS length integer",
    "CREATE INDEX IF NOT EXISTS inference_passage_terms ON inference_passage USING gin (terms) WITH (fastupdate = off)",
)
WAITING = {
    "sqlite": "SELECT id FROM inference_passage WHERE id NOT IN (SELECT rowid FROM inference_passage_index)",
    "postgresql": "SELECT id FROM inference_passage WHERE length IS NULL",
}
WRITE = (
    "UPDATE inference_passage SET terms = array_to_tsvector(string_to_array(new.terms, ' ')), length = new.length"
    " FROM unnest(%s::bigint[], %s::int[], %s::text[]) AS new (id, length, terms) WHERE inference_passage.id = new.id"
)
COUNT_UP = (
    "INSERT INTO inference_passageterm (term, passages) SELECT * FROM unnest(%s::text[], %s::int[])"
    " ON CONFLICT (term) DO UPDATE SET passages = inference_passageterm.passages + EXCLUDED.passages"
)
COUNT_DOWN = (
    "UPDATE inference_passageterm SET passages = greatest(passages - gone.count, 0)"
    " FROM (SELECT lexeme, count(*) FROM inference_passage, unnest(terms) WHERE id = ANY(%s) GROUP BY lexeme) gone"
    " WHERE term = gone.lexeme"
)


def make_index(*, using: str) -> None:
    """Make what is missing of the index, and take up passages that it lacks."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in SQLITE if connection.vendor == "sqlite" else POSTGRESQL:
            cursor.execute(statement)
    take_up_waiting(using=using)


def take_up_waiting(*, using: str = "default") -> None:
    """Index the passages that the index lacks, as after rows were restored from elsewhere."""
    connection = connections[using]
    with transaction.atomic(using=using):
        with connection.cursor() as cursor:
            cursor.execute(WAITING[connection.vendor])
            waiting = [row[0] for row in cursor.fetchall()]
        for start in range(0, len(waiting), AT_ONCE):
            add_to_index(waiting[start : start + AT_ONCE], using=using)


def add_to_index(passage_ids: Sequence[int], *, using: str = "default") -> None:
    """Index passages that were just written."""
    rows = list(terms_by_passage(passage_ids, using))
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(
                "INSERT OR REPLACE INTO inference_passage_index (rowid, terms) VALUES (%s, %s)",
                [(passage_id, " ".join(terms)) for passage_id, terms in rows],
            )
        else:
            write_columns(cursor, rows)


def write_columns(cursor: CursorWrapper, rows: Sequence[tuple[int, list[str]]]) -> None:
    """The terms of passages on PostgreSQL. Terms are counted in their order, so that two writers never deadlock."""
    ids, lengths = [one for one, _terms in rows], [len(terms) for _one, terms in rows]
    cursor.execute(WRITE, [ids, lengths, [" ".join(set(terms)) for _one, terms in rows]])
    held = sorted(Counter(term for _passage_id, terms in rows for term in set(terms)).items())
    if held:
        cursor.execute(COUNT_UP, [[term for term, _count in held], [count for _term, count in held]])


def terms_by_passage(passage_ids: Iterable[int], using: str) -> Iterator[tuple[int, list[str]]]:
    """Passages with what they are found by: the title of their document, their heading and their text."""
    passages = Passage.objects.using(using).filter(pk__in=list(passage_ids)).select_related("document")
    for one in passages.order_by("pk"):
        yield one.pk, index_terms(f"{one.document.title}\n{one.heading}\n{one.text}")


def take_from_index(passage_ids: Sequence[int], *, using: str = "default") -> None:
    """Forget passages that are about to be deleted."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(
                "DELETE FROM inference_passage_index WHERE rowid = %s", [(passage_id,) for passage_id in passage_ids]
            )
        else:
            cursor.execute(COUNT_DOWN, [list(passage_ids)])
