"""Mails of what people were told."""

from pathlib import Path
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from rules.enums import NotificationKind
from rules.models import Notification, Proposal
from rules.services import mails, notifications
from tests.rules.notifications.deeds import named

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(asked: Proposal, settings: Any) -> Notification:
    """A mail to be sent."""
    settings.PUBLIC_URL = "https://arweb.example.org"
    params = {"text": "Which <sprays>?"}
    notifications.tell(
        NotificationKind.COMMENTED, asked, "x", [named("rita").pk], actor=named("expert").pk, params=params
    )
    return Notification.objects.get()


class Broken(EmailBackend):
    """A mail server that is out of reach."""

    def send_messages(self, messages: Any) -> int:
        raise SMTPServerDisconnected("gone")


BROKEN = f"{__name__}.Broken"


class TestMail:
    def test_says_what_happened_with_a_link_that_works_outside(self, due: Notification) -> None:
        assert mails.send_mails() == mails.Sent(1, more=False)
        sent = mail.outbox[0]
        assert (sent.to, sent.subject) == (["a@example.org"], "[ARWeb] expert commented on “Sprays”")
        assert sent.body == (
            "expert commented on “Sprays”.\n\nWhich <sprays>?\n\n"
            f"https://arweb.example.org/proposals/{due.proposal_id}/\n\n"
            "What you are told of, and how: https://arweb.example.org/notifications/settings/\n"
        )

    def test_is_sent_once(self, due: Notification) -> None:
        assert [mails.send_mails().count for _time in range(2)] == [1, 0]
        due.refresh_from_db()
        assert (len(mail.outbox), due.mail_due, due.mailed_at is not None) == (1, None, True)

    def test_of_two_senders_one_sends(self, due: Notification) -> None:
        other = Notification.objects.get()
        assert [mails._claim(due), mails._claim(other)] == [True, False]

    def test_a_sender_that_died_is_followed_by_another_once_its_claim_ran_out(self, due: Notification) -> None:
        assert mails._claim(due)
        assert mails.send_mails().count == 0
        Notification.objects.update(mail_due=timezone.now())
        assert mails.send_mails().count == 1

    def test_is_tried_again_ever_later_and_given_up_in_the_end(self, due: Notification, settings: Any) -> None:
        settings.EMAIL_BACKEND = BROKEN
        assert mails.send_mails().count == 0
        due.refresh_from_db()
        assert 50 < (due.mail_due - timezone.now()).total_seconds() <= 60
        assert [mails.pause(tries) for tries in (1, 2, 5, 10)] == [60, 120, 960, 21600]
        Notification.objects.update(mail_due=timezone.now(), mail_tries=mails.MOST_TRIES - 1)
        mails.send_mails()
        due.refresh_from_db()
        assert (due.mail_due, due.mailed_at) == (None, None)

    def test_a_title_can_add_no_header(self, due: Notification) -> None:
        Proposal.objects.update(title="Sprays\nBcc: all@example.org")
        mails.send_mails()
        assert mail.outbox[0].subject == "[ARWeb] expert commented on “Sprays Bcc: all@example.org”"

    def test_is_written_in_the_language_its_reader_chose(
        self, due: Notification, settings: Any, tmp_path: Path
    ) -> None:
        folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        catalogue = Catalog(locale="zh_Hans")
        catalogue.add("%(person)s commented on “%(title)s”", "%(person)s评论了“%(title)s”")
        with (folder / "django.mo").open("wb") as file:
            write_mo(file, catalogue)
        settings.LOCALE_PATHS = [tmp_path]
        notifications.set_preferences(by=named("rita"), language="zh-hans", wanted={})
        mails.send_mails()
        assert mail.outbox[0].subject == "[ARWeb] expert评论了“Sprays”"

    def test_a_person_who_left_gets_none(self, due: Notification) -> None:
        User.objects.filter(username="rita").update(is_active=False)
        assert mails.send_mails().count == 0
        assert mail.outbox == []
