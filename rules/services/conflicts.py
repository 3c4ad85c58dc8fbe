"""Bringing a proposal up to the release in force where both changed the same rules: somebody chose for each."""

from collections.abc import Collection

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rules.enums import ChangeKind
from rules.models import Change, Proposal
from rules.selectors.rebase import Conflict, conflicts_of
from rules.selectors.releases import current_release
from rules.services import audit
from rules.services.permissions import require
from rules.services.proposals import wrote
from rules.services.reviews import lock_open


@transaction.atomic
def resolve_conflicts(
    *, by: User, proposal: Proposal, onto: int, mine: Collection[int] = (), theirs: Collection[int] = ()
) -> Proposal:
    """Move a proposal to the release with the number `onto`, keeping its wording of the rules in `mine`.

    Of the rules in `theirs` the proposal keeps nothing. Raises ValidationError where a conflicting rule is in
    neither, or in both, and where another release than the one looked at is in force by now.
    """
    require(by, "rules.change_proposal")
    locked = lock_open(proposal)
    current = current_release()
    if current is None or current.number != onto:
        raise ValidationError(_("Another release came into force meanwhile. Look at what moved again."), code="moved")
    if current.pk == locked.base_id:
        return locked
    conflicts = conflicts_of(locked, current)
    if unsaid := [f"R{one.number}" for one in conflicts if (one.number in mine) == (one.number in theirs)]:
        raise ValidationError(_("Choose a wording for %(rules)s.") % {"rules": ", ".join(unsaid)}, code="unsaid")
    for one in conflicts:
        _settle(one, keep=one.number in mine)
    before, locked.base = locked.base, current
    locked.save(update_fields=["base", "updated_at"])
    dropped = {f"R{one.number}": one.change.content for one in conflicts if one.number in theirs}
    data = {"from": before.number, "to": current.number, "mine": sorted(mine), "content_before": dropped}
    audit.record(by=by, verb="proposal.rebased", subject=f"proposal:{locked.pk}", data=data)
    wrote(by, locked)
    return locked


def _settle(conflict: Conflict, *, keep: bool) -> None:
    """Drop what was proposed of a rule, or let it change the rule as it is now: add it again where it was retired."""
    if not keep:
        conflict.change.delete()
    elif conflict.mine is not None:
        kind = ChangeKind.EDIT if conflict.theirs is not None else ChangeKind.ADD
        Change.objects.filter(pk=conflict.change.pk).update(kind=kind, edition=conflict.change.edition + 1)
