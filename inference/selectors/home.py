"""What the first page shows: what waits for a person, and how the search stands."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count, Max, Q

from annotation.models import Benchmark, BenchmarkPair, Import, Product
from annotation.models.benchmark import FIXED_CASES
from annotation.selectors.labelling import waiting_benchmarks
from inference.enums import RunState
from inference.metrics import Scores
from inference.models import Ablation, Run
from inference.selectors.proposed import waiting_entries
from inference.selectors.runs import standing_runs, summaries
from rules.enums import ProposalState
from rules.models import AuditEvent, Proposal, Release, ReleaseEntry
from rules.selectors.waiting import waiting_for_publishing, waiting_for_review

TREND = 12
WAITING = 8
LATELY = 8
PARTS = ("rule.written", "change.saved", "step.launched", "step.finished", "step.cancelled")
"""Deeds that are part of another one, which tells of them."""
LABELS = ("label.given", "label.changed", "label.aside", "pair.skipped", "pair.flagged")
"""Deeds that come by the hundred; the pages of the labelling tell of them."""


@dataclass(frozen=True, slots=True)
class Point:
    """How one finished run did."""

    run: Run
    scores: Scores


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody is expected to look at. `kind` says which words the page uses."""

    kind: str
    subject: Proposal | Run | Ablation | Import | Benchmark | None
    since: datetime
    count: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of the search. `points` are the newest runs on the benchmark, oldest first."""

    benchmark: Benchmark | None
    labelled: int
    products: int
    rules: int
    points: tuple[Point, ...]

    @property
    def latest(self) -> Point | None:
        """The newest finished run."""
        return self.points[-1] if self.points else None


def standing(release: Release | None) -> Standing:
    """How the search stands on the benchmark that was judged last, or on the first there is."""
    finished = standing_runs().filter(state=RunState.FINISHED, benchmark__isnull=False)
    judged = finished.exclude(benchmark__slug=FIXED_CASES).order_by("-pk").first()
    benchmark = judged.benchmark if judged else Benchmark.objects.order_by("pk").first()
    return Standing(
        benchmark=benchmark,
        labelled=BenchmarkPair.objects.filter(benchmark=benchmark).count() if benchmark else 0,
        products=Product.objects.count(),
        rules=ReleaseEntry.objects.filter(release=release).count() if release else 0,
        points=points_of(benchmark) if benchmark else (),
    )


def points_of(benchmark: Benchmark) -> tuple[Point, ...]:
    """The scores of the newest finished runs on a benchmark, oldest first."""
    runs = standing_runs().filter(benchmark=benchmark, state=RunState.FINISHED).select_related("release")[:TREND]
    return tuple(Point(one.run, one.scores) for one in reversed(summaries(runs)))


def waiting_for(user: User) -> list[Waiting]:
    """What waits for this person: reviews, approved proposals, runs under way, pairs to label, own drafts,
    imports with refused rows, entries that a model proposes.

    Other people wait for the first two, so these come before the rest; within both the newest first.
    """
    runs = Run.objects.filter(state=RunState.RUNNING, ablation=None).select_related("release", "benchmark")
    left = Count("runs", filter=Q(runs__state=RunState.RUNNING))
    ablations = Ablation.objects.annotate(n=left).filter(n__gt=0)
    labelled = waiting_benchmarks(user)
    drafts = Proposal.objects.filter(state=ProposalState.DRAFT, created_by=user).annotate(n=Count("changes"))
    imports = Import.objects.filter(created_by=user).filter(Q(rejected__gt=0) | ~Q(message=""))
    found = [
        *(Waiting("run", run, run.created_at, run.total) for run in runs[:WAITING]),
        *(Waiting("ablation", one, one.created_at, one.n) for one in ablations[:WAITING]),
        *(Waiting("label", one, one.labelling.created_at) for one in labelled.select_related("labelling")[:3]),
        *(Waiting("draft", draft, draft.updated_at, draft.n) for draft in drafts[:WAITING]),
        *(Waiting("import", job, job.created_at, job.rejected) for job in imports[:3]),
        *proposed_entries(user),
    ]
    return [*proposals_waiting(user), *sorted(found, key=lambda one: one.since, reverse=True)][:WAITING]


def proposed_entries(user: User) -> list[Waiting]:
    """Entries that a model proposes, as one thing, for whoever may accept them."""
    if not user.has_perm("inference.correct_knowledge"):
        return []
    found = waiting_entries().order_by().aggregate(n=Count("pk"), since=Max("created_at"))
    return [Waiting("entries", None, found["since"], found["n"])] if found["n"] else []


def proposals_waiting(user: User) -> list[Waiting]:
    """Proposals that others wait for: to be reviewed by this person, or approved and to be published."""
    for_review, approved = waiting_for_review(user), waiting_for_publishing(user)
    found = [
        *(Waiting("review", one, one.updated_at) for one in for_review[:WAITING]),
        *(Waiting("approved", one, one.updated_at) for one in approved[:WAITING]),
    ]
    return sorted(found, key=lambda one: one.since, reverse=True)


def lately() -> list[AuditEvent]:
    """The last things that anybody did; a release stands for the rule versions in it, an ablation for its steps."""
    told = AuditEvent.objects.select_related("actor").exclude(verb__in=(*PARTS, *LABELS))
    told = told.exclude(verb="config.created", actor=None)  # made for the steps of an ablation
    return list(told[:LATELY])
