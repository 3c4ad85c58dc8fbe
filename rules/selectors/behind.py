"""What stood behind a release when it was published: who approved it, and which checks were overridden."""

from dataclasses import dataclass

from rules.models import AuditEvent, Override, Release, Review


@dataclass(frozen=True, slots=True)
class Behind:
    """The approvals that counted, and the overrides of checks that did not pass; both show for ever."""

    approvals: tuple[Review, ...] = ()
    overrides: tuple[Override, ...] = ()


def behind(release: Release) -> Behind:
    """What the audit trail says was signed when `release` was published; nothing for one that no proposal made."""
    proposal = getattr(release, "proposal", None)
    if proposal is None:
        return Behind()
    signed = AuditEvent.objects.filter(subject=f"proposal:{proposal.pk}", verb="proposal.signed").first()
    if signed is None:
        return Behind()
    reviews = Review.objects.filter(proposal=proposal, pk__in=signed.data.get("reviews", ()))
    overrides = Override.objects.filter(proposal=proposal, pk__in=signed.data.get("overrides", ()))
    return Behind(
        approvals=tuple(reviews.select_related("by").order_by("pk")),
        overrides=tuple(overrides.select_related("by").order_by("pk")),
    )
