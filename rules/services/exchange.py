"""Rule sets from outside: they become a proposal, never a release."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from rules.engine.check import content_problems
from rules.engine.content import RuleContent
from rules.enums import ChangeKind
from rules.models import Change, Proposal, Release, Rule
from rules.problems import problem_errors
from rules.selectors.releases import rules_in
from rules.services import audit
from rules.services.proposals import open_proposal
from rules.services.release_rows import new_rule


@transaction.atomic
def propose_rules(
    *,
    by: User,
    contents: Iterable[tuple[int, RuleContent]],
    title: str,
    reason: str = "",
    others: bool = True,
    restores: Release | None = None,
) -> Proposal:
    """A draft after which each numbered rule says the content given. Rules not named stay, or without `others` go.

    A number that no rule has yet is kept for the one that the draft adds. Raises ValidationError naming each rule
    whose content is not complete.
    """
    given = dict(contents)
    errors = [
        e for n, content in sorted(given.items()) for e in problem_errors(content_problems(content), rule=f"R{n}")
    ]
    if errors:
        raise ValidationError(errors)
    proposal = open_proposal(by=by, title=title, reason=reason)
    if restores is not None:
        proposal.restores = restores
        proposal.save(update_fields=["restores"])
    base = {rule.number: rule for rule in rules_in(proposal.base)}
    known = {rule.number: rule for rule in Rule.objects.filter(number__in=given.keys() | base.keys())}
    changes = []
    for number, content in sorted(given.items()):
        if number in base and base[number].content == content:
            continue
        rule = known.get(number) or new_rule(by=by, number=number)
        kind = ChangeKind.EDIT if number in base else ChangeKind.ADD
        changes.append(Change(proposal=proposal, rule=rule, kind=kind, content=content.to_json(), updated_by=by))
    for number in sorted(base.keys() - given.keys()) if not others else ():
        told = base[number].content.to_json()
        changes.append(
            Change(proposal=proposal, rule=known[number], kind=ChangeKind.RETIRE, content=told, updated_by=by)
        )
    Change.objects.bulk_create(changes)
    counts = {kind.value: sum(change.kind == kind for change in changes) for kind in ChangeKind}
    data = counts | {"restores": restores.number if restores else None}
    audit.record(by=by, verb="proposal.filled", subject=f"proposal:{proposal.pk}", data=data)
    return proposal


def restore_release(*, by: User, release: Release, title: str, reason: str = "") -> Proposal:
    """A draft that puts an older release back: every rule as it was in it, and no other."""
    contents = [(rule.number, rule.content) for rule in rules_in(release)]
    return propose_rules(by=by, contents=contents, title=title, reason=reason, others=False, restores=release)
