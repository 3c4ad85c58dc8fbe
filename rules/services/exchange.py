"""Rule sets from outside: they become a proposal, never a release."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from rules.engine.check import content_problems
from rules.engine.content import RuleContent
from rules.engine.exchange_reading import RuleFileError, read_rules
from rules.enums import ChangeKind
from rules.models import Change, Proposal, Release, Rule
from rules.problems import problem_errors
from rules.selectors.releases import rules_in
from rules.services import audit
from rules.services.permissions import require
from rules.services.proposals import open_proposal
from rules.services.release_rows import new_rule

MOST_TOLD = 50
"""Mistakes of a file that are told one by one."""


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
    changes = _changes(by, proposal, given, others)
    Change.objects.bulk_create(changes)
    counts = {kind.value: sum(change.kind == kind for change in changes) for kind in ChangeKind}
    data = counts | {"restores": restores.number if restores else None}
    audit.record(by=by, verb="proposal.filled", subject=f"proposal:{proposal.pk}", data=data)
    return proposal


def _changes(by: User, proposal: Proposal, given: dict[int, RuleContent], others: bool) -> list[Change]:
    """What a draft has to change for its rules to say what is given; without `others` the rest are retired."""
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
    return changes


@transaction.atomic
def restore_release(*, by: User, release: Release, title: str, reason: str = "") -> Proposal:
    """A draft that puts an older release back: every rule as it was in it, and no other.

    Raises ValidationError where the release in force says the same.
    """
    contents = [(rule.number, rule.content) for rule in rules_in(release)]
    draft = propose_rules(by=by, contents=contents, title=title, reason=reason, others=False, restores=release)
    if not draft.changes.exists():
        raise ValidationError(
            _("Release %(number)s says what is in force already; nothing differs.") % {"number": release.number},
            code="no_changes",
        )
    return draft


@transaction.atomic
def import_rules(*, by: User, data: bytes, title: str, reason: str = "", replace: bool = False) -> Proposal:
    """A draft that makes the rules say what a file says; with `replace`, rules that it does not name are retired.

    Raises PermissionDenied, ValidationError naming line and rule of every mistake, and one where nothing differs.
    """
    require(by, "rules.change_proposal")
    try:
        read = read_rules(data)
    except RuleFileError as error:
        raise ValidationError(_told(error)) from error
    draft = propose_rules(by=by, contents=read.rules, title=title, reason=reason, others=not replace)
    if not draft.changes.exists():
        raise ValidationError(_("The file says what is in force already; nothing differs."), code="no_changes")
    return draft


def _told(error: RuleFileError) -> list[ValidationError]:
    """What is wrong with a file, for a person: the first mistakes, and how many there are."""
    told = []
    for one in error.problems[:MOST_TOLD]:
        words = _("Line %(line)s, R%(rule)s: %(what)s") if one.rule else _("Line %(line)s: %(what)s")
        what = gettext(one.message) % one.params
        told.append(ValidationError(words % {"line": one.line, "rule": one.rule, "what": what}, code="file"))
    if (left := len(error.problems) - MOST_TOLD) > 0:
        told.append(ValidationError(_("And %(left)s more.") % {"left": left}, code="file"))
    return told
