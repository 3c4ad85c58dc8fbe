"""Whatever is done to the audit trail behind the application's back, verify_audit says where."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.db.models.query import QuerySet
from django.utils import timezone

from rules.models import AuditEvent, AuditHead
from rules.models.audit import event_digest
from rules.selectors import ChainBreak, verify_chain
from rules.services.audit import record

pytestmark = pytest.mark.django_db
COUNT = 6


@pytest.fixture(autouse=True)
def trail() -> None:
    """Six events."""
    with transaction.atomic():
        for number in range(1, COUNT + 1):
            record(by=None, verb="thing.done", subject=f"thing:{number}", data={"number": number})


def rows(**where: object) -> "QuerySet[AuditEvent]":
    """Rows of the table, without the application's guard."""
    found: QuerySet[AuditEvent] = QuerySet(AuditEvent).filter(**where)
    return found


def sealed(sequence: int, previous: str, **changed: object) -> AuditEvent:
    """An event made up by somebody who knows how digests are made."""
    parts = {"sequence": sequence, "actor_id": None, "verb": "thing.done", "subject": "thing:0", "data": {}}
    parts |= {"at": timezone.now(), "previous": previous} | changed
    return AuditEvent(**parts, digest=event_digest(**parts))


def make_room(sequence: int) -> None:
    """Move every event from `sequence` on up by one; the end of the trail with them."""
    rows(sequence__gte=sequence).update(sequence=F("sequence") + 1000)
    rows(sequence__gte=1000).update(sequence=F("sequence") - 999)
    AuditHead.objects.update(sequence=F("sequence") + 1)


def edit() -> None:
    rows(sequence=3).update(data={"number": 30})


def edit_actor_and_verb() -> None:
    rows(sequence=2).update(verb="thing.undone")


def edit_and_seal_anew() -> None:
    before = rows(sequence=2).get().digest
    rows(sequence=3).delete()
    rows().bulk_create([sealed(3, before)])


def edit_the_last_and_seal_anew() -> None:
    before = rows(sequence=COUNT - 1).get().digest
    rows(sequence=COUNT).delete()
    rows().bulk_create([sealed(COUNT, before)])


def remove() -> None:
    rows(sequence=4).delete()


def remove_and_close_the_gap() -> None:
    rows(sequence=4).delete()
    for sequence in (5, 6):
        rows(sequence=sequence).update(sequence=sequence - 1)


def remove_the_last() -> None:
    rows(sequence=COUNT).delete()


def swap() -> None:
    rows(sequence=3).update(sequence=1000)
    rows(sequence=4).update(sequence=3)
    rows(sequence=1000).update(sequence=4)


def swap_far() -> None:
    rows(sequence=2).update(sequence=1000)
    rows(sequence=5).update(sequence=2)
    rows(sequence=1000).update(sequence=5)


def insert() -> None:
    make_room(3)
    rows().bulk_create([sealed(3, rows(sequence=2).get().digest)])


def insert_without_a_digest() -> None:
    make_room(3)
    rows().bulk_create([sealed(3, "made up")])


def insert_at_the_end() -> None:
    rows().bulk_create([sealed(COUNT + 1, rows(sequence=COUNT).get().digest)])


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (edit, ChainBreak(3, "altered")),
        (edit_actor_and_verb, ChainBreak(2, "altered")),
        (edit_and_seal_anew, ChainBreak(3, "altered")),
        (edit_the_last_and_seal_anew, ChainBreak(COUNT, "altered")),
        (remove, ChainBreak(4, "missing")),
        (remove_and_close_the_gap, ChainBreak(4, "missing")),
        (remove_the_last, ChainBreak(COUNT, "cut")),
        (swap, ChainBreak(3, "moved", 4)),
        (swap_far, ChainBreak(2, "moved", 5)),
        (insert, ChainBreak(3, "inserted")),
        (insert_without_a_digest, ChainBreak(3, "inserted")),
        (insert_at_the_end, ChainBreak(COUNT + 1, "inserted")),
    ],
)
def test_what_was_done_to_the_trail_is_found_where_it_was_done(tamper: Callable[[], None], found: ChainBreak) -> None:
    assert verify_chain() is None
    tamper()
    assert verify_chain() == found


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (edit, "The chain breaks at event 3: it was altered."),
        (remove, "The chain breaks at event 4: it is missing."),
        (remove_the_last, "The chain ends too early: events from 6 on are gone."),
        (swap, "The chain breaks at event 3: it was written as event 4."),
        (insert, "The chain breaks at event 3: it was put in afterwards."),
    ],
)
def test_the_command_says_which_event_and_what(tamper: Callable[[], None], said: str) -> None:
    tamper()
    with pytest.raises(CommandError) as refused:
        call_command("verify_audit")
    assert str(refused.value) == said


def write_the_end_anew() -> None:
    """What somebody does who may write to every table: takes the last away, and the head back."""
    remove_the_last()
    last = rows(sequence=COUNT - 1).get()
    AuditHead.objects.update(sequence=last.sequence, digest=last.digest)


def write_all_anew() -> None:
    """Every event made up, as many as there were."""
    rows().delete()
    previous = ""
    for number in range(1, COUNT + 1):
        event = sealed(number, previous)
        rows().bulk_create([event])
        previous = event.digest
    AuditHead.objects.update(digest=previous)


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (write_the_end_anew, "The trail was written anew: event 6, which was kept elsewhere, is gone."),
        (write_all_anew, "The trail was written anew: event 6 is not the one that was kept elsewhere."),
    ],
)
def test_what_was_kept_elsewhere_shows_a_trail_that_is_whole_but_another(
    tamper: Callable[[], None], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_audit")
    kept = capsys.readouterr().out.split()[-1]
    call_command("verify_audit", expect=kept)
    tamper()
    call_command("verify_audit")
    with pytest.raises(CommandError) as refused:
        call_command("verify_audit", expect=kept)
    assert str(refused.value) == said


@pytest.mark.parametrize("kept", ["6", "x:y", ":", "6:"])
def test_what_can_not_have_been_kept_is_refused(kept: str) -> None:
    with pytest.raises(CommandError, match="as verify_audit says it"):
        call_command("verify_audit", expect=kept)
