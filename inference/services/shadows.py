"""Switching shadows on and off, and judging incoming pairs under a proposal beside the release in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inference.comparison import causes
from inference.enums import IncomingFrom, ShadowOutcome
from inference.models import Shadow, ShadowItem, ShadowJudgment
from inference.pipeline.case import Case, case_to_json
from inference.pipeline.chain import Chain
from inference.pipeline.key import digest_of
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.selectors.cases import cases_of
from inference.selectors.chains import chain_in_force
from inference.selectors.shadows import (
    Beside,
    Casting,
    castings,
    counted,
    known_cases,
    may_shadow,
    shadows_on,
    waiting_items,
)
from inference.selectors.understood import fault_of
from rules.enums import OPEN
from rules.models import Proposal
from rules.services.audit import record

BATCH = 100
"""Pairs that one task judges at most."""
LONGEST = timedelta(days=90)
MOST_PAIRS = 100_000


@dataclass(frozen=True, slots=True)
class Incoming:
    """A pair that came in, understood once for all shadows, or why it can't be judged."""

    case: Case
    digest: str
    understood: Understanding | Failure


@transaction.atomic
def start_shadow(*, by: User, proposal: Proposal, until: datetime, most: int) -> Shadow:
    """Have every pair that comes in judged under a proposal too, until a moment, and at most so many.

    Raises PermissionDenied for who is neither an author nor a reviewer, ValidationError for a proposal that is closed
    or shadows already, and for a moment or a number out of bounds.
    """
    locked = _locked(by, proposal)
    if locked.state not in OPEN:
        raise ValidationError(_("This proposal is closed."), code="not_open")
    now = timezone.now()
    if not now < until <= now + LONGEST:
        raise ValidationError(
            _("Choose a moment within the next %(days)s days.") % {"days": LONGEST.days}, code="until"
        )
    if not 1 <= most <= MOST_PAIRS:
        raise ValidationError(_("Choose 1 to %(most)s pairs.") % {"most": MOST_PAIRS}, code="most")
    Shadow.objects.filter(proposal=locked, ended_at=None, until__lte=now).update(ended_at=now)
    if Shadow.objects.filter(proposal=locked, ended_at=None).exists():
        raise ValidationError(_("This proposal judges incoming pairs already."), code="shadowing")
    shadow = Shadow.objects.create(proposal=locked, until=until, most=most, started_by=by)
    record(by=by, verb="shadow.started", subject=f"proposal:{locked.pk}", data={"until": until, "most": most})
    return shadow


@transaction.atomic
def stop_shadow(*, by: User, proposal: Proposal) -> None:
    """Stop judging incoming pairs under a proposal; what was counted stays. Raises as above."""
    locked = _locked(by, proposal)
    if not Shadow.objects.filter(proposal=locked, ended_at=None).update(ended_at=timezone.now()):
        raise ValidationError(_("Somebody stopped this already."), code="changed")
    record(by=by, verb="shadow.stopped", subject=f"proposal:{locked.pk}", data={})


def note_pairs(*, pair_ids: Iterable[int]) -> bool:
    """Note pairs that came in, if any shadow is there to judge them; whether it is."""
    if not shadows_on().exists():
        return False
    ShadowItem.objects.bulk_create([ShadowItem(pair_id=pair) for pair in pair_ids], ignore_conflicts=True)
    return True


def judge_waiting() -> bool:
    """Judge a batch of the pairs that were noted, and say whether there are more. Done twice, each counts once."""
    items = waiting_items(BATCH)
    cases = cases_of(item.pair_id for item in items)
    judge_incoming(cases=tuple(cases.values()), source=IncomingFrom.IMPORT)
    ShadowItem.objects.filter(pk__in=[item.pk for item in items]).delete()
    return len(items) == BATCH


def judge_incoming(*, cases: Sequence[Case], source: IncomingFrom) -> int:
    """Judge pairs under every shadow, and say how many judgments were kept. What any shadow knows it leaves out."""
    casts = castings() if cases else []
    if not casts:
        return 0
    chain = chain_in_force()
    arrived = {digest: case for case in cases if (digest := digest_of(case_to_json(case)))}
    return sum(_judge_for(cast, arrived, chain, source) for cast in casts)


def _judge_for(cast: Casting, arrived: Mapping[str, Case], chain: Chain, source: IncomingFrom) -> int:
    shadow = cast.shadow
    known = known_cases(shadow.proposal_id, cast.content, tuple(arrived))
    room = shadow.most - counted(shadow.proposal_id, cast.content)
    new = [(digest, case) for digest, case in arrived.items() if digest not in known][: max(room, 0)]
    rows = [_row(cast, _read(chain, digest, case), chain, source) for digest, case in new]
    return _store(cast, rows)


def _store(cast: Casting, rows: Sequence[ShadowJudgment]) -> int:
    """Keep judgments as far as there is room; two who judge at once take turns."""
    with transaction.atomic():
        shadow = Shadow.objects.select_for_update().get(pk=cast.shadow.pk)
        known = known_cases(shadow.proposal_id, cast.content, [row.case for row in rows])
        room = shadow.most - counted(shadow.proposal_id, cast.content)
        kept = [row for row in rows if row.case not in known][: max(room, 0)]
        if shadow.ended_at is None:
            ShadowJudgment.objects.bulk_create(kept)
            return len(kept)
    return 0


def _read(chain: Chain, digest: str, case: Case) -> Incoming:
    """A fault of the pipeline fails this pair and no other."""
    try:
        return Incoming(case, digest, chain.understand(case))
    except Exception as error:
        return Incoming(case, digest, fault_of(error, "an incoming pair could not be understood"))


def _row(cast: Casting, one: Incoming, chain: Chain, source: IncomingFrom) -> ShadowJudgment:
    row = ShadowJudgment(
        shadow=cast.shadow,
        proposal=cast.shadow.proposal,
        content=cast.content,
        case=one.digest,
        source=source,
        outcome=ShadowOutcome.FAILED if isinstance(one.understood, Failure) else ShadowOutcome.SAME,
    )
    if not isinstance(one.understood, Failure):
        _compare(row, cast.beside, one.case, one.understood, chain)
    return row


def _compare(row: ShadowJudgment, beside: Beside, case: Case, understood: Understanding, chain: Chain) -> None:
    """Write down levels, texts and the rules behind where the levels differ."""
    before, after = (chain.judge_understood(understood, index) for index in (beside.before, beside.after))
    if before.level is after.level:
        return
    row.outcome = ShadowOutcome.DIFFERENT
    row.before, row.after = before.level.value, after.level.value
    row.query, row.title = case.query, case.title
    row.rules = [cause.number for cause in causes(before.to_json(), after.to_json()) if cause.number]


def _locked(by: User, proposal: Proposal) -> Proposal:
    """The proposal, held until the transaction ends, for somebody who may switch its shadow."""
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if not may_shadow(by, locked):
        raise PermissionDenied(_("Only authors and reviewers of a proposal may switch its shadow."))
    return locked
