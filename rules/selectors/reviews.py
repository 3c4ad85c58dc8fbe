"""How a proposal stands: what an approval of it would sign, which approvals count, what its checks say."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rules.engine.approval import ApprovalPolicy, Difference, Signed, differences
from rules.engine.content import RuleContent
from rules.engine.rule import EffectKind
from rules.enums import ChangeKind, CheckName, CheckState, Verdict
from rules.models import AuditEvent, Check, Override, Policy, Proposal, Review
from rules.selectors.proposals import DraftedChange, ProposalSummary, proposal_summary

DEFAULT_REQUIRED: tuple[CheckName, ...] = (CheckName.EXAMPLES, CheckName.MUST_HOLD)
"""The checks that must pass until a policy says otherwise."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a proposal takes: approvals by kind of effect, and the checks that must pass."""

    approvals: ApprovalPolicy
    required: frozenset[str]


@dataclass(frozen=True, slots=True)
class StandingReview:
    """A review with what became of it: why an approval is void, if it is. `own`: the reviewer wrote in the proposal."""

    review: Review
    differences: tuple[Difference, ...] = ()
    own: bool = False

    @property
    def counts(self) -> bool:
        """Whether this is an approval of the proposal as it stands."""
        return self.review.verdict == Verdict.APPROVE and not self.differences and not self.own


@dataclass(frozen=True, slots=True)
class StandingCheck:
    """A check as far as it is about the content as it stands: pending, where it looked at another."""

    name: CheckName
    state: CheckState
    required: bool
    check: Check | None = None
    override: Override | None = None

    @property
    def holds(self) -> bool:
        """Whether it keeps nobody from publishing."""
        return not self.required or self.state == CheckState.PASSED or self.override is not None


@dataclass(frozen=True, slots=True)
class Demand:
    """A change that takes as many approvals as its proposal does: for a kind of effect, or for safety (None)."""

    change: DraftedChange
    effect: EffectKind | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A proposal with its reviews and checks. `demands` says what takes more than one approval, where that is needed."""

    summary: ProposalSummary
    signed: Signed
    content: str
    reviews: tuple[StandingReview, ...]
    checks: tuple[StandingCheck, ...]
    needed: int
    demands: tuple[Demand, ...]

    @property
    def verdicts(self) -> tuple[StandingReview, ...]:
        """What each reviewer decided last."""
        last = {one.review.by_id: one for one in self.reviews if one.review.verdict != Verdict.COMMENT}
        return tuple(last.values())

    @property
    def approvals(self) -> tuple[StandingReview, ...]:
        """The approvals that count, one a reviewer: nobody's who asked for changes after it."""
        return tuple(one for one in self.verdicts if one.counts)

    @property
    def is_approved(self) -> bool:
        """Whether enough people who did not write in it approved exactly this, and nobody asks for changes."""
        return len(self.approvals) >= self.needed and not self.asking

    @property
    def asking(self) -> tuple[StandingReview, ...]:
        """Reviews that ask for changes of this very content, unless the reviewer approved it since."""
        asked = (one for one in self.verdicts if one.review.verdict == Verdict.ASK)
        return tuple(one for one in asked if not one.differences)

    @property
    def overrode(self) -> frozenset[int]:
        """Who let a check pass on this very content: none of those who approve it."""
        return frozenset(one.override.by_id for one in self.checks if one.override)

    @property
    def failing(self) -> tuple[StandingCheck, ...]:
        """The required checks that did not pass and were not overridden."""
        return tuple(one for one in self.checks if not one.holds)


def terms() -> Terms:
    """What a proposal takes now."""
    policy = Policy.objects.order_by("pk").last()
    if policy is None:
        return Terms(ApprovalPolicy(), frozenset(DEFAULT_REQUIRED))
    kinds = {EffectKind(kind): int(count) for kind, count in policy.approvals.items()}
    return Terms(ApprovalPolicy(kinds, policy.otherwise, policy.safety), frozenset(policy.required))


def standing_of(proposal: Proposal) -> Standing:
    """How a proposal stands now, in a bounded number of queries."""
    summary = proposal_summary(proposal)
    wanted = terms()
    content = content_digest(summary)
    stored = {check.name: check for check in Check.objects.filter(proposal=proposal)}
    overrides = {
        one.name: one for one in Override.objects.filter(proposal=proposal, content=content).select_related("by")
    }
    overrode = {one.by_id for one in overrides.values()}
    signed = signed_parts(summary, stored.values())
    authors = set(proposal.authors.values_list("pk", flat=True)) | {proposal.created_by_id}
    found = tuple(Review.objects.filter(proposal=proposal).select_related("by").order_by("pk"))
    missed = _missed(proposal, found)
    needed = wanted.approvals.needed(one for change in summary.changes for one in _touched(change))
    return Standing(
        summary=summary,
        signed=signed,
        content=content,
        reviews=tuple(_standing(one, signed, authors, overrode, missed) for one in found),
        checks=tuple(_check(name, stored.get(name), content, wanted, overrides.get(name)) for name in CheckName),
        needed=needed,
        demands=_demands(summary.changes, wanted.approvals, needed) if needed > 1 else (),
    )


def signed_parts(summary: ProposalSummary, checks: Iterable[Check]) -> Signed:
    """What an approval would sign now."""
    proposal = summary.proposal
    return Signed(
        base=proposal.base.digest,
        changes=_digests(summary),
        checks={check.name: check.behind for check in checks if check.behind},
        publish_at=proposal.publish_at.astimezone(UTC).isoformat() if proposal.publish_at else "",
    )


def content_digest(summary: ProposalSummary) -> str:
    """The digest of the changes and their base: what checks look at."""
    return Signed(summary.proposal.base.digest, _digests(summary)).digest


def name_of(change: DraftedChange) -> str:
    """How a signature calls the rule that a change is about: a new one, which has no number yet, by its change."""
    return f"new rule {change.change.pk}" if change.change.kind == ChangeKind.ADD else f"R{change.number}"


def _digests(summary: ProposalSummary) -> dict[str, str]:
    return {name_of(one): one.digest for one in summary.changes}


def _standing(
    review: Review, signed: Signed, authors: set[int], overrode: set[int], missed: frozenset[datetime]
) -> StandingReview:
    if review.verdict == Verdict.COMMENT:
        return StandingReview(review)
    before = Signed.from_json(review.signed)
    changed = () if review.digest == signed.digest else differences(before, signed)
    if before.publish_at and _moment(before.publish_at) in missed:
        changed = tuple(replace(one, part="missed") if one.part == "untimed" else one for one in changed)
    if review.verdict == Verdict.APPROVE and review.by_id in overrode:
        changed = (*changed, Difference("overrode"))
    return StandingReview(review, changed, own=review.by_id in authors)


def _missed(proposal: Proposal, reviews: Iterable[Review]) -> frozenset[datetime]:
    """The times at which a proposal without one was to be published and could not be, if approvals signed any."""
    if proposal.publish_at is not None or not any(one.signed.get("publish_at") for one in reviews):
        return frozenset()
    events = AuditEvent.objects.filter(subject=f"proposal:{proposal.pk}", verb="proposal.not_published")
    return frozenset(_moment(one.data["before"]["publish_at"]) for one in events)


def _moment(text: str) -> datetime:
    """A moment as the audit trail keeps it, to the millisecond."""
    moment = datetime.fromisoformat(text)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _check(
    name: CheckName, check: Check | None, content: str, wanted: Terms, override: Override | None
) -> StandingCheck:
    fresh = check is not None and check.content == content
    state = CheckState(check.state) if check is not None and fresh else CheckState.PENDING
    return StandingCheck(name, state, name in wanted.required, check if fresh else None, override)


def _demands(changes: Iterable[DraftedChange], policy: ApprovalPolicy, needed: int) -> tuple[Demand, ...]:
    found = (
        Demand(change, effect)
        for change in changes
        for content in _touched(change)
        for effect, count in policy.wanted(content).items()
        if count == needed
    )
    return tuple({(one.change.change.pk, one.effect): one for one in found}.values())


def _touched(change: DraftedChange) -> list[RuleContent]:
    """What a rule says before and after a change, as far as it says anything."""
    return [one for one in (change.before.content if change.before else None, change.after) if one is not None]
