"""How far the people who label a benchmark agree, with each other and with models; worked out anew when labels came in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Max
from django.utils import timezone

from annotation.agreement import CLASSES, Agreement, Between, agreement_by, agreement_of, between, in_classes, pairwise
from annotation.enums import AssignmentState, LabelKind
from annotation.models import Assignment, Benchmark, Label
from annotation.watching import Answer, Known, Watched, others_of_each, watch

PERSON, MODEL = "person:", "model:"
FIRST, SECOND = "first", "second"
MANY = 5000
"""Labels from which figures are worked out at most once a while, however many come in."""
A_WHILE = timedelta(minutes=2)
KEPT = 24 * 3600
RESAMPLES_OF_PAIRS = 400

Ratings = Mapping[int, Mapping[str, str]]
"""What was said of each pair, by who said it."""


@dataclass(frozen=True, slots=True)
class Said:
    """One label that counts, with what is needed of its pair."""

    pair: int
    rater: str
    level: str
    at: datetime | None
    seconds: float | None
    category: str
    gold: str
    ruled: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The figures of a benchmark. Hidden gold pairs are left out of all but `watched`.

    `cohen` holds the first against the second label of each pair. `people` has everyone with everyone, `models`
    everyone with each model, named by `person:ID` and `model:SOURCE`. `watched` is what each one's answers show.
    """

    newest: int
    labels: int
    at: datetime
    overall: Agreement
    classes: Agreement
    cohen: Between[str]
    categories: Mapping[str, Agreement]
    people: tuple[Between[str], ...]
    models: tuple[Between[str], ...]
    watched: Mapping[str, Watched]


def agreement_figures(benchmark: Benchmark) -> Snapshot:
    """The figures as they are; of many labels as they were a moment ago."""
    newest = Label.objects.filter(benchmark=benchmark).aggregate(newest=Max("pk"))["newest"] or 0
    key = f"agreement:{benchmark.pk}"
    known: Snapshot | None = cache.get(key)
    if known and (known.newest == newest or _is_fresh(known)):
        return known
    found = _worked_out(benchmark, newest)
    cache.set(key, found, KEPT)
    return found


def rater_of(person: int) -> str:
    """How a person is named in figures."""
    return f"{PERSON}{person}"


def person_in(rater: str) -> int | None:
    """The person that a name in figures stands for; None for a model."""
    return int(rater.removeprefix(PERSON)) if rater.startswith(PERSON) else None


def _is_fresh(known: Snapshot) -> bool:
    return known.labels >= MANY and timezone.now() - known.at < A_WHILE


def _worked_out(benchmark: Benchmark, newest: int) -> Snapshot:
    said = _said(benchmark)
    plain = [one for one in said if not one.gold]
    ratings, votes = _by_pair(plain), _votes(benchmark)
    people = sorted({one.rater for one in said}, key=lambda name: int(name.removeprefix(PERSON)))
    sources = sorted({source for given in votes.values() for source in given})
    together = {pair: {**given, **votes.get(pair, {})} for pair, given in ratings.items()}
    return Snapshot(
        newest=newest,
        labels=len(said),
        at=timezone.now(),
        overall=agreement_of(ratings),
        classes=agreement_of(in_classes(ratings), CLASSES),
        cohen=between(_in_order(plain), FIRST, SECOND),
        categories=agreement_by(ratings, {one.pair: one.category for one in plain if one.category}),
        people=pairwise(ratings, people, resamples=RESAMPLES_OF_PAIRS),
        models=pairwise(together, people, sources, resamples=RESAMPLES_OF_PAIRS),
        watched=_watched(said, votes),
    )


def _said(benchmark: Benchmark) -> list[Said]:
    rows = Assignment.objects.filter(queued__benchmark=benchmark, state=AssignmentState.DONE, label__isnull=False)
    told = rows.order_by("answered_at", "pk").values_list(
        "queued__pair_id", "person_id", "label__level", "answered_at", "seconds", "queued__category", "queued__gold"
    )
    ruled = dict(
        Label.objects.filter(benchmark=benchmark, kind=LabelKind.RULING).order_by("pk").values_list("pair_id", "level")
    )
    return [
        Said(pair, rater_of(person), level, at, seconds, category, gold, ruled.get(pair, ""))
        for pair, person, level, at, seconds, category, gold in told.iterator(chunk_size=5000)
    ]


def _votes(benchmark: Benchmark) -> dict[int, dict[str, str]]:
    """The newest vote of each model, by pair."""
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    rows = Label.objects.filter(benchmark=benchmark, kind=LabelKind.MODEL).order_by("pk")
    for pair, source, level in rows.values_list("pair_id", "source", "level").iterator(chunk_size=5000):
        found[pair][f"{MODEL}{source}"] = level
    return dict(found)


def _by_pair(said: Iterable[Said]) -> dict[int, dict[str, str]]:
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for one in said:
        found[one.pair][one.rater] = one.level
    return dict(found)


def _in_order(said: Iterable[Said]) -> dict[int, dict[str, str]]:
    """The first and the second label of each pair, whoever gave them."""
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for one in said:
        given = found[one.pair]
        if len(given) < 2:
            given[SECOND if given else FIRST] = one.level
    return dict(found)


def _watched(said: list[Said], votes: Ratings) -> dict[str, Watched]:
    labels = _by_pair(said)
    known = {
        one.pair: Known(one.gold or None, one.ruled or None, tuple(votes.get(one.pair, {}).values()), labels[one.pair])
        for one in said
    }
    answers: defaultdict[str, list[Answer]] = defaultdict(list)
    for one in said:
        answers[one.rater].append(Answer(one.pair, one.level, one.at.timestamp() if one.at else 0.0, one.seconds))
    usual = others_of_each(known.values())
    return {rater: watch(given, known, rater, others=usual[rater]) for rater, given in answers.items()}
