"""How each person who labels a benchmark is getting on: progress, pace, agreement with others, and gold."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import median

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from annotation.agreement import Between
from annotation.enums import AssignmentState
from annotation.models import Annotator, Assignment, Benchmark
from annotation.selectors.agreement import Recent, Snapshot, Watching, agreement_figures, rater_of, watching
from annotation.selectors.gold import GoldAnswer, gold_answers_of, in_steps
from annotation.shares import Interval, wilson
from annotation.watching import Watched

LEADS = "annotation.manage_labelling"
BACKEND = "django.contrib.auth.backends.ModelBackend"
BREAK = 300.0
"""Seconds without an answer that are no work."""
LATELY = 50
NOTHING = Recent((), ())
HASTY_SECONDS, HASTY_ANSWERS = 1.0, 10
"""A median below which nobody read the pairs, and the answers it takes to say so."""


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

    `is_hasty`: answers come quicker than anyone reads. `gold_lately` and `gold_before` split the gold answers at the last ones, so that a fall shows.
    """

    annotator: Annotator
    today: int
    skipped: int
    flagged: int
    last_at: datetime | None
    an_hour: float | None
    seconds: float | None
    is_hasty: bool
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
    """Whether each first answer of a person on gold was right, in their order, since they began or were let go on."""
    answers = gold_answers_of(annotator.benchmark_id, annotator.person_id)
    return [one.is_right for one in answers if one.at >= annotator.since]


def people_of(benchmark: Benchmark, *, only: User | None = None) -> list[PersonStanding]:
    """Everyone who was given a pair of a benchmark, the busiest first; or one person.

    Costs the same queries for two and for twenty.
    """
    given = Assignment.objects.filter(queued__benchmark=benchmark, person=OuterRef("person"))
    rows = Annotator.objects.filter(Exists(given), benchmark=benchmark)
    rows = rows.select_related("person").order_by("-labels", "pk")
    annotators = list(rows.filter(person=only) if only else rows)
    snapshot, shown = agreement_figures(benchmark), watching(benchmark)
    counts = _counts(benchmark, [one.person_id for one in annotators])
    return [_standing(one, counts.get(one.person_id, {}), snapshot, shown) for one in annotators]


def as_they_see_it(standing: PersonStanding) -> PersonStanding:
    """What a person sees of themself: figures on gold that move in steps."""
    one = standing.annotator
    right = [answer.is_right for answer in in_steps(gold_answers_of(one.benchmark_id, one.person_id))]
    before, lately = right[:-LATELY], right[-LATELY:]
    return replace(
        standing,
        gold=Share(sum(right), len(right)),
        gold_lately=Share(sum(lately), len(lately)),
        gold_before=Share(sum(before), len(before)),
    )


def days_of(benchmark: Benchmark, person: User, *, days: int, by_steps: bool = False) -> list[Day]:
    """What a person did on each of the last days, today last. `by_steps`: as they see it themself."""
    today = timezone.localdate()
    begin = timezone.make_aware(datetime.combine(today - timedelta(days=days - 1), time.min))
    done = Assignment.objects.filter(queued__benchmark=benchmark, person=person, label__isnull=False)
    rows = done.filter(answered_at__gte=begin).order_by().annotate(day=TruncDate("answered_at")).values("day")
    labels = {row["day"]: row["labels"] for row in rows.annotate(labels=Count("pk"))}
    answers = gold_answers_of(benchmark.pk, person.pk)
    seen, right = _gold_by_day(in_steps(answers) if by_steps else answers)
    every = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    return [Day(day, labels.get(day, 0), seen[day], right[day]) for day in every]


def agreement_of_person(person: int, found: Sequence[Between[str]]) -> Share:
    """How often somebody says the same as another person does, over all that both labelled."""
    mine = [one for one in found if rater_of(person) in (one.one, one.other)]
    same = sum(round((one.percent.value or 0.0) * one.items) for one in mine)
    return Share(same, sum(one.items for one in mine))


def _standing(one: Annotator, counts: dict[str, int], snapshot: Snapshot, shown: Watching) -> PersonStanding:
    recent = shown.recent.get(rater_of(one.person_id), NOTHING)
    seconds = [took for _at, took in recent.answers if took]
    times = [at for at, _took in recent.answers]
    lately, before = recent.gold[:LATELY], recent.gold[LATELY:]
    return PersonStanding(
        annotator=one,
        today=counts.get("today", 0),
        skipped=counts.get("skips", 0),
        flagged=counts.get("flags", 0),
        last_at=times[0] if times else None,
        an_hour=_an_hour(times),
        seconds=median(seconds) if seconds else None,
        is_hasty=len(seconds) >= HASTY_ANSWERS and median(seconds) < HASTY_SECONDS,
        agreement=agreement_of_person(one.person_id, snapshot.people),
        gold=Share(one.gold_right, one.gold_seen),
        gold_lately=Share(sum(lately), len(lately)),
        gold_before=Share(sum(before), len(before)),
        watched=shown.watched.get(rater_of(one.person_id)),
    )


def _an_hour(times: list[datetime]) -> float | None:
    """Labels an hour of work, told by when the last ones were given: breaks are left out."""
    gaps = [(later - one).total_seconds() for later, one in pairwise(times)]
    work = [gap for gap in gaps if gap <= BREAK]
    return 3600 * len(work) / sum(work) if sum(work) > 0 else None


def _counts(benchmark: Benchmark, people: list[int]) -> dict[int, dict[str, int]]:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Assignment.objects.filter(queued__benchmark=benchmark, person__in=people).order_by().values("person_id")
    counted = rows.annotate(
        today=Count("pk", filter=Q(label__isnull=False, answered_at__gte=midnight)),
        skips=Count("pk", filter=Q(state=AssignmentState.SKIPPED)),
        flags=Count("pk", filter=Q(flagged_at__isnull=False)),
    )
    return {row["person_id"]: {name: row[name] for name in ("today", "skips", "flags")} for row in counted}


def _gold_by_day(answers: Iterable[GoldAnswer]) -> tuple[Counter[date], Counter[date]]:
    """How many gold pairs were answered each day, and how many of them rightly."""
    seen, right = Counter[date](), Counter[date]()
    for one in answers:
        day = timezone.localdate(one.answered_at or one.at)
        seen[day] += 1
        right[day] += one.is_right
    return seen, right
