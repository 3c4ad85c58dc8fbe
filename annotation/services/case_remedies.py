"""What becomes of bad cases: put into a proposal, and fixed by a rule version, a knowledge correction or a label."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.enums import CaseState, CaseVerb, LinkKind
from annotation.models import BadCase, BenchmarkPair, CaseAction, CaseLink, Label
from annotation.services.case_changes import Edit, act, locked, refuse
from annotation.services.case_pins import pin
from annotation.services.triage import LONGEST_NOTE, PERMISSION
from rules.engine.content import RuleContent
from rules.enums import OPEN
from rules.models import Proposal, ReleaseEntry, RuleVersion
from rules.selectors import current_release
from rules.services.permissions import require


@dataclass(frozen=True, slots=True)
class Remedy:
    """What fixes a case, one of three. `entry` names a version of a knowledge entry: `medicine/布洛芬/3`."""

    version: RuleVersion | None = None
    entry: str = ""
    label: Label | None = None

    @property
    def link(self) -> dict[str, Any]:
        """The end of the link to it."""
        if self.version:
            return {"kind": LinkKind.VERSION, "version": self.version}
        return (
            {"kind": LinkKind.LABEL, "label": self.label}
            if self.label
            else {"kind": LinkKind.ENTRY, "entry": self.entry}
        )

    @property
    def count(self) -> int:
        """How many of the three it names."""
        return sum(map(bool, (self.version, self.entry, self.label)))


@transaction.atomic
def link_proposal(*, by: User, cases: Collection[int], proposal: Proposal) -> CaseAction | None:
    """Put cases into an open proposal; None where they are in it."""
    require(by, PERMISSION)
    held = locked(cases)
    if Proposal.objects.get(pk=proposal.pk).state not in OPEN:
        raise ValidationError(_("This proposal is no longer open."), code="not_open")
    links = CaseLink.objects.filter(proposal=proposal, case__in=held, removed=None)
    there = set(links.values_list("case_id", flat=True))
    joining = [case for case in held if case.pk not in there]
    edits = [Edit(case, {"state": CaseState.IN_PROPOSAL.value}) for case in joining]
    action = act(by=by, verb=CaseVerb.LINK, edits=edits, data={"proposal": proposal.pk}, always=True)
    if action:
        _link(joining, action, {"kind": LinkKind.PROPOSAL, "proposal": proposal})
    return action


@transaction.atomic
def unlink_proposal(
    *, by: User | None, cases: Collection[int], proposal: Proposal, note: str = ""
) -> CaseAction | None:
    """Take cases out of a proposal; those that are in no other one wait to be decided on again."""
    if by is not None:
        require(by, PERMISSION)
    held = {case.pk: case for case in locked(cases)}
    links = CaseLink.objects.filter(proposal=proposal, case__in=held, removed=None)
    leaving = [held[pk] for pk in links.values_list("case_id", flat=True)]
    others = CaseLink.objects.filter(case__in=leaving, kind=LinkKind.PROPOSAL, removed=None).exclude(proposal=proposal)
    busy = set(others.values_list("case_id", flat=True))
    edits = [Edit(case, _left(case, busy)) for case in leaving]
    data = {"proposal": proposal.pk}
    action = act(by=by, verb=CaseVerb.UNLINK, edits=edits, note=note[:LONGEST_NOTE], data=data, always=True)
    if action:
        CaseLink.objects.filter(proposal=proposal, case__in=leaving, removed=None).update(removed=action)
    return action


@transaction.atomic
def fix(*, by: User, cases: Collection[int], remedy: Remedy, note: str = "") -> CaseAction | None:
    """Say what fixed cases; their pairs are held to the expected level from now on, and tested by every run.

    Raises ValidationError where no level is expected, where a rule version is not in force or does not pin the case
    as an example, and where a label is not the one that counts for the pair or not the level expected.
    """
    require(by, PERMISSION)
    held = locked(cases)
    _check(held, remedy)
    return _fix(held, remedy, by=by, fixed_by=by.pk, note=note)


@transaction.atomic
def fix_published(*, proposal: Proposal) -> int:
    """Fix the cases of a published proposal that its rules pin as examples; how many. Done twice, it is done once.

    They count as fixed by the proposal's author, since its release, which the next run of theirs verifies.
    """
    release = proposal.published
    if release is None:
        return 0
    waiting = CaseLink.objects.filter(proposal=proposal, removed=None, case__state=CaseState.IN_PROPOSAL)
    ids = set(waiting.values_list("case_id", flat=True))
    if not ids:
        return 0
    entries = ReleaseEntry.objects.filter(release=release).select_related("version")
    earlier = set(ReleaseEntry.objects.filter(release=release.base_id).values_list("version_id", flat=True))
    written = [one.version for one in entries if one.version_id not in earlier]
    fixed = 0
    for version in written:
        pinned = [case for case in locked(ids) if case.state == CaseState.IN_PROPOSAL and pins(version, case)]
        if pinned:
            since = {"release": release.number, "fixed_at": release.created_at}
            _fix(pinned, Remedy(version), by=None, fixed_by=proposal.created_by_id, since=since)
            fixed += len(pinned)
    return fixed


@transaction.atomic
def leave_withdrawn(*, proposal: Proposal) -> None:
    """Take the cases out of a proposal that was given up."""
    links = CaseLink.objects.filter(proposal=proposal, removed=None)
    ids = set(links.values_list("case_id", flat=True))
    if ids:
        unlink_proposal(by=None, cases=ids, proposal=proposal)


def pins(version: RuleVersion, case: BadCase) -> bool:
    """Whether a rule version pins the pair of a case, with the level that the case expects."""
    pair = (case.pair.query.text, case.pair.product.title)
    examples = RuleContent.from_json(version.content).examples
    return any((one.query, one.title) == pair and one.level == case.expected for one in examples)


def _fix(
    cases: Sequence[BadCase],
    remedy: Remedy,
    *,
    by: User | None,
    fixed_by: int,
    note: str = "",
    since: Mapping[str, Any] | None = None,
) -> CaseAction | None:
    release = current_release()
    values = {"state": CaseState.FIXED.value, "fixed_by_id": fixed_by, "release": release.number if release else 0}
    edits = [Edit(case, values | dict(since or {}), pinned=pin(case, by=by)) for case in cases]
    action = act(by=by, verb=CaseVerb.FIX, edits=edits, note=note.strip()[:LONGEST_NOTE])
    if action:
        _link(cases, action, remedy.link)
    return action


def _link(cases: Sequence[BadCase], action: CaseAction, end: Mapping[str, Any]) -> None:
    CaseLink.objects.bulk_create(CaseLink(case=case, action=action, **end) for case in cases)


def _left(case: BadCase, busy: Collection[int]) -> dict[str, Any]:
    """What leaving a proposal makes of a case."""
    waits = case.state == CaseState.IN_PROPOSAL and case.pk not in busy
    return {"state": CaseState.TRIAGED.value} if waits else {}


def _check(cases: Sequence[BadCase], remedy: Remedy) -> None:
    """Raise ValidationError unless the remedy may fix these cases."""
    if remedy.count != 1:
        raise ValidationError(
            _("Name the rule version, the knowledge correction or the label that fixed it."), code="link"
        )
    if unsaid := [case for case in cases if not case.expected]:
        refuse(_("Say which level %(cases)s should have."), unsaid, code="unsaid")
    if fixed := [case for case in cases if case.state == CaseState.FIXED]:
        refuse(_("%(cases)s are fixed already."), fixed, code="no_such_move")
    if remedy.version:
        _check_version(cases, remedy.version)
    if remedy.label:
        _check_label(cases, remedy.label)


def _check_version(cases: Sequence[BadCase], version: RuleVersion) -> None:
    release = current_release()
    if release is None or not ReleaseEntry.objects.filter(release=release, version=version).exists():
        raise ValidationError(_("This rule version is not in force."), code="not_in_force")
    if unpinned := [case for case in cases if not pins(version, case)]:
        refuse(_("The rule does not pin %(cases)s as an example. Add it there first."), unpinned, code="not_pinned")


def _check_label(cases: Sequence[BadCase], label: Label) -> None:
    counts = BenchmarkPair.objects.filter(label=label).exists()
    if wrong := [one for one in cases if not counts or (label.pair_id, label.level) != (one.pair_id, one.expected)]:
        refuse(_("This label is not the one that %(cases)s should have."), wrong, code="not_pinned")
