"""The audit trail, and what is never changed."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from rules import selectors
from rules.models import AuditEvent, AuditHead, Release, RuleVersion
from rules.models.append_only import AppendOnlyError
from rules.services import proposals
from tests.rules.publishing import publish
from tests.rules.rows import content, rule

pytestmark = pytest.mark.django_db


def test_every_write_is_in_the_audit_trail(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    change = proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
    proposals.save_change(by=expert, change=change, content=content("Changed"), edition=1)
    publish(by=expert, proposal=proposal)
    events = [(e.verb, e.subject) for e in AuditEvent.objects.order_by("sequence")]
    assert events[events.index(("proposal.opened", f"proposal:{proposal.pk}")) :] == [
        ("proposal.opened", f"proposal:{proposal.pk}"),
        ("change.opened", f"proposal:{proposal.pk}"),
        ("change.saved", f"proposal:{proposal.pk}"),
        ("proposal.in_review", f"proposal:{proposal.pk}"),
        ("review.approve", f"proposal:{proposal.pk}"),
        ("proposal.approved", f"proposal:{proposal.pk}"),
        ("rule.written", "rule:1"),
        ("release.published", "release:2"),
        ("proposal.signed", f"proposal:{proposal.pk}"),
        ("proposal.published", f"proposal:{proposal.pk}"),
    ]
    assert selectors.verify_chain() is None


def test_what_is_decided_is_neither_changed_nor_deleted(release: Release) -> None:
    version = RuleVersion.objects.first()
    for attempt in (
        lambda: version.save(),
        lambda: version.delete(),
        lambda: RuleVersion.objects.update(title="Other"),
        lambda: release.entries.all().delete(),
        lambda: RuleVersion.objects.bulk_update([version], ["title"]),
        lambda: RuleVersion.objects.update_or_create(pk=version.pk, defaults={"title": "Other"}),
        lambda: RuleVersion.objects.bulk_create(
            [version], update_conflicts=True, unique_fields=["id"], update_fields=["title"]
        ),
    ):
        with pytest.raises(AppendOnlyError):
            attempt()


def test_an_altered_event_shows(release: Release) -> None:
    table = super(type(AuditEvent.objects.all()), AuditEvent.objects.filter(sequence=2))
    table.update(data={"title": "forged"})
    assert selectors.verify_chain() == selectors.ChainBreak(2, "altered")


def test_a_missing_event_shows(release: Release) -> None:
    AuditEvent.objects.filter(sequence=2)._raw_delete("default")
    assert selectors.verify_chain() == selectors.ChainBreak(2, "missing")


def test_a_trail_cut_short_shows(release: Release) -> None:
    end = AuditHead.objects.get().sequence
    AuditEvent.objects.filter(sequence=end)._raw_delete("default")
    assert selectors.verify_chain() == selectors.ChainBreak(end, "cut")


def test_some_events_are_verified_by_themselves(release: Release) -> None:
    table = super(type(AuditEvent.objects.all()), AuditEvent.objects.filter(sequence=1))
    table.update(data={"title": "forged"})
    end = AuditHead.objects.get().sequence

    def verified(*sequences: int) -> selectors.ChainBreak | None:
        return selectors.verify_events(AuditEvent.objects.filter(sequence__in=sequences))

    assert [verified(3), verified(1, 3), verified()] == [None, selectors.ChainBreak(1, "altered"), None]
    AuditEvent.objects.filter(sequence=2)._raw_delete("default")
    assert verified(3) == selectors.ChainBreak(2, "missing")
    AuditEvent.objects.filter(sequence=end)._raw_delete("default")
    assert verified() == selectors.ChainBreak(end, "cut")


def test_the_command_verifies_the_whole_trail(release: Release, capsys: pytest.CaptureFixture[str]) -> None:
    end = AuditHead.objects.get()
    call_command("verify_audit")
    whole = f"The audit trail is whole: {end.sequence} events. It ends with {end.sequence}:{end.digest}\n"
    assert capsys.readouterr().out == whole
    AuditEvent.objects.filter(sequence=2)._raw_delete("default")
    with pytest.raises(CommandError, match="breaks at event 2: it is missing"):
        call_command("verify_audit")
