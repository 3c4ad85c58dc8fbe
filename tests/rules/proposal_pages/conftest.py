"""A proposal on two rules in force, as a draft and under review."""

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from rules.models import Proposal, Release
from rules.services import proposals, reviews
from rules.services.release_rows import new_rule, write_release, write_version
from tests.rules.publishing import without_checks
from tests.rules.rows import content


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
