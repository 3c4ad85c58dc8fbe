"""Bringing a proposal up to date where another release changed the same rules."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from rules.engine.content import RuleContent
from rules.enums import ChangeKind
from rules.models import Proposal, Release
from rules.selectors import verify_chain
from rules.selectors.rebase import conflicts_of, moved_rules
from rules.services import proposals
from rules.services.conflicts import resolve_conflicts
from tests.rules.publishing import publish
from tests.rules.rows import content, person, rule, titles

pytestmark = pytest.mark.django_db


def says(by: User, proposal: Proposal, number: int, wording: RuleContent) -> None:
    change = proposals.edit_rule(by=by, proposal=proposal, rule=rule(number))
    proposals.save_change(by=by, change=change, content=wording, edition=change.edition)


@pytest.fixture
def mine(expert: User, release: Release) -> Proposal:
    """R1 and R2 changed."""
    made = proposals.open_proposal(by=expert)
    says(expert, made, 1, content("Mine 1"))
    says(expert, made, 2, content("Mine 2"))
    return made


@pytest.fixture
def theirs(expert: User, mine: Proposal) -> Release:
    """R1 changed and R2 retired in the release that came first."""
    other = proposals.open_proposal(by=expert)
    says(expert, other, 1, content("Theirs 1"))
    proposals.retire_rule(by=expert, proposal=other, rule=rule(2))
    return publish(by=expert, proposal=other)


def test_what_moved_and_what_both_changed(mine: Proposal, theirs: Release) -> None:
    assert theirs.base is not None
    moved = [(one.number, one.after and one.after.title) for one in moved_rules(theirs.base, theirs)]
    both = [
        tuple(side and side.title for side in (one.base, one.theirs, one.mine)) for one in conflicts_of(mine, theirs)
    ]
    assert moved == [(1, "Theirs 1"), (2, None)]
    assert both == [("Brand 999", "Theirs 1", "Mine 1"), ("Other", None, "Mine 2")]


def test_each_wording_that_is_kept_becomes_a_change_of_the_rule_in_force(
    mine: Proposal, theirs: Release, expert: User
) -> None:
    resolve_conflicts(by=expert, proposal=mine, onto=2, mine={1, 2})
    assert list(mine.changes.values_list("rule__number", "kind")) == [(1, ChangeKind.EDIT), (2, ChangeKind.ADD)]
    assert titles(publish(by=expert, proposal=mine)) == {1: "Mine 1", 2: "Mine 2"}
    assert verify_chain() is None


def test_of_a_rule_taken_from_the_other_nothing_is_left(mine: Proposal, theirs: Release, expert: User) -> None:
    resolve_conflicts(by=expert, proposal=mine, onto=2, mine={2}, theirs={1})
    assert titles(publish(by=expert, proposal=mine)) == {1: "Theirs 1", 2: "Mine 2"}


def test_a_retirement_is_kept(expert: User, release: Release) -> None:
    made = proposals.open_proposal(by=expert)
    proposals.retire_rule(by=expert, proposal=made, rule=rule(1))
    other = proposals.open_proposal(by=expert)
    says(expert, other, 1, content("Theirs 1"))
    publish(by=expert, proposal=other)
    resolve_conflicts(by=expert, proposal=made, onto=2, mine={1})
    assert titles(publish(by=expert, proposal=made)) == {2: "Other"}


@pytest.mark.parametrize(("kept", "dropped"), [((), ()), ((1,), ()), ((1, 2), (1,))])
def test_each_rule_takes_one_choice(
    mine: Proposal, theirs: Release, expert: User, kept: tuple[int, ...], dropped: tuple[int, ...]
) -> None:
    with pytest.raises(ValidationError, match="Choose a wording for"):
        resolve_conflicts(by=expert, proposal=mine, onto=2, mine=kept, theirs=dropped)
    mine.refresh_from_db()
    assert (mine.base.number, mine.changes.count()) == (1, 2)


def test_a_release_nobody_looked_at_is_refused(mine: Proposal, theirs: Release, expert: User) -> None:
    with pytest.raises(ValidationError, match="Another release came into force"):
        resolve_conflicts(by=expert, proposal=mine, onto=1, mine={1, 2})


def test_takes_the_right_to_draft(mine: Proposal, theirs: Release) -> None:
    stranger = person("stranger")
    stranger.user_permissions.clear()
    with pytest.raises(PermissionDenied):
        resolve_conflicts(by=User.objects.get(pk=stranger.pk), proposal=mine, onto=2, mine={1, 2})
