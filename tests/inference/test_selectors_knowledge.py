"""The lexicon at a state of the knowledge."""

import time
from typing import Any

import pytest
from django.db import transaction

from inference.knowledge.lexicon import load_lexicon
from inference.knowledge.overlay import by_name
from inference.knowledge.records import Kind, Medicine
from inference.models import EntryVersion
from inference.selectors.chains import knowledge_at
from inference.selectors.knowledge import entries_upto, lexicon_at, lexicon_in_use, tables_in_use

pytestmark = pytest.mark.django_db


def write(name: str, number: int = 1, kind: str = "medicine", withdrawn: bool = False, **content: Any) -> EntryVersion:
    return EntryVersion.objects.create(
        kind=kind, name=name, number=number, content=content, withdrawn=withdrawn, origin="correction", source="a book"
    )


def test_without_versions_the_shipped_lexicon_is_in_use(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert lexicon_in_use() is load_lexicon()
    with django_assert_num_queries(0):
        assert lexicon_at(0) is load_lexicon()


def test_a_version_is_in_use_as_soon_as_it_is_written(django_assert_num_queries: Any) -> None:
    write("某新药", efficacy=["感冒"])
    first = lexicon_in_use()
    assert first.medicines["某新药"].efficacy == ("感冒",)
    with django_assert_num_queries(1):
        assert lexicon_in_use() is first


def test_versions_above_the_state_do_not_count() -> None:
    before = write("某新药", efficacy=["感冒"])
    pinned = knowledge_at(before.pk)
    write("某新药", 2, efficacy=["发热"])
    write("别的药", efficacy=["发热"])
    old = lexicon_at(before.pk)
    assert (old.medicines["某新药"].efficacy, "别的药" in old.medicines) == (("感冒",), False)
    assert by_name(tables_in_use(), Kind.MEDICINE)["某新药"] == Medicine("某新药", efficacy=("发热",))
    assert knowledge_at(before.pk) == pinned != knowledge_at(entries_upto())


def test_a_database_rolled_back_is_told_apart() -> None:
    for efficacy in ("感冒", "发热"):
        with transaction.atomic():
            write("某新药", efficacy=[efficacy])
            assert tables_in_use().medicines[-1] == Medicine("某新药", efficacy=(efficacy,))
            transaction.set_rollback(True)
        assert lexicon_in_use() is load_lexicon()


@pytest.mark.slow
def test_a_correction_on_top_of_much_learned_takes_less_than_a_second() -> None:
    learned = [
        EntryVersion(kind="medicine", name=f"学来的药{n}", number=1, content={"category": "西药"}, origin="product")
        for n in range(5000)
    ]
    EntryVersion.objects.bulk_create(learned)
    write("布洛芬", efficacy=["发热"])
    started = time.process_time()
    assert lexicon_in_use().medicines["布洛芬"].efficacy == ("发热",)
    assert time.process_time() - started < 1
