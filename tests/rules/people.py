"""Who writes in the tests of all ways to write, and how a proposal usually goes from hand to hand."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from rules.engine.content import RuleContent
from rules.engine.exchange import FileHeader, write_rules
from rules.engine.rule import Effect, EffectKind
from rules.enums import CheckName, CheckState
from rules.models import AuditEvent, Proposal
from rules.selectors.reviews import standing_of
from tests.rules.rows import content
from tests.rules.ways import WAYS, Way

ROLES = {
    "author": "expert",
    "second author": "expert",
    "reviewer": "reviewer",
    "second reviewer": "reviewer",
    "lead": "lead",
    "everything": "",
    "nobody": "",
}
CONTENTS = (
    content(),
    content("Other", "x"),
    replace(content("Never"), effect=Effect(EffectKind.FORBID)),
    replace(content("Careful"), safety=True),
    replace(content("Incomplete"), conditions=()),
)
SOON = timedelta(milliseconds=5)
People = dict[tuple[str, int], Way]
"""Everybody by name, and the number of the way they write in."""


def everybody() -> People:
    """Everybody, ready to write in every way, with a first release of two rules in force."""
    made: People = {}
    for name, role in ROLES.items():
        user = User.objects.create_user(name, is_superuser=name == "everything")
        user.groups.set(Group.objects.filter(name=role))
        for number, way in enumerate(WAYS):
            made[name, number] = way(User.objects.get(pk=user.pk))
    begin(made)
    return made


def begin(people: People) -> None:
    """Let a first release of two rules be in force."""
    people["lead", 0].policy({}, 1, 1, [])
    people["author", 0].take_file(file_of((1, CONTENTS[0]), (2, CONTENTS[1])), False)
    proposal = Proposal.objects.get()
    people["author", 0].ask_for_review(proposal)
    people["reviewer", 0].approve(proposal, standing_of(proposal).signed.digest)
    people["lead", 0].publish(proposal)


def take_step(people: People, way: int, proposal: Proposal, *, publish: bool = True) -> None:
    """The next step of a proposal, by somebody who may take it; authors try to approve it, too."""
    standing, author = standing_of(proposal), people["author", way]
    broken = next((one.change for one in standing.summary.changes if one.problems), None)
    if standing.summary.stale:
        people["author", 0].rebase(proposal, 0, [], [])
    elif broken is not None:
        author.save(broken, CONTENTS[0], broken.edition)
    elif not standing.summary.effective:
        author.add(proposal, CONTENTS[3])
    elif proposal.state == "draft":
        author.ask_for_review(proposal)
    elif proposal.state == "in_review":
        for name in ("author", "second author"):
            with suppress(ValidationError), transaction.atomic():
                people[name, 0].approve(proposal, standing.signed.digest)
        given = {one.review.by.username for one in standing.approvals}
        judge = next((name for name in ("reviewer", "second reviewer", "lead") if name not in given), "everything")
        people[judge, way].approve(proposal, standing.signed.digest)
    elif standing.failing:
        check = standing.failing[0].name
        people["lead", 0].report(proposal, check, CheckState.PASSED, standing.content, "")
    elif publish:
        people["lead", way].publish(proposal)


def disturb(by: Way, proposal: Proposal, deed: str, words: RuleContent) -> None:
    """One deed after which an approval may be void."""
    change = proposal.changes.order_by("pk").last()
    if deed in ("save", "discard") and change is not None:
        by.save(change, words, change.edition) if deed == "save" else by.discard(change)
    elif deed == "describe":
        by.describe(proposal, f"Other than {proposal.title}"[:50])
    elif deed == "schedule":
        by.schedule(proposal, None if proposal.publish_at else timezone.now() + SOON)
    elif deed == "report":
        content = standing_of(proposal).content
        by.report(proposal, CheckName.EXAMPLES, CheckState.FAILED, content, f"run {AuditEvent.objects.count()}")
    elif deed == "policy":
        by.policy({"forbid": 3}, 2, 3, [CheckName.EXAMPLES])
    else:
        by.add(proposal, words)


def file_of(*rules: object) -> bytes:
    return write_rules(rules, FileHeader()).encode()
