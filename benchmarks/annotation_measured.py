"""What `annotation.py` measures, once Django knows its scratch database."""

import argparse
import statistics
from pathlib import Path

from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F, Q

from annotation.models import AsideLabel, Assignment, Benchmark, Label, Pair, Product, Query, QueuedPair
from annotation.services.labelling import open_labelling
from annotation.services.queueing import queue_pairs
from benchmarks.annotation_clients import Came, Server, at_work
from benchmarks.annotation_rows import measure_rows

OTHERS = (
    ("Label Studio 1.23", 32, 34, 62, 7.3, "14 of 215", "-"),
    ("doccano 1.8", 22, 21, 40, None, "-", "238 of 1,006"),
    ("Potato 2.12", 35, 8, None, None, "-", "128 errors beside 568 labels"),
)
QUERIES = 50
LAST = 120
"""Pairs of the second round, in which the annotators meet at the end of the queue."""


def measure(folder: Path, asked: argparse.Namespace) -> None:
    """Print the table."""
    call_command("migrate", verbosity=0)
    if connection.vendor != "sqlite":
        call_command("flush", interactive=False, verbosity=0)
        call_command("migrate", verbosity=0)
    people = annotators(asked.annotators)
    lead = User.objects.create_superuser("lead")
    if asked.rows:
        measure_rows(folder, lead, people)
        return
    print(f"{connection.vendor}, {asked.annotators} annotators, {'the page' if asked.page else 'the API'}")
    print(f"{'':24}{'next':>11}{'submit':>11}{'both in one':>13}{'CPU':>8}{'labels/s':>10}  over cap, lost, errors")
    medians: dict[tuple[int, int], float] = {}
    with Server(folder) as server:
        for pairs in asked.pairs:
            for overlap in asked.overlap:
                benchmark = queue(lead, f"p{pairs}-o{overlap}", pairs, overlap)
                processor = server.processor()
                came = at_work(server, benchmark, people, labels=asked.labels, page=asked.page)
                spent = server.processor() - processor
                medians[pairs, overlap] = told(f"{pairs:,} pairs, overlap {overlap}", came, spent, benchmark)
        for overlap in asked.overlap:
            benchmark = queue(lead, f"last-o{overlap}", LAST, overlap)
            processor = server.processor()
            came = at_work(server, benchmark, people, labels=LAST * overlap * 2, page=asked.page, late=True)
            told(f"to the end, overlap {overlap}", came, server.processor() - processor, benchmark)
        print(f"the server holds {server.memory():.0f} MB")
    for name, following, submit, processor, rate, over, lost in OTHERS:
        cells = [f"{following} ms", f"{submit} ms", "", f"{processor or '-'} ms", f"{rate or '-'}"]
        print(f"{name:24}{cells[0]:>11}{cells[1]:>11}{cells[2]:>13}{cells[3]:>8}{cells[4]:>10}  {over}, {lost}")
    grown(medians, asked)


def grown(medians: dict[tuple[int, int], float], asked: argparse.Namespace) -> None:
    """Print how the time of a label grows with the queue."""
    least, most = min(asked.pairs), max(asked.pairs)
    for overlap in asked.overlap if least != most else []:
        ratio = medians[most, overlap] / medians[least, overlap]
        print(f"overlap {overlap}: from {least:,} to {most:,} pairs the median grows {ratio:.2f} times")


def annotators(count: int) -> list[User]:
    """People who label."""
    group, people = Group.objects.get(name="annotator"), []
    for number in range(count):
        person = User.objects.create_user(f"annotator{number}")
        person.groups.add(group)
        people.append(person)
    return people


def queue(lead: User, slug: str, pairs: int, overlap: int) -> Benchmark:
    """A benchmark with so many invented pairs in its queue, one of a hundred hidden gold."""
    benchmark = Benchmark.objects.create(slug=slug, name=slug)
    open_labelling(by=lead, benchmark=benchmark, overlap=overlap, gold_share=0.05)
    queries = [Query.objects.get_or_create(text=f"布洛芬{number}")[0] for number in range(QUERIES)]
    needed = pairs // QUERIES + 1
    products = list(Product.objects.order_by("pk")[:needed])
    products += Product.objects.bulk_create(
        Product(external_id=f"p{number}", title=f"[青禾]布洛芬缓释胶囊{number}mg*24粒", given={"category": ["西药"]})
        for number in range(len(products), needed)
    )
    keys = [(query, product) for product in products for query in queries][:pairs]
    known = {(pair.query_id, pair.product_id): pair.pk for pair in Pair.objects.all()}
    Pair.objects.bulk_create(Pair(query=q, product=p) for q, p in keys if (q.pk, p.pk) not in known)
    known = {(pair.query_id, pair.product_id): pair.pk for pair in Pair.objects.all()}
    chosen = [known[q.pk, p.pk] for q, p in keys]
    gold = dict.fromkeys(chosen[:: max(100, pairs // 50)], "highly")
    queue_pairs(by=lead, benchmark=benchmark, pairs=chosen, gold=gold)
    return benchmark


def told(name: str, came: Came, spent: float, benchmark: Benchmark) -> float:
    """Print a row; the median milliseconds of a label and the next pair in one call."""
    stored = sum(outcome == "stored" for outcome in came.outcomes)
    cells = [times(came.nexts), times(came.submits), times(came.both)]
    found = f"{over_the_cap(benchmark)}, {lost(came)}, {came.errors}"
    print(
        f"{name:24}{cells[0]:>11}{cells[1]:>11}{cells[2]:>13}"
        f"{1000 * spent / max(stored, 1):>5.1f} ms{stored / came.seconds:>10.1f}  {found}"
        f"  ({stored} stored, {counted(came)}; {AsideLabel.objects.filter(assignment__queued__benchmark=benchmark).count()} aside)"
    )
    return statistics.median(came.both or came.submits)


def counted(came: Came) -> str:
    """The other outcomes."""
    others = sorted(set(came.outcomes) - {"stored"})
    return ", ".join(f"{came.outcomes.count(outcome)} {outcome}" for outcome in others)


def times(milliseconds: list[float]) -> str:
    """Median and 95th percentile."""
    if len(milliseconds) < 2:
        return "-"
    return f"{statistics.median(milliseconds):.0f}/{statistics.quantiles(milliseconds, n=20)[-1]:.0f} ms"


def over_the_cap(benchmark: Benchmark) -> int:
    """Pairs with more labels than their overlap, or two of one person, counted from the labels themselves."""
    rows = QueuedPair.objects.filter(benchmark=benchmark, gold="")
    kept = Count("assignments", filter=Q(assignments__label__isnull=False))
    over = rows.annotate(kept=kept).filter(kept__gt=F("overlap")).count()
    people = Count("pair__labels__created_by", filter=given(benchmark), distinct=True)
    labels = Count("pair__labels", filter=given(benchmark), distinct=True)
    return over + rows.annotate(people=people, labels=labels).filter(labels__gt=F("people")).count()


def given(benchmark: Benchmark) -> Q:
    """The labels of people on this benchmark."""
    return Q(pair__labels__benchmark=benchmark, pair__labels__kind="person")


def lost(came: Came) -> int:
    """Labels that were acknowledged and are not there, or not as they were sent."""
    rows = Label.objects.filter(submission__isnull=False).values_list("submission", "level")
    there = {str(submission): level for submission, level in rows}
    counting = set(Assignment.objects.filter(label__isnull=False).values_list("label__submission", flat=True))
    return sum(there.get(name) != level for name, level in came.stored.items()) + sum(
        name not in {str(one) for one in counting} for name in came.stored
    )
