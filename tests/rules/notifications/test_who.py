"""Who is told what."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from rules.engine.rule import Effect, EffectKind
from rules.enums import CheckName, CheckState
from rules.models import Notification, Proposal, Review
from rules.selectors.reviews import standing_of
from rules.services import proposals, reviews
from rules.services.checks import report_check
from rules.services.releases import publish_proposal
from rules.services.schedule import publish_due
from tests.rules.notifications.deeds import Commit, approve, named, seen, told
from tests.rules.rows import content, person

pytestmark = pytest.mark.django_db


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
