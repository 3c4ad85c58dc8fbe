"""What benchmarks/benchmark_releases.py measures, once Django is set up."""

import hashlib
import random
import time
from collections.abc import Callable
from uuid import uuid4

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from annotation.enums import AssignmentState, LabelKind, QueuedState
from annotation.models import (
    Assignment,
    Benchmark,
    BenchmarkPair,
    BenchmarkRelease,
    GuidelineVersion,
    Label,
    Pair,
    Product,
    Query,
    QueuedPair,
)
from annotation.selectors.benchmark_releases import differences, since
from annotation.selectors.benchmark_verify import verify
from annotation.services.benchmark_releases import cut_release

LEVELS = ("highly", "moderately", "weakly", "irrelevant")
CATEGORIES = ("感冒用药", "肠胃用药", "皮肤用药", "维生素", "医疗器械", "妇科用药", "儿科用药", "慢病用药")
PAIRS_A_QUERY = 10
PEOPLE = 8
EVERY = 50
"""One pair in so many is relabelled before the second release."""


def measure(sizes: list[int]) -> None:
    """Each size on its own benchmark, twice labelled pairs with provenance."""
    call_command("migrate", verbosity=0)
    lead = User.objects.create_superuser("lead")
    people = [User.objects.create_user(f"annotator{n}") for n in range(PEOPLE)]
    client = Client()
    client.force_login(lead)
    print(f"{'':24}" + "".join(f"{size:>16,}" for size in sizes) + f"   {connection.vendor}")
    print(f"{'':24}" + "".join(f"{'s':>8}{'cpu s':>8}" for _ in sizes))
    found = {size: measured(client, lead, people, size) for size in sizes}
    for name in found[sizes[0]]:
        print(f"{name:24}" + "".join("{:>8.2f}{:>8.2f}".format(*found[size][name]) for size in sizes))


def measured(client: Client, lead: User, people: list[User], size: int) -> dict[str, tuple[float, float]]:
    """Seconds each thing takes, and of the processor."""
    benchmark = filled(people, size)
    found: dict[str, tuple[float, float]] = {}

    def timed(name: str, do: Callable[[], object]) -> object:
        began, worked = time.perf_counter(), time.process_time()
        result = do()
        found[name] = (time.perf_counter() - began, time.process_time() - worked)
        return result

    timed("cut", lambda: cut_release(by=lead, benchmark=benchmark, seen=0))
    relabelled(benchmark)
    timed("cut another", lambda: cut_release(by=lead, benchmark=benchmark, seen=1))
    first, second = BenchmarkRelease.objects.filter(benchmark=benchmark).order_by("number")
    timed("difference", lambda: differences(first, second))
    timed("what changed since", lambda: since(first))
    faults = timed("verify", lambda: verify(second))
    assert not faults, faults
    pages(client, benchmark, timed)
    return found


def pages(client: Client, benchmark: Benchmark, timed: Callable[[str, Callable[[], object]], object]) -> None:
    """The files, twice each, and the pages."""
    at = f"/benchmarks/{benchmark.slug}/releases"
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        client.get(f"{at}/")
        for kind in ("jsonl", "csv", "parquet"):
            first = timed(f"{kind} file", lambda kind=kind: sent(client, f"{at}/2/{kind}/"))
            assert first == sent(client, f"{at}/2/{kind}/"), kind
        addresses = {"list": f"{at}/", "release": f"{at}/2/", "difference page": f"{at}/1/compare/2/"}
        addresses |= {"rows": f"{at}/2/rows/?page=3", "drift": f"{at}/2/now/"}
        for name, address in addresses.items():
            timed(f"page: {name}", lambda address=address: sent(client, address))


def sent(client: Client, address: str) -> str:
    """The digest of what is sent."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    parts = response.streaming_content if response.streaming else [response.content]
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()


def filled(people: list[User], size: int) -> Benchmark:
    """A benchmark of so many pairs, each labelled by two people and settled."""
    draw = random.Random(size)
    benchmark = Benchmark.objects.create(slug=f"pairs-{size}", name=f"{size} pairs")
    guideline = GuidelineVersion.objects.create(benchmark=benchmark, number=1, text="先看药名。", sentences={})
    many = size // PAIRS_A_QUERY
    queries = Query.objects.bulk_create(Query(text=f"查询{size}-{n}") for n in range(many))
    products = Product.objects.bulk_create(product(draw, size, n) for n in range(size))
    pairs = Pair.objects.bulk_create(
        [Pair(query=queries[n % many], product=products[n]) for n in range(size)], batch_size=1000
    )
    queued = QueuedPair.objects.bulk_create(
        QueuedPair(benchmark=benchmark, pair=pair, overlap=2, taken=2, done=2, state=QueuedState.SETTLED, place=place)
        for place, pair in enumerate(pairs)
    )
    votes = [draw.choices(LEVELS, k=1) * 2 if draw.random() < 0.85 else draw.choices(LEVELS, k=2) for _ in pairs]
    for slot in (0, 1):
        answer(benchmark, guideline, queued, [people[(n + slot) % PEOPLE] for n in range(size)], votes, slot)
    labels = Label.objects.bulk_create(
        Label(
            benchmark=benchmark, pair=pair, level=said[0], kind=kind_of(said), guideline=guideline, created_by=people[0]
        )
        for pair, said in zip(pairs, votes, strict=True)
    )
    BenchmarkPair.objects.bulk_create(
        BenchmarkPair(benchmark=benchmark, pair=label.pair, label=label) for label in labels
    )
    return benchmark


def kind_of(said: list[str]) -> LabelKind:
    """How a pair with these answers was settled."""
    return LabelKind.AGREED if said[0] == said[1] else LabelKind.RULING


def product(draw: random.Random, size: int, number: int) -> Product:
    """A product with as many attributes as most have."""
    given = {
        "category": [draw.choice(CATEGORIES)],
        "brand": [f"品牌{number % 300}"],
        "core_name": [f"药品{number % 900}"],
    }
    given |= {"efficacy": ["清热解毒", "疏风解表"], "dosage_form": ["颗粒"], "strength": ["10g"]}
    title = f"[品牌{number % 300}]药品{number % 900}颗粒 10g*{number % 20 + 1}袋"
    return Product(external_id=f"m{size}-{number}", title=title, given=given)


def answer(
    benchmark: Benchmark,
    guideline: GuidelineVersion,
    queued: list[QueuedPair],
    people: list[User],
    votes: list[list[str]],
    slot: int,
) -> None:
    """Everybody's answer in one slot of every pair."""
    given = {"benchmark": benchmark, "guideline": guideline, "kind": LabelKind.PERSON}
    labels = Label.objects.bulk_create(
        Label(pair=one.pair, level=said[slot], created_by=person, submission=uuid4(), **given)
        for one, said, person in zip(queued, votes, people, strict=True)
    )
    now = timezone.now()
    done = {"slot": slot + 1, "state": AssignmentState.DONE, "until": now, "answered_at": now, "seconds": 9.0}
    Assignment.objects.bulk_create(
        Assignment(queued=one, person=person, label=label, **done)
        for one, person, label in zip(queued, people, labels, strict=True)
    )


def relabelled(benchmark: Benchmark) -> None:
    """Some pairs get another label."""
    members = list(benchmark.members.select_related("label").order_by("id")[::EVERY])
    labels = Label.objects.bulk_create(
        Label(benchmark=benchmark, pair_id=member.pair_id, level=LEVELS[(LEVELS.index(member.label.level) + 1) % 4])
        for member in members
    )
    for member, label in zip(members, labels, strict=True):
        member.label = label
    BenchmarkPair.objects.bulk_update(members, ["label"])
