"""Taking the levels of a run up into the labelling of a benchmark, as the votes of a model."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.models import Benchmark
from annotation.services.labelling import PERMISSION
from annotation.services.votes import store_votes
from inference.enums import RunState
from inference.models import Run
from inference.selectors.run_votes import levels_for, source_of
from rules.services.audit import record
from rules.services.permissions import require


@dataclass(frozen=True, slots=True)
class Used:
    """How many levels of a run there are for a benchmark, and how many of them are new or differ. `source`: the voter."""

    source: str
    votes: int
    stored: int


@transaction.atomic
def use_as_votes(*, by: User | AnonymousUser, run: Run, benchmark: Benchmark) -> Used:
    """Store what a finished run judged as votes on the pairs that a benchmark holds or waits for.

    A failed judgment is no vote. Done twice it stores nothing; a later run of the same configuration takes the place of
    an earlier one. Raises PermissionDenied, and ValidationError for a run that has not finished or shares no pair.
    """
    require(by, PERMISSION)
    if run.state != RunState.FINISHED:
        raise ValidationError(_("Only a finished run votes."), code="state")
    levels = levels_for(run, benchmark)
    if not levels:
        message = _("Run %(run)s judged no pair of %(benchmark)s.") % {"run": run, "benchmark": benchmark}
        raise ValidationError(message, code="pairs")
    source = source_of(run.config)
    stored = store_votes(by=by, benchmark=benchmark, source=source, levels=levels)
    if stored:
        told = {"benchmark": str(benchmark), "source": source, "votes": stored}
        record(by=by if isinstance(by, User) else None, verb="run.voted", subject=f"run:{run.pk}", data=told)
    return Used(source, len(levels), stored)
