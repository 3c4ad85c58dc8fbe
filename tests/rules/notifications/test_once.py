"""What is told is told once, and only where somebody wants it."""

import pytest
from django.core.exceptions import ValidationError

from rules.enums import NotificationKind, ProposalState
from rules.models import AuditEvent, Notification, Proposal, ProposalMove
from rules.selectors.notifications import Wish, unread_count
from rules.services import notifications
from tests.rules.notifications.deeds import approve, named, told

pytestmark = pytest.mark.django_db


class TestOnce:
    def test_what_is_told_twice_is_told_once(self, asked: Proposal) -> None:
        move = ProposalMove.objects.get(proposal=asked, after=ProposalState.IN_REVIEW)
        for _time in range(2):
            notifications.tell_move(move)
        assert Notification.objects.count() == 2

    def test_what_a_process_that_died_did_not_tell_is_told_by_the_next(self, asked: Proposal) -> None:
        approve(asked)
        assert told() == set()
        for _time in range(2):
            notifications.tell_recent()
        assert sorted(asked.notifications.values_list("recipient__username", "kind")) == [
            ("expert", "approved"),
            ("hanna", "approved"),
            ("rita", "review_asked"),
            ("rolf", "review_asked"),
        ]

    def test_reading_is_ones_own_and_up_to_what_was_shown(self, asked: Proposal) -> None:
        for event in ("a", "b", "c"):
            notifications.tell(NotificationKind.COMMENTED, asked, event, [named("rita").pk], actor=None)
        first, second, _third = Notification.objects.order_by("pk")
        assert not notifications.mark_read(by=named("rolf"), notification=first)
        assert notifications.mark_all_read(by=named("rita"), newest=second.pk) == 2
        assert unread_count(named("rita")) == 1


class TestTurnedOff:
    @pytest.mark.parametrize(
        ("wish", "found"),
        [
            (Wish(), (True, True)),
            (Wish(by_mail=False), (True, False)),
            (Wish(in_app=False), (False, True)),
            (Wish(in_app=False, by_mail=False), None),
        ],
    )
    def test_each_kind_is_turned_off_by_channel(
        self, asked: Proposal, wish: Wish, found: tuple[bool, bool] | None
    ) -> None:
        rita = named("rita")
        notifications.set_preferences(by=rita, language="en", wanted={"commented": wish})
        notifications.tell(NotificationKind.COMMENTED, asked, "x", [rita.pk], actor=None)
        row = Notification.objects.filter(recipient=rita).first()
        assert (row and (row.shown, row.mail_due is not None)) == found

    def test_nobody_without_an_address_is_mailed(self, asked: Proposal) -> None:
        assert notifications.tell(NotificationKind.VOID, asked, "x", [named("rolf").pk], actor=None) == 0

    def test_settings_are_in_the_audit_trail(self, asked: Proposal) -> None:
        notifications.set_preferences(by=named("rita"), language="zh-hans", wanted={"void": Wish(in_app=False)})
        data = AuditEvent.objects.latest("sequence").data
        assert [data[when]["language"] for when in ("before", "after")] == ["en", "zh-hans"]
        assert data["after"]["void"] == {"in_app": False, "by_mail": True}

    def test_an_unknown_language_is_refused(self, asked: Proposal) -> None:
        with pytest.raises(ValidationError):
            notifications.set_preferences(by=named("rita"), language="xx", wanted={})
