"""People label while others lead, rule and import: nobody waits for ever, no write breaks, the audit trail stays whole."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from random import Random
from threading import Thread
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import F

from annotation.enums import QueuedState, RulingReason
from annotation.models import Annotator, Assignment, Benchmark, BenchmarkPair, QueuedPair, Ruling
from annotation.services.assigning import go_back, take_next
from annotation.services.guidelines import write_guideline
from annotation.services.labelling import change_labelling
from annotation.services.labels import flag, submit_label
from annotation.services.must_hold import set_must_hold
from annotation.services.queueing import queue_pairs, withdraw_pairs
from annotation.services.rulings import rule, take_back
from annotation.services.votes import store_votes
from annotation.services.watching import pause, resume
from rules import selectors
from tests.annotation.labelling import make_labelling
from tests.factories import make_pair

pytestmark = pytest.mark.slow

SECONDS, PEOPLE, PAIRS = 12, 4, 400
LEVELS = ("highly", "weakly", "irrelevant")


def label(benchmark: Benchmark, person: User, dice: Random) -> None:
    """Answer a pair, the last one again, or flag it."""
    offer = go_back(by=person, benchmark=benchmark) if dice.random() < 0.2 else None
    offer = offer or take_next(by=person, benchmark=benchmark)
    if offer is None:
        return
    pk = offer.assignment.pk
    if dice.random() < 0.2:
        flag(by=person, assignment_id=pk, note="odd")
    submit_label(by=person, assignment_id=pk, level=dice.choice(LEVELS), submission=uuid4())


def lead(benchmark: Benchmark, by: User, dice: Random) -> None:
    """Do one of the things that touch many pairs, or somebody's row."""
    pairs = list(QueuedPair.objects.filter(benchmark=benchmark, gold="").values_list("pair", flat=True))
    some = dice.sample(pairs, 30)
    waiting = QueuedPair.objects.filter(benchmark=benchmark, state=QueuedState.OPEN, done=0)
    follows, number = dice.random() < 0.5, dice.randrange(10**6)
    newest = benchmark.guidelines.order_by("-number").values_list("number", flat=True).first() or 0
    annotator = Annotator.objects.filter(benchmark=benchmark).first()
    did: list[Callable[[], object]] = [
        lambda: withdraw_pairs(by=by, benchmark=benchmark, queued=list(waiting.values_list("pk", flat=True)[:3])),
        lambda: change_labelling(by=by, labelling=benchmark.labelling, overlap=dice.choice((2, 3))),
        lambda: change_labelling(by=by, labelling=benchmark.labelling, follows_votes=follows),
        lambda: store_votes(
            by=by, benchmark=benchmark, source=f"m{number % 3}@1", levels=dict.fromkeys(some, dice.choice(LEVELS))
        ),
        lambda: queue_pairs(
            by=by, benchmark=benchmark, pairs=[make_pair(f"further {number} {at}").pk for at in (1, 2)]
        ),
        lambda: write_guideline(by=by, benchmark=benchmark, text=f"{number}", sentences={}, seen=newest),
        lambda: (
            annotator and (pause if annotator.state == "active" else resume)(by=by, annotator=annotator, reason="x")
        ),
    ]
    dice.choice(did)()


def rule_on(benchmark: Benchmark, by: User, dice: Random) -> None:
    """Rule on a conflict, take a ruling back, or say that a pair must hold."""
    conflict = QueuedPair.objects.filter(benchmark=benchmark, state=QueuedState.CONFLICT).order_by("?").first()
    if conflict:
        seen = Ruling.objects.filter(queued=conflict).count()
        given = {"level": dice.choice(LEVELS), "reason": RulingReason.values[0], "submission": uuid4()}
        ruling = rule(by=by, queued=conflict, seen=seen, note="so", **given)
        if dice.random() < 0.5:
            take_back(by=by, ruling=ruling, submission=uuid4())
    member = BenchmarkPair.objects.filter(benchmark=benchmark).order_by("?").first()
    if member:
        set_must_hold(by=by, member=member, value=dice.random() < 0.1)


def race() -> None:
    """Let everybody work at once, and print what came of it. Called in a process of its own."""
    benchmark = make_labelling(PAIRS, overlap=2, gold={5: "highly"}, gold_share=0.05).benchmark
    people = [User.objects.create_superuser(f"annotator{number}") for number in range(PEOPLE)]
    work = [(label, person) for person in people]
    work += [(lead, User.objects.create_superuser(f"lead{number}")) for number in range(2)]
    work += [(rule_on, User.objects.create_superuser("expert"))]
    broke, done, until = [], [0] * len(work), monotonic() + SECONDS

    def go_on(place: int) -> None:
        (do, person), dice = work[place], Random(place)
        try:
            while monotonic() < until:
                try:
                    do(Benchmark.objects.get(pk=benchmark.pk), person, dice)
                    done[place] += 1
                except ValidationError:
                    continue  # somebody else was first
        except Exception as error:
            broke.append(f"{do.__name__}: {error!r}")
        finally:
            connections.close_all()

    threads = [Thread(target=go_on, args=(place,)) for place in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    idle = [place for place, times in enumerate(done) if not times]
    sys.stdout.write(json.dumps({"broke": broke, "idle": idle} | counts(benchmark)))


def counts(benchmark: Benchmark) -> dict[str, Any]:
    """What is wrong with a queue: pairs whose labels are miscounted, that more people hold than may, a broken chain."""
    rows = QueuedPair.objects.filter(benchmark=benchmark, gold="")
    answers = Assignment.objects.filter(queued__in=rows, label__isnull=False).values_list("queued", flat=True)
    counted = Counter(answers)
    return {
        "miscounted": [pk for pk, times in rows.values_list("pk", "done") if counted[pk] != times],
        "beyond": rows.filter(taken__gt=F("overlap")).count(),
        "chain": selectors.verify_chain(),
    }


def test_nobody_is_in_anybodys_way(came: dict[str, Any]) -> None:
    assert came == {"broke": [], "idle": [], "miscounted": [], "beyond": 0, "chain": None}
