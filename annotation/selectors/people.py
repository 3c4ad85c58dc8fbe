"""How each person who labels a benchmark is getting on: progress, pace, agreement with others, and gold."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import median

from django.contrib.auth.models import User
from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate
from django.utils import timezone

from annotation.agreement import Between
from annotation.enums import AssignmentState
from annotation.models import Annotator, Assignment, Benchmark
from annotation.selectors.agreement import Snapshot, agreement_figures, rater_of
from annotation.shares import Interval, wilson
from annotation.watching import Watched

LEADS = "annotation.manage_labelling"
BACKEND = "django.contrib.auth.backends.ModelBackend"
LOOKED_AT = 300
"""The newest answers of a person from which pace and trend are told."""
BREAK = 300.0
"""Seconds without an answer that are no work."""
LATELY = 50


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with Wilson's interval."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> Interval:
        """The 95% interval."""
        return wilson(self.part, self.whole)


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """How somebody is getting on. `an_hour` are labels an hour of work; `watched` is None before the first label.

    `gold_lately` and `gold_before` split the gold answers at the last ones, so that a fall shows.
    """

    annotator: Annotator
    today: int
    skipped: int
    flagged: int
    last_at: datetime | None
    an_hour: float | None
    seconds: float | None
    agreement: Share
    gold: Share
    gold_lately: Share
    gold_before: Share
    watched: Watched | None

    @property
    def trend(self) -> float | None:
        """How much better, or worse, the last gold answers are than those before; None where there are too few."""
        lately, before = self.gold_lately.value, self.gold_before.value
        return None if lately is None or before is None else lately - before

    @property
    def falls(self) -> bool:
        """Whether the last gold answers are surely worse: the intervals do not meet."""
        return bool(self.gold_lately.whole) and self.gold_lately.interval.high < self.gold_before.interval.low


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer of a person."""

    at: datetime
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Day:
    """What a person did on a day."""

    day: date
    labels: int
    gold_seen: int
    gold_right: int


def leads() -> set[int]:
    """Those who say who labels."""
    return set(User.objects.with_perm(LEADS, backend=BACKEND).values_list("pk", flat=True))


def gold_answers(annotator: Annotator) -> list[bool]:
    """Whether each gold answer of a person was right, in their order, since they began or were let go on."""
    rows = _gold(annotator.benchmark_id).filter(person=annotator.person_id, answered_at__gte=annotator.since)
    told = rows.order_by("answered_at", "pk").values_list("label__level", "queued__gold")
    return [level == gold for level, gold in told]


def people_of(benchmark: Benchmark, *, only: User | None = None) -> list[PersonStanding]:
    """Everyone who labels a benchmark, the busiest first; or one person. Costs the same queries for two and for twenty."""
    rows = Annotator.objects.filter(benchmark=benchmark).select_related("person").order_by("-labels", "pk")
    annotators = list(rows.filter(person=only) if only else rows)
    snapshot = agreement_figures(benchmark)
    ids = [one.person_id for one in annotators]
    counts, answers, gold = _counts(benchmark, ids), _newest_answers(benchmark, ids), _newest_gold(benchmark, ids)
    return [
        _standing(one, counts.get(one.person_id, {}), answers[one.person_id], gold[one.person_id], snapshot)
        for one in annotators
    ]


def days_of(benchmark: Benchmark, person: User, *, days: int) -> list[Day]:
    """What a person did on each of the last days, today last."""
    today = timezone.localdate()
    begin = timezone.make_aware(datetime.combine(today - timedelta(days=days - 1), time.min))
    done = Assignment.objects.filter(queued__benchmark=benchmark, person=person, state=AssignmentState.DONE)
    rows = done.filter(answered_at__gte=begin).order_by().annotate(day=TruncDate("answered_at")).values("day")
    is_gold = ~Q(queued__gold="")
    counted = rows.annotate(
        labels=Count("pk"),
        seen=Count("pk", filter=is_gold),
        right=Count("pk", filter=is_gold & Q(label__level=F("queued__gold"))),
    )
    found = {row["day"]: Day(row["day"], row["labels"], row["seen"], row["right"]) for row in counted}
    every = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    return [found.get(day, Day(day, 0, 0, 0)) for day in every]


def agreement_of_person(person: int, found: Sequence[Between[str]]) -> Share:
    """How often somebody says the same as another person does, over all that both labelled."""
    mine = [one for one in found if rater_of(person) in (one.one, one.other)]
    same = sum(round((one.percent.value or 0.0) * one.items) for one in mine)
    return Share(same, sum(one.items for one in mine))


def _standing(
    one: Annotator, counts: dict[str, int], answers: list[Answered], gold: list[bool], snapshot: Snapshot
) -> PersonStanding:
    seconds = [answer.seconds for answer in answers if answer.seconds]
    lately, before = gold[:LATELY], gold[LATELY:]
    return PersonStanding(
        annotator=one,
        today=counts.get("today", 0),
        skipped=counts.get("skips", 0),
        flagged=counts.get("flags", 0),
        last_at=answers[0].at if answers else None,
        an_hour=_an_hour(answers),
        seconds=median(seconds) if seconds else None,
        agreement=agreement_of_person(one.person_id, snapshot.people),
        gold=Share(one.gold_right, one.gold_seen),
        gold_lately=Share(sum(lately), len(lately)),
        gold_before=Share(sum(before), len(before)),
        watched=snapshot.watched.get(rater_of(one.person_id)),
    )


def _an_hour(answers: list[Answered]) -> float | None:
    """Labels an hour of work: breaks are left out."""
    gaps = [(later.at - one.at).total_seconds() for later, one in pairwise(answers)]
    work = [gap for gap in gaps if gap <= BREAK]
    return 3600 * len(work) / sum(work) if sum(work) > 0 else None


def _counts(benchmark: Benchmark, people: list[int]) -> dict[int, dict[str, int]]:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Assignment.objects.filter(queued__benchmark=benchmark, person__in=people).order_by().values("person_id")
    counted = rows.annotate(
        today=Count("pk", filter=Q(state=AssignmentState.DONE, answered_at__gte=midnight)),
        skips=Count("pk", filter=Q(state=AssignmentState.SKIPPED)),
        flags=Count("pk", filter=Q(flagged_at__isnull=False)),
    )
    return {row["person_id"]: {name: row[name] for name in ("today", "skips", "flags")} for row in counted}


def _newest_answers(benchmark: Benchmark, people: list[int]) -> defaultdict[int, list[Answered]]:
    """The last answers of each person, the newest first."""
    done = Assignment.objects.filter(
        queued__benchmark=benchmark, person__in=people, state=AssignmentState.DONE, answered_at__isnull=False
    )
    found: defaultdict[int, list[Answered]] = defaultdict(list)
    told = _newest(done).values_list("person_id", "answered_at", "seconds")
    for person, at, seconds in told:
        if at:
            found[person].append(Answered(at, seconds))
    return found


def _newest_gold(benchmark: Benchmark, people: list[int]) -> defaultdict[int, list[bool]]:
    """Whether the last gold answers of each person were right, the newest first."""
    found: defaultdict[int, list[bool]] = defaultdict(list)
    told = _newest(_gold(benchmark.pk).filter(person__in=people))
    for person, level, gold in told.values_list("person_id", "label__level", "queued__gold"):
        found[person].append(level == gold)
    return found


def _newest(found: QuerySet[Assignment]) -> QuerySet[Assignment]:
    place = Window(RowNumber(), partition_by=F("person_id"), order_by=[F("answered_at").desc(), F("pk").desc()])
    return found.annotate(nth=place).filter(nth__lte=LOOKED_AT).order_by("person_id", "nth")


def _gold(benchmark_id: int) -> QuerySet[Assignment]:
    done = Assignment.objects.filter(queued__benchmark=benchmark_id, state=AssignmentState.DONE, label__isnull=False)
    return done.exclude(queued__gold="")
