"""What must hold of proposals and releases, counted again from the stored rows and the audit trail alone.

Nothing here asks how the application counts approvals: it is what that is held against.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rules.enums import MOVES
from rules.models import AuditEvent, Change, Override, Proposal, Release, ReleaseEntry, Review

WRITING = ("change.", "proposal.opened", "proposal.described", "proposal.filled", "proposal.rebased")
"""How the audit trail calls what makes somebody an author."""
UNTOLD = {
    "approvals": {"forbid": 2},
    "otherwise": 1,
    "safety": 2,
    "required": ["examples", "must_hold"],
}
"""What holds before anybody set a policy."""


def digest_of(value: object) -> str:
    """SHA-256 of a value as JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Told:
    """A proposal with what the audit trail says of it up to an event."""

    proposal: Proposal
    until: int

    def events(self, *verbs: str) -> Iterable[AuditEvent]:
        found = AuditEvent.objects.filter(subject=f"proposal:{self.proposal.pk}", sequence__lt=self.until)
        return [one for one in found.order_by("sequence") if one.verb.startswith(verbs)]

    @property
    def authors(self) -> set[int | None]:
        return {one.actor_id for one in self.events(*WRITING)}

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        """The last report of each check."""
        return {one.data["check"]: one.data for one in self.events("check.reported")}

    @property
    def policy(self) -> dict[str, Any]:
        told = AuditEvent.objects.filter(verb="policy.set", sequence__lt=self.until).order_by("sequence").last()
        return told.data["after"] if told else UNTOLD

    @property
    def changes(self) -> list[Change]:
        return list(self.proposal.changes.select_related("rule").order_by("pk"))

    @property
    def base(self) -> dict[int, ReleaseEntry]:
        return entries(self.proposal.base)

    @property
    def content(self) -> str:
        return digest_of(self._parts())

    @property
    def digest(self) -> str:
        due = self.proposal.publish_at
        behind = {name: told["after"]["behind"] for name, told in self.checks.items() if told["after"]["behind"]}
        return digest_of(self._parts() | {"checks": behind, "publish_at": due.isoformat() if due else ""})

    @property
    def needed(self) -> int:
        policy, base = self.policy, self.base
        sides = [base[one.rule_id].version.content for one in self.changes if one.rule_id in base]
        sides += [one.content for one in self.changes if one.kind != "retire"]
        return max((needed_for(side, policy) for side in sides), default=policy["otherwise"])

    @property
    def last_words(self) -> list[Review]:
        """The last verdict of each reviewer."""
        written = {one.data["review"] for one in self.events("review.")}
        reviews = Review.objects.filter(pk__in=written).exclude(verdict="comment").order_by("pk")
        return list({one.by_id: one for one in reviews}.values())

    @property
    def approvals(self) -> list[Review]:
        """Those that are of exactly this, by somebody who neither wrote in it nor let a check of it pass."""
        others = self.authors | {one.actor_id for one in self.overridden}
        mine = [one for one in self.last_words if one.verdict == "approve" and one.by_id not in others]
        return [one for one in mine if one.digest == self.digest]

    @property
    def overridden(self) -> list[AuditEvent]:
        """The checks that somebody let pass for this very content."""
        return [one for one in self.events("check.overridden") if one.data["content"] == self.content]

    @property
    def is_approved(self) -> bool:
        asked = [one for one in self.last_words if one.verdict == "ask" and one.digest == self.digest]
        return len(self.approvals) >= self.needed and not asked

    @property
    def unproven(self) -> set[str]:
        """Required checks that neither passed on this content nor were overridden for it."""
        passed = {n for n, c in self.checks.items() if c["after"]["state"] == "passed" and c["content"] == self.content}
        told = {one.data["check"] for one in self.overridden}
        rows = Override.objects.filter(proposal=self.proposal, content=self.content).values_list("name", flat=True)
        return set(self.policy["required"]) - passed - (told & set(rows))

    @property
    def alters(self) -> bool:
        """Whether the rules would say something else than they do in its base."""
        before = {key: one.version.content for key, one in self.base.items()}
        added = any(one.kind != "retire" and one.rule_id not in before for one in self.changes)
        return added or self.said != before

    @property
    def said(self) -> dict[int | None, dict[str, Any]]:
        """What the rules say once the proposal is applied to its base; of additions that have no number yet, one."""
        said: dict[int | None, dict[str, Any]] = {key: one.version.content for key, one in self.base.items()}
        for change in self.changes:
            if change.kind == "retire":
                said.pop(change.rule_id, None)
            else:
                said[change.rule_id] = change.content
        return said

    def _parts(self) -> dict[str, object]:
        names = ((f"new rule {c.pk}" if c.kind == "add" else f"R{c.rule.number}", c) for c in self.changes)
        changes = {name: digest_of([change.kind, change.content]) for name, change in names}
        return {"base": release_digest(self.proposal.base), "changes": changes, "checks": {}, "publish_at": ""}


def needed_for(content: dict[str, Any], policy: dict[str, Any]) -> int:
    """The approvals that a change from or to a content takes."""
    wanted: int = policy["approvals"].get(content["effect"]["kind"], policy["otherwise"])
    return max(wanted, policy["safety"] if content.get("safety") else 1)


def entries(release: Release) -> dict[int, ReleaseEntry]:
    """What is in a release, by the key of the rule."""
    return {one.rule_id: one for one in release.entries.select_related("rule", "version")}


def release_digest(release: Release) -> str:
    """What the digest of a release is to be, from its rows."""
    held = sorted(entries(release).values(), key=lambda one: one.rule.number)
    lines = (f"{one.rule.number} {one.version.version} {digest_of(one.version.content)}\n" for one in held)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def prove_release(release: Release) -> None:
    """Enough people who are no authors signed exactly what a release holds, and its checks held."""
    assert release.digest == release_digest(release)
    if release.base is None:
        assert not entries(release)
        return
    proposal = Proposal.objects.select_related("base").get(published=release)
    (signed,) = AuditEvent.objects.filter(verb="proposal.signed", subject=f"proposal:{proposal.pk}")
    told = Told(proposal, until=signed.sequence)
    named = list(Review.objects.filter(pk__in=signed.data["reviews"]).order_by("pk"))
    assert signed.data["release"] == release.number
    assert signed.actor is not None and signed.actor.has_perm("rules.publish_release")
    assert named == sorted(told.approvals, key=lambda one: one.pk)
    assert {(one.proposal_id, one.digest) for one in named} == {(proposal.pk, signed.data["digest"])}
    assert all(one.by.has_perm("rules.review_proposal") for one in named)
    assert told.is_approved
    assert told.unproven == set()
    assert proposal.publish_at is None or proposal.publish_at <= release.created_at
    assert proposal.base == release.base
    assert {key: one.version.content for key, one in entries(release).items()} == told.said


def prove_moves(proposal: Proposal) -> None:
    """Every move is legal and begins where the one before it ended."""
    state = "draft"
    for move in proposal.moves.order_by("pk"):
        assert move.before == state
        assert move.after in MOVES[move.before]
        state = move.after
    assert proposal.state == state
    assert (state == "published") == (proposal.published_id is not None)


def prove_state(proposal: Proposal) -> None:
    """What is open is called approved, or scheduled, exactly while it is."""
    if proposal.state not in ("in_review", "approved", "scheduled"):
        return
    told = Told(proposal, until=2**62)
    ready = "scheduled" if proposal.publish_at else "approved"
    assert proposal.state == (ready if told.is_approved and told.alters else "in_review")


def prove_everything() -> None:
    """Also of what no event told of."""
    for release in Release.objects.all():
        prove_release(release)
    for proposal in Proposal.objects.select_related("base"):
        prove_moves(proposal)
        prove_state(proposal)
