"""How far the people who label a benchmark agree, with each other and with models; worked out anew when labels came in."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Max
from django.utils import timezone

from annotation.agreement import CLASSES, Agreement, Between, agreement_by, agreement_of, between, in_classes, pairwise
from annotation.enums import LabelKind
from annotation.models import Assignment, Benchmark, Label
from annotation.selectors.gold import first_levels
from annotation.watching import Answer, Known, Watched, others_of_each, watch

PERSON, MODEL = "person:", "model:"
FIRST, SECOND = "first", "second"
MANY = 5000
"""Labels from which figures are worked out at most once a while, however many come in."""
A_WHILE = 120.0
"""Seconds, at least, between two times of working out; more where one takes long."""
SHARE_OF_TIME = 0.05
LOOKED_AT = 300
"""The newest answers of a person from which pace and trend are told."""
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
    """The figures of a benchmark as they were `at` a moment, which took so many seconds. Hidden gold is left out.

    `cohen` holds the first against the second label of each pair. `people` has everyone with everyone, `models`
    everyone with each model, named by `person:ID` and `model:SOURCE`.
    """

    newest: int
    labels: int
    at: datetime
    took: float
    overall: Agreement
    classes: Agreement
    cohen: Between[str]
    categories: Mapping[str, Agreement]
    people: tuple[Between[str], ...]
    models: tuple[Between[str], ...]


@dataclass(frozen=True, slots=True)
class Recent:
    """The last answers of a person, the newest first: when and how long, and whether those on gold were right."""

    answers: tuple[tuple[datetime, float | None], ...]
    gold: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Watching:
    """What the answers of each person show, and the last of them, by `person:ID`."""

    newest: int
    labels: int
    at: datetime
    took: float
    watched: Mapping[str, Watched]
    recent: Mapping[str, Recent]


Found = TypeVar("Found", Snapshot, Watching)


def agreement_figures(benchmark: Benchmark) -> Snapshot:
    """The figures as they are; of many labels as they were a moment ago."""
    return _remembered("agreement", benchmark, _figures)


def watching(benchmark: Benchmark) -> Watching:
    """What everyone's answers show; of many labels as they were a moment ago."""
    return _remembered("watching", benchmark, _watching)


def rater_of(person: int) -> str:
    """How a person is named in figures."""
    return f"{PERSON}{person}"


def person_in(rater: str) -> int | None:
    """The person that a name in figures stands for; None for a model."""
    return int(rater.removeprefix(PERSON)) if rater.startswith(PERSON) else None


def _remembered(name: str, benchmark: Benchmark, work: Callable[[Benchmark, int], Found]) -> Found:
    """What was worked out of the labels before, unless others came in since; of many labels not all the time."""
    newest = Label.objects.filter(benchmark=benchmark).aggregate(newest=Max("pk"))["newest"] or 0
    key = f"{name}:{benchmark.pk}"
    known: Found | None = cache.get(key)
    if known and (known.newest == newest or _is_fresh(known)):
        return known
    found = work(benchmark, newest)
    cache.set(key, found, KEPT)
    return found


def _is_fresh(known: Snapshot | Watching) -> bool:
    age = (timezone.now() - known.at).total_seconds()
    return known.labels >= MANY and age < max(A_WHILE, known.took / SHARE_OF_TIME)


def _figures(benchmark: Benchmark, newest: int) -> Snapshot:
    begin = perf_counter()
    said = [one for one in _said(benchmark) if not one.gold]
    ratings, votes = _by_pair(said), _votes(benchmark)
    people = sorted({one.rater for one in said}, key=lambda name: int(name.removeprefix(PERSON)))
    sources = sorted({source for given in votes.values() for source in given})
    together = {pair: {**given, **votes.get(pair, {})} for pair, given in ratings.items()}
    return Snapshot(
        newest=newest,
        labels=len(said),
        at=timezone.now(),
        overall=agreement_of(ratings),
        classes=agreement_of(in_classes(ratings), CLASSES),
        cohen=between(_in_order(said), FIRST, SECOND),
        categories=agreement_by(ratings, {one.pair: one.category for one in said if one.category}),
        people=pairwise(ratings, people, resamples=RESAMPLES_OF_PAIRS),
        models=pairwise(together, people, sources, resamples=RESAMPLES_OF_PAIRS),
        took=perf_counter() - begin,
    )


def _watching(benchmark: Benchmark, newest: int) -> Watching:
    begin = perf_counter()
    said = _said(benchmark)
    answers: defaultdict[str, list[Said]] = defaultdict(list)
    for one in said:
        answers[one.rater].append(one)
    return Watching(
        newest=newest,
        labels=len(said),
        at=timezone.now(),
        watched=_watched(said, answers, _votes(benchmark)),
        recent={rater: _recent(given) for rater, given in answers.items()},
        took=perf_counter() - begin,
    )


def _recent(said: list[Said]) -> Recent:
    last = [(one.at, one.seconds) for one in reversed(said[-LOOKED_AT:]) if one.at]
    gold = [one.level == one.gold for one in said if one.gold]
    return Recent(tuple(last), tuple(reversed(gold[-LOOKED_AT:])))


def _said(benchmark: Benchmark) -> list[Said]:
    """Every label that counts; on gold what was said first."""
    rows = Assignment.objects.filter(queued__benchmark=benchmark, label__isnull=False)
    told = rows.order_by("answered_at", "pk").values_list(
        "queued__pair_id", "person_id", "label__level", "answered_at", "seconds", "queued__category", "queued__gold"
    )
    ruled = dict(
        Label.objects.filter(benchmark=benchmark, kind=LabelKind.RULING).order_by("pk").values_list("pair_id", "level")
    )
    said = list(told.iterator(chunk_size=5000))
    first = first_levels(benchmark.pk) if any(gold for *_rest, gold in said) else {}
    return [
        Said(
            pair,
            rater_of(person),
            first.get((pair, person), level) if gold else level,
            at,
            seconds,
            category,
            gold,
            ruled.get(pair, ""),
        )
        for pair, person, level, at, seconds, category, gold in said
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


def _watched(said: list[Said], answers: Mapping[str, list[Said]], votes: Ratings) -> dict[str, Watched]:
    labels = _by_pair(said)
    known = {
        one.pair: Known(one.gold or None, one.ruled or None, tuple(votes.get(one.pair, {}).values()), labels[one.pair])
        for one in said
    }
    usual = others_of_each(known.values())
    return {
        rater: watch([_answer(one) for one in given], known, rater, others=usual[rater])
        for rater, given in answers.items()
    }


def _answer(said: Said) -> Answer:
    return Answer(said.pair, said.level, said.at.timestamp() if said.at else 0.0, said.seconds)
