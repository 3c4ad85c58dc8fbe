"""Which proposals shadow the release in force, what judges for them, and what they would have changed."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Max, QuerySet, Sum
from django.utils import timezone

from inference.enums import ShadowOutcome
from inference.models import Shadow, ShadowItem, ShadowJudgment
from inference.selectors.drafted import drafted
from rules.engine.recall import RuleIndex
from rules.enums import OPEN
from rules.models import Proposal
from rules.selectors import current_release
from rules.selectors.proposals import proposal_summary
from rules.selectors.reviews import content_digest


@dataclass(frozen=True, slots=True)
class Beside:
    """The rules in force and the rules as a proposal would leave them, on the day that it can come into force.

    `content` is the digest of what the proposal says.
    """

    content: str
    before: RuleIndex
    after: RuleIndex


@dataclass(frozen=True, slots=True)
class Casting:
    """A shadow that judges now, for what its proposal says now."""

    shadow: Shadow
    beside: Beside

    @property
    def content(self) -> str:
        """The digest of what the proposal says."""
        return self.beside.content


@dataclass(frozen=True, slots=True)
class ShadowStanding:
    """What the page of a proposal says of its shadow. Counts are of pairs judged under what it says now.

    `stale`: it builds on a release that is no longer in force, and nothing is judged until it is brought up to date.
    """

    shadow: Shadow | None
    content: str
    same: int
    different: int
    failed: int
    stale: bool
    empty: bool

    @property
    def judged(self) -> int:
        """All pairs counted."""
        return self.same + self.different + self.failed

    @property
    def full(self) -> bool:
        """Whether as many were counted as somebody asked for."""
        return self.shadow is not None and self.judged >= self.shadow.most


def shadows_on() -> QuerySet[Shadow]:
    """The shadows that are switched on, of proposals that are still open."""
    on = Shadow.objects.filter(ended_at=None, until__gt=timezone.now(), proposal__state__in=OPEN)
    return on.select_related("proposal__base").order_by("pk")


def castings() -> list[Casting]:
    """The shadows that judge now: those whose proposal builds on the release in force and changes something."""
    release = current_release()
    on = shadows_on().annotate(
        changes=Count("proposal__changes"), newest=Max("proposal__changes"), editions=Sum("proposal__changes__edition")
    )
    based = [one for one in on if release is not None and one.proposal.base_id == release.pk]
    return [cast for one in based if (cast := _casting(one)) is not None]


def waiting_items(most: int) -> list[ShadowItem]:
    """Pairs that came in and were not judged by the shadows."""
    return list(ShadowItem.objects.order_by("pk")[:most])


def counted(proposal_id: int, content: str) -> int:
    """How many pairs were judged for what a proposal says."""
    return ShadowJudgment.objects.filter(proposal=proposal_id, content=content).count()


def known_cases(proposal_id: int, content: str, cases: Sequence[str]) -> set[str]:
    """Which of some cases were judged already for what a proposal says."""
    found = ShadowJudgment.objects.filter(proposal=proposal_id, content=content, case__in=cases)
    return set(found.order_by().values_list("case", flat=True))


def shadow_standing(proposal: Proposal) -> ShadowStanding:
    """How the shadow of a proposal stands, in a bounded number of queries."""
    summary = proposal_summary(proposal)
    content = content_digest(summary)
    rows = ShadowJudgment.objects.filter(proposal=proposal, content=content).order_by()
    counts = dict(rows.values_list("outcome").annotate(count=Count("pk")))
    return ShadowStanding(
        shadow=shadows_on().filter(proposal=proposal).select_related("started_by").first(),
        content=content,
        same=counts.get(ShadowOutcome.SAME, 0),
        different=counts.get(ShadowOutcome.DIFFERENT, 0),
        failed=counts.get(ShadowOutcome.FAILED, 0),
        stale=summary.stale,
        empty=not summary.effective,
    )


def differing(proposal: Proposal, content: str) -> QuerySet[ShadowJudgment]:
    """The pairs that a proposal would have given another level, the newest first."""
    rows = ShadowJudgment.objects.filter(proposal=proposal, content=content, outcome=ShadowOutcome.DIFFERENT)
    return rows.order_by("-pk")


def may_shadow(user: User | AnonymousUser, proposal: Proposal) -> bool:
    """Whether this person may switch the shadow: an author of the proposal, or a reviewer."""
    if user.has_perm("rules.review_proposal"):
        return True
    own = user.pk == proposal.created_by_id or proposal.authors.filter(pk=user.pk or 0).exists()
    return own and user.has_perm("rules.change_proposal")


def _casting(shadow: Any) -> Casting | None:
    """What an annotated shadow judges with, unless its proposal changes nothing or was changed this very moment."""
    proposal = shadow.proposal
    state = (proposal.base_id, proposal.publish_at, shadow.changes, shadow.newest, shadow.editions)
    with suppress(_MovedOnError):
        beside = _beside(proposal.pk, state, timezone.localdate())
        return Casting(shadow, beside) if beside else None
    return None


@lru_cache(maxsize=8)
def _beside(proposal_id: int, state: tuple[Any, ...], today: date) -> Beside | None:
    """The rules on both sides, kept while the proposal stays in a state; None where it changes nothing.

    Raises _MovedOnError where somebody changed it while it was being read.
    """
    proposals = Proposal.objects.select_related("base")
    judged = drafted(proposals.get(pk=proposal_id))
    summary = proposal_summary(proposals.get(pk=proposal_id))
    if judged.content != content_digest(summary):
        raise _MovedOnError
    return Beside(judged.content, judged.index_before(), judged.index_after()) if summary.effective else None


class _MovedOnError(Exception):
    """Somebody changed the proposal while its rules were being read."""
