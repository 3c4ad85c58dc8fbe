"""The proposal's page and its steps, the list of proposals, and what waits on the first page."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rules.engine.content import RuleContent
from rules.enums import CheckName, CheckState, ProposalState
from rules.models import Change, Policy, Proposal, Release
from rules.selectors.reviews import standing_of
from rules.services import checks, proposals, reviews
from rules.services.release_rows import new_rule, write_release, write_version
from rules.services.releases import publish_proposal
from tests.rules.publishing import approved, publish, reviewer, without_checks
from tests.rules.rows import content, person, rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(expert: User) -> Release:
    """Two rules in force; how they came there is of no concern here."""
    without_checks(expert)
    with transaction.atomic():
        rules = [new_rule(by=expert, number=number) for number in (1, 2)]
        wordings = (content(), content("Other", "x"))
        versions = [write_version(by=expert, rule=rules[n], content=wordings[n]) for n in range(2)]
        return write_release(by=expert, base=None, versions=versions, notes="")


@pytest.fixture
def proposal(expert: User, release: Release) -> Proposal:
    """A new rule, as a draft."""
    made = proposals.open_proposal(by=expert, title="Sprays")
    proposals.add_rule(by=expert, proposal=made, content=content("New"))
    return made


@pytest.fixture
def asked(proposal: Proposal, expert: User) -> Proposal:
    """The same under review."""
    return reviews.ask_for_review(by=expert, proposal=proposal)


def page(client: Client, user: User, proposal: Proposal) -> str:
    client.force_login(user)
    return client.get(f"/proposals/{proposal.pk}/").content.decode()


def step(client: Client, user: User, proposal: Proposal, name: str, **data: str) -> list[str]:
    """What the page after a step says."""
    client.force_login(user)
    response = client.post(f"/proposals/{proposal.pk}/{name}/", data, follow=True)
    return [str(message) for message in response.context["messages"]]


def draft(proposal: Proposal, by: User, many: int) -> None:
    """As many more new rules in the proposal."""
    Change.objects.bulk_create(
        Change(proposal=proposal, kind="add", content=content(f"Rule {n}").to_json(), updated_by=by)
        for n in range(many)
    )


def state(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).state


def seen(proposal: Proposal) -> str:
    return standing_of(Proposal.objects.get(pk=proposal.pk)).signed.digest


def lead() -> User:
    return User.objects.create_superuser("lead")


class TestDecision:
    def test_a_draft_is_put_before_reviewers(self, client: Client, proposal: Proposal, expert: User) -> None:
        assert "Ask for review: 1 rule added" in page(client, expert, proposal)
        told = step(client, expert, proposal, "ask-for-review")
        assert (told, state(proposal)) == (["The proposal now waits for reviewers."], ProposalState.IN_REVIEW)

    def test_an_unfinished_draft_says_what_is_missing(self, client: Client, expert: User, release: Release) -> None:
        proposal = proposals.open_proposal(by=expert)
        proposals.add_rule(by=expert, proposal=proposal)
        text = page(client, expert, proposal)
        assert "Some of its rules are not complete" in text
        assert "disabled" in text

    def test_under_review_every_reason_against_publishing_is_said(
        self, client: Client, asked: Proposal, expert: User
    ) -> None:
        Policy.objects.create(required=["examples"], by=expert)
        text = page(client, reviewer(), asked)
        assert "Publish as release 2: 1 rule added" in text
        assert [
            words in text
            for words in (
                "It has 0 of 1 approvals.",
                "The check “pinned examples” is pending.",
                "Your role does not publish",
            )
        ] == [True, True, True]

    def test_publishing_leads_to_the_release(self, client: Client, proposal: Proposal, expert: User) -> None:
        approved(proposal)
        client.force_login(expert)
        assert client.post(f"/proposals/{proposal.pk}/publish/")["Location"] == "/releases/2/"

    def test_what_cannot_be_published_is_refused_with_its_reason(
        self, client: Client, expert: User, release: Release
    ) -> None:
        told = step(client, expert, proposals.open_proposal(by=expert), "publish")
        assert told == ["This proposal changes nothing.", "Nobody was asked to review it yet."]

    def test_is_taken_back_and_withdrawn(self, client: Client, asked: Proposal, expert: User) -> None:
        step(client, expert, asked, "take-back")
        assert state(asked) == ProposalState.DRAFT
        step(client, expert, asked, "withdraw")
        text = page(client, expert, asked)
        assert (state(asked), "Publish as" in text, "Ask for review" in text) == (ProposalState.WITHDRAWN, False, False)

    def test_gets_a_title_and_a_reason(self, client: Client, proposal: Proposal, expert: User) -> None:
        step(client, expert, proposal, "describe", title="Ointments", reason="A shopper wrote.")
        proposal.refresh_from_db()
        assert (proposal.title, proposal.reason) == ("Ointments", "A shopper wrote.")

    def test_a_wrong_title_is_said_by_its_name(self, client: Client, proposal: Proposal, expert: User) -> None:
        assert step(client, expert, proposal, "describe", title="") == ["Title: This field is required."]

    def test_a_time_is_set_and_taken_back(self, client: Client, asked: Proposal, expert: User) -> None:
        step(client, expert, asked, "schedule", publish_at="2199-01-01T10:00")
        assert "To be published at 2199-01-01 10:00 (Asia/Shanghai)" in page(client, expert, asked)
        step(client, expert, asked, "schedule", clear="1")
        assert Proposal.objects.get(pk=asked.pk).publish_at is None

    def test_a_time_that_is_over_is_refused(self, client: Client, asked: Proposal, expert: User) -> None:
        told = step(client, expert, asked, "schedule", publish_at="2001-01-01T10:00")
        assert told == ["Choose a time that is still to come."]

    def test_the_steps_so_far_are_told_with_why(self, client: Client, asked: Proposal, expert: User) -> None:
        reviews.approve(by=reviewer(), proposal=asked, seen=seen(asked))
        proposals.edit_rule(by=expert, proposal=asked, rule=rule(1))
        assert "approvals are void: a rule was taken in" in page(client, expert, asked)


class TestChanges:
    def test_a_change_shows_each_part_before_and_after(self, client: Client, proposal: Proposal, expert: User) -> None:
        change = proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
        wording = replace(content(), instruction="Compare the makers.", safety=True)
        proposals.save_change(by=expert, change=change, content=wording, edition=change.edition)
        text = page(client, expert, proposal)
        assert '<td data-label="Before">Compare the <del>brands</del>.</td>' in text
        assert '<td data-label="After">Compare the <ins>makers</ins>.</td>' in text
        assert "A matter of safety</th>" in text

    def test_each_change_is_named_at_the_top(self, client: Client, proposal: Proposal, expert: User) -> None:
        change = proposals.retire_rule(by=expert, proposal=proposal, rule=rule(2))
        text = page(client, expert, proposal)
        assert "1 rule added, 1 rule retired" in text
        assert f'<a href="#change-{change.pk}">R2</a>' in text

    def test_a_retired_rule_is_struck_through(self, client: Client, proposal: Proposal, expert: User) -> None:
        proposals.retire_rule(by=expert, proposal=proposal, rule=rule(2))
        assert '<p class="sentence"><del>' in page(client, expert, proposal)

    @pytest.mark.parametrize(("deed", "number", "kind"), [("edit", "R1", "edit"), ("retire", "2", "retire")])
    def test_somebody_else_takes_a_rule_into_it(
        self, client: Client, proposal: Proposal, deed: str, number: str, kind: str
    ) -> None:
        other = person("other")
        step(client, other, proposal, "rules", deed=deed, number=number)
        change = proposal.changes.get(rule__isnull=False)
        assert (change.kind, change.updated_by, other in proposal.authors.all()) == (kind, other, True)

    def test_somebody_else_adds_a_rule_to_it(self, client: Client, proposal: Proposal) -> None:
        client.force_login(person("other"))
        response = client.post(f"/proposals/{proposal.pk}/rules/", {"deed": "new"})
        added = proposal.changes.order_by("pk").last()
        assert response["Location"] == f"/proposals/{proposal.pk}/changes/{added.pk}/"

    @pytest.mark.parametrize("number", ["", "R99", "9" * 30, "²", "one"])
    def test_a_rule_there_is_not_is_said(self, client: Client, proposal: Proposal, number: str) -> None:
        told = step(client, person("other"), proposal, "rules", deed="edit", number=number)
        assert told == [f"There is no rule “{number}”."]

    def test_costs_the_same_for_one_change_and_thirty(self, client: Client, asked: Proposal, expert: User) -> None:
        client.force_login(expert)
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as made:
                client.get(f"/proposals/{asked.pk}/")
            counts.append(len(made))
            draft(asked, expert, 29)
        assert counts[0] == counts[1]

    def test_many_changes_come_page_by_page(self, client: Client, proposal: Proposal, expert: User) -> None:
        draft(proposal, expert, 60)
        assert page(client, expert, proposal).count('<article class="change"') == 50


class TestDiscussion:
    def test_a_reviewer_approves_what_the_page_showed(self, client: Client, asked: Proposal) -> None:
        told = step(client, reviewer(), asked, "review", seen=seen(asked), verdict="approve", text="", about="")
        assert (told, state(asked)) == (["You approved the proposal as it stands."], ProposalState.APPROVED)

    def test_nobody_approves_what_the_page_did_not_show(self, client: Client, asked: Proposal, expert: User) -> None:
        shown = seen(asked)
        proposals.edit_rule(by=expert, proposal=asked, rule=rule(1))
        client.force_login(reviewer())
        data = {"seen": shown, "verdict": "approve", "text": "Fine."}
        response = client.post(f"/proposals/{asked.pk}/review/", data)
        text = response.content.decode()
        assert (response.status_code, state(asked)) == (422, ProposalState.IN_REVIEW)
        assert "The proposal was changed since you opened it." in text
        assert "Fine.</textarea>" in text

    def test_a_void_approval_is_struck_with_the_reason(self, client: Client, asked: Proposal, expert: User) -> None:
        reviews.approve(by=reviewer(), proposal=asked, seen=seen(asked))
        change = asked.changes.get()
        proposals.save_change(by=expert, change=change, content=content("Newer"), edition=change.edition)
        text = page(client, expert, asked)
        assert "<del>approved</del>" in text
        assert "This approval counts no more: new rule “Newer” was changed." in text

    def test_what_was_approved_is_not_struck_once_it_is_published(
        self, client: Client, asked: Proposal, expert: User
    ) -> None:
        reviews.approve(by=reviewer(), proposal=asked, seen=seen(asked))
        publish_proposal(by=expert, proposal=asked)
        assert "counts no more" not in page(client, expert, asked)

    def test_changes_are_asked_for_one_rule(self, client: Client, asked: Proposal) -> None:
        name = f"new rule {asked.changes.get().pk}"
        data = {"seen": seen(asked), "verdict": "ask", "text": "Name the <b>brand</b>.", "about": name}
        step(client, reviewer(), asked, "review", **data)
        text = page(client, reviewer(), asked)
        assert "first reviewer asks for changes." in text
        assert "Name the &lt;b&gt;brand&lt;/b&gt;." in text
        assert '<span class="chip">new rule “New”</span>' in text
        assert ">1 comment</a>" in text

    def test_an_author_is_offered_no_approval(self, client: Client, asked: Proposal, expert: User) -> None:
        expert.user_permissions.add(*reviewer().user_permissions.all())
        text = page(client, User.objects.get(pk=expert.pk), asked)
        assert ('value="approve"' in text, 'value="ask"' in text) == (False, True)

    def test_a_reader_is_offered_nothing(self, client: Client, asked: Proposal) -> None:
        text = page(client, User.objects.create_user("reader"), asked)
        assert [words in text for words in ('name="verdict"', 'name="deed"', "/take-back/", "/schedule/")] == [
            False
        ] * 4


class TestChecks:
    def test_each_is_a_line_with_its_answer(self, client: Client, asked: Proposal, expert: User) -> None:
        Policy.objects.create(required=["coverage"], by=expert)
        checks.report_check(
            proposal=asked,
            name=CheckName.COVERAGE,
            state=CheckState.FAILED,
            content=standing_of(asked).content,
            summary="R%(rule)s fires on nothing.",
            params={"rule": 3},
            details="/rules/3/",
        )
        text = page(client, expert, asked)
        assert '<span class="state is-broken">failed</span>' in text
        assert "R3 fires on nothing." in text
        assert '<a href="/rules/3/">Details' in text

    @pytest.mark.parametrize("params", [{}, {"other": 1}])
    def test_an_answer_from_outside_is_shown_as_it_was_written(
        self, client: Client, asked: Proposal, expert: User, params: dict[str, int]
    ) -> None:
        told = {"proposal": asked, "name": CheckName.COVERAGE, "state": CheckState.PASSED, "params": params}
        checks.report_check(
            **told, content=standing_of(asked).content, summary="100% and %(n)s", details="//elsewhere/"
        )
        text = page(client, expert, asked)
        assert ("100% and %(n)s" in text, "//elsewhere/" in text) == (True, False)

    def test_a_lead_lets_one_pass_and_it_shows_for_ever(self, client: Client, asked: Proposal, expert: User) -> None:
        Policy.objects.create(required=["examples"], by=expert)
        told = step(client, lead(), asked, "checks/examples/override", reason="They are of another rule.")
        assert told == ["The check need not pass for this proposal as it stands."]
        proposals.edit_rule(by=expert, proposal=asked, rule=rule(1))
        text = page(client, expert, asked)
        assert "lead let the check “pinned examples” pass:" in text
        assert "for a content that was changed since" in text

    def test_nobody_else_may(self, client: Client, asked: Proposal, expert: User) -> None:
        Policy.objects.create(required=["examples"], by=expert)
        assert "/override/" not in page(client, expert, asked)
        response = client.post(f"/proposals/{asked.pk}/checks/examples/override/", {"reason": "No."})
        assert response.status_code == 403

    def test_a_check_there_is_not_is_not_found(self, client: Client, asked: Proposal) -> None:
        client.force_login(lead())
        assert client.post(f"/proposals/{asked.pk}/checks/nonsense/override/", {"reason": "x"}).status_code == 404


class TestOvertaken:
    def overtake(self, expert: User, wording: RuleContent) -> None:
        """A release in which R1 says something else."""
        other = proposals.open_proposal(by=expert)
        change = proposals.edit_rule(by=expert, proposal=other, rule=rule(1))
        proposals.save_change(by=expert, change=change, content=wording, edition=change.edition)
        publish(by=expert, proposal=other)

    def test_what_moved_and_does_not_touch_is_merged(self, client: Client, proposal: Proposal, expert: User) -> None:
        self.overtake(expert, content("Brand 998", "998"))
        text = page(client, expert, proposal)
        assert "Release 2 is in force; this builds on release 1" in text
        assert "Nothing that moved touches a rule of this proposal." in text
        step(client, expert, proposal, "rebase", onto="2")
        assert Proposal.objects.get(pk=proposal.pk).base.number == 2

    def test_a_rule_that_both_changed_is_shown_in_three_wordings(
        self, client: Client, proposal: Proposal, expert: User
    ) -> None:
        change = proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
        proposals.save_change(by=expert, change=change, content=content("Mine", "1"), edition=change.edition)
        self.overtake(expert, content("Theirs", "2"))
        text = page(client, expert, proposal)
        assert "R1 was changed by both" in text
        assert '<td data-label="As it was">Brand 999</td>' in text
        assert "<ins>Theirs</ins>" in text
        assert "<ins>Mine</ins>" in text
        assert step(client, expert, proposal, "rebase", onto="2") == ["Choose a wording for R1."]

    @pytest.mark.parametrize(("side", "left"), [("mine", ["New", "Mine"]), ("theirs", ["New"])])
    def test_one_wording_is_chosen(
        self, client: Client, proposal: Proposal, expert: User, side: str, left: list[str]
    ) -> None:
        change = proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
        proposals.save_change(by=expert, change=change, content=content("Mine", "1"), edition=change.edition)
        self.overtake(expert, content("Theirs", "2"))
        step(client, expert, proposal, "rebase", **{"onto": "2", "rule-1": side})
        assert [one.content["title"] for one in proposal.changes.all()] == left

    @pytest.mark.parametrize("onto", ["", "1", "7", "²", "9" * 30])
    def test_another_release_than_the_one_seen_is_refused(
        self, client: Client, proposal: Proposal, expert: User, onto: str
    ) -> None:
        self.overtake(expert, content("Theirs", "2"))
        told = step(client, expert, proposal, "rebase", onto=onto)
        assert told == ["Another release came into force meanwhile. Look at what moved again."]


class TestEditor:
    def test_is_open_under_review_and_says_what_an_edit_voids(
        self, client: Client, asked: Proposal, expert: User
    ) -> None:
        client.force_login(person("other"))
        text = client.get(f"/proposals/{asked.pk}/changes/{asked.changes.get().pk}/").content.decode()
        assert "An edit voids the approvals it has." in text

    def test_is_closed_once_it_was_decided(self, client: Client, asked: Proposal, expert: User) -> None:
        proposals.withdraw_proposal(by=expert, proposal=asked)
        client.force_login(expert)
        path = f"/proposals/{asked.pk}/changes/{asked.changes.get().pk}/"
        assert client.get(path)["Location"] == f"/proposals/{asked.pk}/"


class TestList:
    def titles(self, client: Client, user: User, query: str) -> list[str]:
        client.force_login(user)
        return [one.title for one in client.get(f"/proposals/{query}").context["page"]]

    def test_is_filtered_by_whose_and_state(self, client: Client, asked: Proposal, expert: User) -> None:
        other = person("other")
        proposals.open_proposal(by=other, title="Other")
        found = {
            query: self.titles(client, user, query)
            for user, query in ((expert, "?whose=mine"), (reviewer(), "?whose=review"), (other, "?state=draft"))
        }
        assert found == {"?whose=mine": ["Sprays"], "?whose=review": ["Sprays"], "?state=draft": ["Other"]}

    def test_counts_are_said(self, client: Client, asked: Proposal) -> None:
        client.force_login(reviewer())
        context = client.get("/proposals/").context
        assert [(one.value, one.count) for one in context["groups"]] == [("", 1), ("mine", 0), ("review", 1)]
        assert {one.value: one.count for one in context["states"] if one.count} == {
            "": 1,
            "in_review": 1,
        }

    def test_what_was_judged_waits_no_more_until_it_changes(
        self, client: Client, asked: Proposal, expert: User
    ) -> None:
        reviews.ask_for_changes(by=reviewer(), proposal=asked, seen=seen(asked), text="Name it.")
        judged = self.titles(client, reviewer(), "?whose=review")
        proposals.edit_rule(by=expert, proposal=asked, rule=rule(1))
        assert (judged, self.titles(client, reviewer(), "?whose=review")) == ([], ["Sprays"])

    def test_costs_the_same_for_one_and_thirty(self, client: Client, proposal: Proposal, expert: User) -> None:
        client.force_login(expert)
        counts = []
        for many in (0, 30):
            for _ in range(many):
                proposals.open_proposal(by=expert)
            with CaptureQueriesContext(connection) as made:
                client.get("/proposals/")
            counts.append(len(made))
        assert counts[0] == counts[1]


class TestHome:
    def test_a_reviewer_sees_what_waits(self, client: Client, asked: Proposal) -> None:
        client.force_login(reviewer())
        assert "“Sprays” waits for your review" in client.get("/").content.decode()

    def test_who_publishes_sees_what_is_approved(self, client: Client, asked: Proposal, expert: User) -> None:
        reviews.approve(by=reviewer(), proposal=asked, seen=seen(asked))
        client.force_login(expert)
        assert "“Sprays” is approved and waits to be published" in client.get("/").content.decode()


class TestPolicy:
    SAID = {"otherwise": "1", "safety": "3", "kind_forbid": "2", "required": ["examples", "conflicts"]}

    def test_a_lead_sets_it(self, client: Client, release: Release) -> None:
        client.force_login(lead())
        text = client.post("/policy/", self.SAID, follow=True).content.decode()
        policy = Policy.objects.latest("pk")
        assert (policy.approvals, policy.safety, policy.required) == ({"forbid": 2}, 3, ["examples", "conflicts"])
        assert "Checks that must pass: pinned examples, conflicts" in text

    def test_nobody_else_may(self, client: Client, release: Release, expert: User) -> None:
        client.force_login(expert)
        said = client.post("/policy/", self.SAID).status_code
        assert (said, "Set the policy" in client.get("/policy/").content.decode()) == (403, False)

    def test_what_cannot_be_is_said(self, client: Client, release: Release) -> None:
        client.force_login(lead())
        response = client.post("/policy/", {**self.SAID, "otherwise": "0"})
        assert (response.status_code, "greater than or equal to 1" in response.content.decode()) == (422, True)
