"""What was said of a proposal and what became of it: reviews, checks, overrides and moves in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rules.engine.approval import BACK, PARTS
from rules.enums import OPEN
from rules.models import Override, Proposal, ProposalMove, Review
from rules.problems import found_text, void_reason
from rules.selectors.reviews import Standing, StandingCheck, name_of

DEMANDS_SHOWN = 5
VOID = "void: "
VOIDED = PARTS | {
    "change": gettext_noop("a rule was changed"),
    "added": gettext_noop("a rule was taken in"),
    "removed": gettext_noop("a rule was taken out"),
    "check": gettext_noop("a check was run again on something else"),
}


@dataclass(frozen=True, slots=True)
class ShownReview:
    """What somebody said. `void` says why an approval counts no more; `about` names a rule."""

    review: Review
    void: str
    about: str


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """A check on a line. `details` is a page to read on."""

    standing: StandingCheck
    summary: str
    details: str
    can_override: bool


@dataclass(frozen=True, slots=True)
class ShownDemands:
    """Why a proposal takes more than one approval: some of the changes it is for, and how many more there are."""

    named: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ShownMove:
    """One change of state, with its reason in words."""

    move: ProposalMove
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class ShownOverride:
    """A check that somebody let pass. `check` is its name."""

    override: Override
    check: str


def shown_reviews(standing: Standing, names: dict[str, str]) -> list[ShownReview]:
    """Every review in order; `names` says how the page calls the rules."""
    return [
        ShownReview(
            review=one.review,
            void=_("the reviewer wrote in it") if one.own else void_reason(one.differences, names),
            about=names.get(one.review.about, one.review.about),
        )
        for one in standing.reviews
    ]


def shown_checks(standing: Standing, user: User) -> list[ShownCheck]:
    """Every check in the order of their names' list."""
    is_open = standing.summary.proposal.state in OPEN
    may = is_open and user.has_perm("rules.override_check")
    return [ShownCheck(one, summary_of(one), details_of(one), may and not one.holds) for one in standing.checks]


def shown_demands(standing: Standing, names: dict[str, str]) -> ShownDemands:
    """What takes as many approvals as the proposal does; `names` says how the page calls the rules."""
    reasons: dict[str, list[str]] = {}
    for one in standing.demands:
        why = _(one.effect.label) if one.effect else _("a matter of safety")
        reasons.setdefault(names[name_of(one.change)], []).append(why)
    named = tuple(
        _("%(rule)s (%(why)s)") % {"rule": rule, "why": _(", ").join(dict.fromkeys(whys))}
        for rule, whys in islice(reasons.items(), DEMANDS_SHOWN)
    )
    return ShownDemands(named, len(reasons) - len(named))


def summary_of(check: StandingCheck) -> str:
    """What a check found, in the language of the page."""
    if check.check is None or not check.check.summary:
        return ""
    return found_text(check.check.summary, check.check.params)


def details_of(check: StandingCheck) -> str:
    """The page to read on, where it is one of ours."""
    details = check.check.details if check.check else ""
    return details if details.startswith("/") and not details.startswith("//") else ""


def shown_moves(proposal: Proposal) -> list[ShownMove]:
    """Every change of state so far."""
    return [
        ShownMove(one, one.get_before_display(), one.get_after_display(), move_reason(one.reason))
        for one in proposal.moves.select_related("by")
    ]


def move_reason(reason: str) -> str:
    """Why a state was left; what made approvals void is kept as names of parts."""
    if not reason.startswith(VOID):
        return _(BACK[reason]) if reason in BACK else reason
    parts = reason.removeprefix(VOID).split(", ")
    return _("approvals are void: %(why)s") % {"why": _("; ").join(_(VOIDED.get(part, part)) for part in parts)}


def past_overrides(overrides: Iterable[Override], standing: Standing) -> list[ShownOverride]:
    """What was overridden for another content than there is now, in order; what holds stands with its check."""
    return [ShownOverride(one, one.get_name_display()) for one in overrides if one.content != standing.content]
