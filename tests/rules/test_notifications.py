"""Who is told what, once, where they want it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from rules.engine.rule import Effect, EffectKind
from rules.enums import CheckName, CheckState, NotificationKind, ProposalState
from rules.models import AuditEvent, Notification, Proposal, ProposalMove, Review
from rules.selectors.notifications import Wish, unread_count
from rules.selectors.reviews import standing_of
from rules.services import mails, notifications, proposals, reviews
from rules.services.checks import report_check
from rules.services.releases import publish_proposal
from rules.services.schedule import publish_due
from tests.rules.publishing import reviewer, without_checks
from tests.rules.rows import content, person

pytestmark = pytest.mark.django_db
Commit = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Commit:
    """What follows on a commit happens at the end of `with commit():`."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def proposal(expert: User) -> Iterator[Proposal]:
    """A new rule, drafted by an expert and somebody else; two people may review."""
    made = proposals.open_proposal(by=expert, title="Sprays")
    proposals.add_rule(by=person("hanna"), proposal=made, content=content("New"))
    without_checks(expert)
    reviewer("rita")
    reviewer("rolf")
    User.objects.exclude(username="rolf").update(email="a@example.org")
    User.objects.exclude(username__in=["expert", "hanna", "rita", "rolf"]).update(is_active=False)
    yield made


@pytest.fixture
def asked(proposal: Proposal, expert: User) -> Proposal:
    """The same, under review; nobody was told."""
    return reviews.ask_for_review(by=expert, proposal=proposal)


def named(name: str) -> User:
    return User.objects.get(username=name)


def seen(proposal: Proposal) -> str:
    return standing_of(Proposal.objects.get(pk=proposal.pk)).signed.digest


def told() -> set[tuple[str, str]]:
    """Who was told what."""
    return set(Notification.objects.values_list("recipient__username", "kind"))


def approve(proposal: Proposal, name: str = "rita") -> Review:
    return reviews.approve(by=named(name), proposal=proposal, seen=seen(proposal))


class TestWhoIsTold:
    def test_a_review_is_asked_of_all_who_may_and_did_not_write(
        self, proposal: Proposal, expert: User, commit: Commit
    ) -> None:
        with commit():
            reviews.ask_for_review(by=expert, proposal=proposal)
        assert told() == {("rita", "review_asked"), ("rolf", "review_asked")}

    def test_an_author_is_not_asked_to_review(self, proposal: Proposal, expert: User, commit: Commit) -> None:
        proposal.authors.add(named("rolf"))
        with commit():
            reviews.ask_for_review(by=expert, proposal=proposal)
        assert told() == {("rita", "review_asked")}

    def test_authors_hear_of_an_approval_and_how_many_are_needed(self, asked: Proposal, commit: Commit) -> None:
        with commit():
            approve(asked)
        assert told() == {("expert", "approved"), ("hanna", "approved")}
        assert Notification.objects.first().params == {"text": "", "given": 1, "needed": 1}

    def test_authors_hear_what_has_to_change(self, asked: Proposal, commit: Commit) -> None:
        with commit():
            reviews.ask_for_changes(by=named("rita"), proposal=asked, seen=seen(asked), text="Which sprays?")
        assert told() == {("expert", "changes_asked"), ("hanna", "changes_asked")}
        assert Notification.objects.first().params == {"text": "Which sprays?"}

    def test_a_comment_reaches_authors_and_who_spoke_before_but_not_its_writer(
        self, asked: Proposal, commit: Commit
    ) -> None:
        reviews.comment(by=named("rolf"), proposal=asked, text="Good.")
        with commit():
            reviews.comment(by=named("expert"), proposal=asked, text="Thanks.")
        assert told() == {("hanna", "commented"), ("rolf", "commented")}

    def test_an_approver_and_the_other_authors_hear_that_an_edit_voids_it(
        self, asked: Proposal, expert: User, commit: Commit
    ) -> None:
        review = approve(asked)
        with commit():
            proposals.add_rule(by=expert, proposal=asked, content=content("Another", "x"))
        assert told() == {("rita", "void"), ("hanna", "void")}
        assert Notification.objects.filter(event=f"void:{review.pk}").first().params == {
            "approver": "rita",
            "differences": [["added", f"new rule {asked.changes.last().pk}"]],
        }

    def test_one_of_two_approvals_voided_without_a_move_is_told_too(
        self, proposal: Proposal, expert: User, commit: Commit
    ) -> None:
        change = proposal.changes.get()
        forbid = content("Never").__class__(**{**_parts(content("Never")), "effect": Effect(EffectKind.FORBID)})
        proposals.save_change(by=expert, change=change, content=forbid, edition=change.edition)
        reviews.ask_for_review(by=expert, proposal=proposal)
        approve(proposal)
        with commit():
            proposals.schedule_proposal(by=expert, proposal=proposal, publish_at=timezone.now() + timedelta(hours=1))
        assert told() == {("rita", "void"), ("hanna", "void")}

    def test_a_new_run_behind_a_check_tells_that_approvals_are_void(self, asked: Proposal, commit: Commit) -> None:
        approve(asked)
        with commit():
            report_check(
                proposal=asked,
                name=CheckName.BENCHMARK,
                state=CheckState.PASSED,
                content=standing_of(asked).content,
                behind="run 2",
            )
        assert told() == {("rita", "void"), ("hanna", "void"), ("expert", "void")}

    def test_authors_hear_of_a_failed_check_once_for_one_content(self, asked: Proposal, commit: Commit) -> None:
        for state in (CheckState.FAILED, CheckState.RUNNING, CheckState.FAILED):
            with commit():
                report_check(proposal=asked, name=CheckName.EXAMPLES, state=state, content=standing_of(asked).content)
        assert sorted(Notification.objects.values_list("recipient__username", "kind")) == [
            ("expert", "check_failed"),
            ("hanna", "check_failed"),
        ]

    def test_a_check_that_fails_on_a_draft_is_no_news(self, proposal: Proposal, commit: Commit) -> None:
        with commit():
            report_check(
                proposal=proposal,
                name=CheckName.EXAMPLES,
                state=CheckState.FAILED,
                content=standing_of(proposal).content,
            )
        assert told() == set()

    def test_publishing_is_told_to_authors_and_reviewers_but_not_to_who_did_it(
        self, asked: Proposal, expert: User, commit: Commit
    ) -> None:
        approve(asked)
        with commit():
            publish_proposal(by=expert, proposal=asked)
        assert told() == {("hanna", "published"), ("rita", "published")}

    def test_what_the_clock_publishes_is_told_to_who_scheduled_it(
        self, asked: Proposal, expert: User, commit: Commit
    ) -> None:
        with commit():
            scheduled(asked, expert)
        assert ("hanna", "scheduled") in told()
        assert ("expert", "scheduled") in told()
        Notification.objects.all().delete()
        late(asked)
        with commit():
            assert len(publish_due()) == 1
        assert told() == {("expert", "published"), ("hanna", "published"), ("rita", "published")}

    def test_what_could_not_be_published_is_told_to_scheduler_and_authors(
        self, asked: Proposal, commit: Commit
    ) -> None:
        lead = person("lead")
        scheduled(asked, lead)
        late(asked)
        lead.user_permissions.clear()
        with commit():
            assert publish_due() == []
        assert told() == {(name, "not_published") for name in ("expert", "hanna", "lead")} | {
            (name, "void")
            for name in ("expert", "hanna", "rita")  # what they approved was to come at that time
        }


def _parts(wording: Any) -> dict[str, Any]:
    return {name: getattr(wording, name) for name in wording.__dataclass_fields__}


def scheduled(proposal: Proposal, by: User) -> None:
    """Schedule and approve."""
    proposals.schedule_proposal(by=by, proposal=proposal, publish_at=timezone.now() + timedelta(hours=1))
    approve(proposal)


def late(proposal: Proposal) -> None:
    """Let the time of a scheduled proposal have come without a change of what was signed: the clock moves on."""
    Proposal.objects.filter(pk=proposal.pk).update(publish_at=timezone.now() - timedelta(seconds=1))
    signed = standing_of(Proposal.objects.get(pk=proposal.pk)).signed
    for review in Review.objects.filter(proposal=proposal):
        super(type(Review.objects.all()), Review.objects.filter(pk=review.pk)).update(
            digest=signed.digest, signed=signed.to_json()
        )


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
