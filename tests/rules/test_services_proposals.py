"""Drafting and publishing."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from rules import selectors
from rules.enums import ChangeKind, CheckName, ProposalState
from rules.models import AuditEvent, Release, Rule, RuleVersion
from rules.selectors.releases import released_rule
from rules.services import checks, proposals, reviews
from rules.services.errors import ConflictError
from rules.services.exchange import propose_rules
from rules.services.releases import publish_proposal
from rules.signals import release_published
from tests.rules.publishing import publish, published_rules
from tests.rules.rows import content, person, rule, titles

pytestmark = pytest.mark.django_db


def test_a_proposal_opens_on_the_release_in_force(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert, title="More")
    assert (proposal.base, proposal.state, selectors.draft_of(expert)) == (release, ProposalState.DRAFT, proposal)


def test_the_first_proposal_makes_an_empty_release_to_stand_on(expert: User) -> None:
    proposal = proposals.open_proposal(by=expert)
    assert (proposal.base.number, titles(proposal.base)) == (0, {})


def test_publishing_adds_changes_and_retires(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    proposals.add_rule(by=expert, proposal=proposal, content=content("New"))
    change = proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
    proposals.save_change(by=expert, change=change, content=content("Changed"), edition=change.edition)
    proposals.retire_rule(by=expert, proposal=proposal, rule=rule(2))
    published = publish(by=expert, proposal=proposal)
    proposal.refresh_from_db()
    assert titles(published) == {1: "Changed", 3: "New"}
    assert titles(release) == {1: "Brand 999", 2: "Other"}
    assert (published.number, published.base, proposal.published) == (2, release, published)
    assert selectors.current_release() == published


def test_a_published_proposal_keeps_the_numbers_it_was_published_under(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    proposals.add_rule(by=expert, proposal=proposal, content=content("New"))
    proposals.add_rule(by=expert, proposal=proposal, content=content("Newer"))
    publish(by=expert, proposal=proposal)
    proposal.refresh_from_db()
    said = [(one.number, one.effective) for one in selectors.proposal_summary(proposal).changes]
    assert said == [(3, True), (4, True)]


def test_publishing_twice_publishes_once(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    proposals.retire_rule(by=expert, proposal=proposal, rule=rule(2))
    first = publish(by=expert, proposal=proposal)
    assert publish(by=expert, proposal=proposal) == first
    assert selectors.current_release() == first


def test_what_is_published_decides_as_the_draft_did(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    proposals.add_rule(by=expert, proposal=proposal, content=content("New"))
    change = proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
    drafted = selectors.drafted_rules(proposal, change, content("Unsaved"))
    proposals.save_change(by=expert, change=change, content=content("Unsaved"), edition=change.edition)
    published = selectors.engine_rules(publish(by=expert, proposal=proposal))

    def order(rules: tuple) -> list[tuple[int, int, str]]:
        return [(r.number, r.version, r.digest) for r in sorted(rules, key=lambda r: r.age_order)]

    assert order(drafted) == order(published)


def test_an_edit_back_to_the_base_changes_nothing(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
    with pytest.raises(ValidationError, match="changes nothing"):
        publish(by=expert, proposal=proposal)
    assert RuleVersion.objects.count() == 2


def test_an_incomplete_rule_is_kept_but_not_published(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    proposals.add_rule(by=expert, proposal=proposal)
    with pytest.raises(ValidationError, match="R3: "):
        publish(by=expert, proposal=proposal)
    assert selectors.current_release() == release


def test_a_stale_base_is_refused_and_rebased(expert: User, release: Release) -> None:
    mine, other = (proposals.open_proposal(by=expert, title=name) for name in ("mine", "other"))
    proposals.retire_rule(by=expert, proposal=mine, rule=rule(2))
    proposals.add_rule(by=expert, proposal=other, content=content("New"))
    second = publish(by=expert, proposal=other)
    with pytest.raises(ValidationError, match="no longer in force"):
        publish(by=expert, proposal=mine)
    assert proposals.rebase_proposal(by=expert, proposal=mine).conflicting == ()
    third = publish(by=expert, proposal=mine)
    assert (third.base, titles(third)) == (second, {1: "Brand 999", 3: "New"})


def test_rebasing_names_the_rules_changed_meanwhile(expert: User, release: Release) -> None:
    mine, other = (proposals.open_proposal(by=expert) for _ in range(2))
    proposals.edit_rule(by=expert, proposal=mine, rule=rule(2))
    proposals.retire_rule(by=expert, proposal=other, rule=rule(2))
    publish(by=expert, proposal=other)
    rebased = proposals.rebase_proposal(by=expert, proposal=mine)
    assert (rebased.conflicting, rebased.proposal.base) == ((2,), release)


def test_a_stale_edition_is_refused_with_both_versions(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    change = proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
    first = proposals.save_change(by=expert, change=change, content=content("Theirs"), edition=1)
    with pytest.raises(ConflictError) as caught:
        proposals.save_change(by=person("second"), change=change, content=content("Mine"), edition=1)
    error = caught.value
    assert (error.mine, error.theirs) == (content("Mine"), content("Theirs"))
    assert (error.edition, error.saved_by, first.edition) == (2, expert, 2)


def test_saying_the_same_as_somebody_saved_meanwhile_is_no_conflict(expert: User, release: Release) -> None:
    change = proposals.edit_rule(by=expert, proposal=proposals.open_proposal(by=expert), rule=rule(1))
    first = proposals.save_change(by=expert, change=change, content=content("Same"), edition=1)
    again = proposals.save_change(by=person("second"), change=change, content=content("Same"), edition=1)
    assert (again.edition, again.updated_by) == (first.edition, expert)


def test_a_person_has_one_draft_to_change(expert: User, release: Release) -> None:
    first = proposals.own_draft(by=expert, title="First")
    assert (proposals.own_draft(by=expert, title="Second"), first.title) == (first, "First")


def test_release_notes_without_what_no_database_stores(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    proposals.retire_rule(by=expert, proposal=proposal, rule=rule(2))
    assert publish(by=expert, proposal=proposal, notes=" a\0b\n").notes == "ab"


def test_a_published_proposal_is_no_longer_edited(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    change = proposals.add_rule(by=expert, proposal=proposal, content=content("New"))
    publish(by=expert, proposal=proposal)
    with pytest.raises(ValidationError, match="no longer open"):
        proposals.save_change(by=expert, change=change, content=content("Late"), edition=change.edition)


def test_retiring_an_edited_rule_and_taking_it_back(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    change = proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
    assert proposals.retire_rule(by=expert, proposal=proposal, rule=rule(1)).kind == ChangeKind.RETIRE
    again = proposals.edit_rule(by=expert, proposal=proposal, rule=rule(1))
    assert (again.pk, again.kind, proposal.changes.count()) == (change.pk, ChangeKind.EDIT, 1)


def test_a_retired_rule_comes_back_under_its_number(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    proposals.retire_rule(by=expert, proposal=proposal, rule=rule(2))
    publish(by=expert, proposal=proposal)
    proposal = proposals.open_proposal(by=expert)
    proposals.restore_version(by=expert, proposal=proposal, version=rule(2).versions.get())
    released = released_rule(publish(by=expert, proposal=proposal), 2)
    assert released is not None
    assert (released.version, released.content) == (2, content("Other", "x"))


def test_discarding_twice_discards_once(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    change = proposals.add_rule(by=expert, proposal=proposal)
    proposals.discard_change(by=expert, change=change)
    proposals.discard_change(by=expert, change=change)
    assert (proposal.changes.count(), AuditEvent.objects.filter(verb="change.discarded").count()) == (0, 1)


def test_a_withdrawn_proposal_is_not_published(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    proposals.retire_rule(by=expert, proposal=proposal, rule=rule(1))
    proposals.withdraw_proposal(by=expert, proposal=proposal)
    with pytest.raises(ValidationError, match="no longer open"):
        publish(by=expert, proposal=proposal)


def test_importing_the_same_rules_again_makes_no_release(expert: User, release: Release) -> None:
    assert published_rules(by=expert, contents=[(1, content())], notes="again") == release


def test_importing_refuses_all_when_one_is_invalid(expert: User, release: Release) -> None:
    with pytest.raises(ValidationError, match="R8"):
        published_rules(by=expert, contents=[(7, content("Good")), (8, content(""))])
    assert Rule.objects.count() == 2


def test_only_those_who_may_write_do(release: Release, expert: User) -> None:
    proposal, stranger = proposals.open_proposal(by=expert), User.objects.create_user("stranger")
    for attempt in (
        lambda: proposals.open_proposal(by=stranger),
        lambda: proposals.add_rule(by=stranger, proposal=proposal),
        lambda: publish_proposal(by=stranger, proposal=proposal),
        lambda: propose_rules(by=stranger, contents=[], title="Mine"),
        lambda: reviews.ask_for_review(by=stranger, proposal=proposal),
        lambda: reviews.approve(by=stranger, proposal=proposal, seen=""),
        lambda: reviews.comment(by=stranger, proposal=proposal, text="Hello"),
        lambda: proposals.schedule_proposal(by=stranger, proposal=proposal, publish_at=None),
        lambda: checks.override_check(by=stranger, proposal=proposal, name=CheckName.EXAMPLES, reason="So"),
        lambda: checks.set_policy(by=stranger, approvals={}, otherwise=1, safety=1, required=[]),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_a_release_is_announced_after_commit(expert: User, django_capture_on_commit_callbacks) -> None:
    heard = []

    def listen(sender: object, release_id: int, actor_id: int, **kwargs: object) -> None:
        heard.append((release_id, actor_id))

    release_published.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        release = published_rules(by=expert, contents=[(1, content())])
        assert heard == []
    release_published.disconnect(listen)
    assert heard[-1] == (release.pk, expert.pk)
