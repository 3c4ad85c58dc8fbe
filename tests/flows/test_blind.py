"""Blind first: no address tells an annotator what is said of a pair before their own answer.

Two open pairs stand in each other's place in every figure: one is labelled, voted on, judged and released at one level,
the other at another. When both are swapped, nothing that an annotator can open may look otherwise.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Model, QuerySet
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from annotation.enums import LabelKind, QueuedState
from annotation.models import (
    BadCase,
    Benchmark,
    BenchmarkPair,
    Label,
    Labelling,
    Pair,
    QueuedPair,
    ReleasedPair,
    Ruling,
)
from annotation.services.cases import report_case
from annotation.services.rulings import rule
from inference.comparison import Said
from inference.models import ComparisonRow, Judgment, Run
from inference.selectors import benchmark_pairs
from inference.services.comparing import compare_runs
from rules.engine.attributes import Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import Proposal
from rules.selectors import current_release
from rules.services import proposals
from tests.annotation.conflicts import label, make_ruler
from tests.annotation.releases.benchmarks import cut, relabel
from tests.factories import make_benchmark, make_user
from tests.inference.judged_runs import make_run
from tests.rules.publishing import published_rules
from tests.rules.rows import person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TITLE = "[芬必得]布洛芬缓释胶囊0.3g*20粒"
OK = 200
SWAPPED = {"highly": "irrelevant", "irrelevant": "highly"}
FIELDS: dict[type[Model], tuple[str, ...]] = {
    Label: ("level",),
    QueuedPair: ("gold",),
    Judgment: ("level", "expected"),
    ComparisonRow: ("was", "now", "expected"),
    ReleasedPair: ("level", "line"),
    Ruling: ("level",),
    BadCase: ("given", "expected"),
}
LEFT_OUT = ("admin/", "media/", "accounts/", "api/v1/schema", "api/v1/docs")
FIGURES = ("/thresholds/", "/agreement/", "/verify/")
"""Figures over all pairs; and the digests of a release, which are not swapped."""
VARYING = re.compile(r"\b[A-Za-z0-9]{64}\b|\b[0-9a-f]{32}\b|nonce-[\w+/=]+|\d[\d.,]* ms|\d+ seconds? ago|just now")


@dataclass(frozen=True)
class World:
    """A benchmark with two pairs that stand in each other's place, and what there is about them."""

    benchmark: Benchmark
    pairs: tuple[Pair, Pair]
    runs: tuple[Run, Run]
    case: BadCase
    proposal: Proposal
    annotator: User

    def value(self, route: str, name: str) -> object:
        """What stands for a part of an address."""
        runs = dict(zip(("before", "after"), (one.pk for one in self.runs), strict=True))
        known = {"slug": self.benchmark.slug, "number": 1, "other": 2, "version": 1, "change_pk": 1, "subject": "x"}
        if name in runs:
            return runs[name] if "runs/" in route else {"before": 1, "after": 2}[name]
        if name in ("kind", "name", "source", "rest", "key"):
            return {"kind": "jsonl", "name": "must_hold", "source": "gold"}.get(name, "x")
        if name != "pk":
            return known[name]
        places: tuple[tuple[str, int], ...] = (
            ("judgments/", Judgment.objects.filter(pair=self.pairs[0]).earliest("pk").pk),
            ("runs/", self.runs[1].pk),
            ("cases/", self.case.pk),
            ("products/", self.pairs[0].product_id),
            ("proposals/", self.proposal.pk),
            ("people/", self.annotator.pk),
        )
        return next((pk for part, pk in places if part in route), self.pairs[0].pk)


def forbidding(word: str) -> RuleContent:
    condition = Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=(word,))
    return RuleContent(f"No {word}", (condition,), Effect(EffectKind.FORBID))


@pytest.fixture
def world() -> World:
    expert, ruler = person("expert"), make_ruler()
    published_rules(by=expert, contents=[(1, forbidding("布洛芬"))])
    release = current_release()
    proposal = proposals.open_proposal(by=expert)
    proposals.add_rule(by=expert, proposal=proposal, content=forbidding("布洛"))
    benchmark = make_benchmark(("布洛芬甲", TITLE, "highly"), ("布洛芬乙", TITLE, "irrelevant"))
    cut(benchmark)
    relabel(benchmark, "布洛芬甲", "irrelevant")
    relabel(benchmark, "布洛芬乙", "highly")
    cut(benchmark)
    BenchmarkPair.objects.update(must_hold=True)
    pairs = tuple(Pair.objects.order_by("pk"))
    levels = dict(zip((pair.pk for pair in pairs), (Level.IRRELEVANT, Level.HIGHLY), strict=True))
    other = {Level.IRRELEVANT: Level.HIGHLY, Level.HIGHLY: Level.IRRELEVANT}
    runs = tuple(
        make_run(
            {pk: Said(said, level) for (pk, level), said in zip(levels.items(), order, strict=True)},
            benchmark=benchmark,
            release=release,
        )
        for order in ([*levels.values()], [other[level] for level in levels.values()])
    )
    QuerySet(Judgment).update(category="")
    compare_runs(by=expert, before=runs[0], after=runs[1])
    Labelling.objects.create(benchmark=benchmark)
    gold = make_benchmark(slug="with-gold")
    Labelling.objects.create(benchmark=gold)
    for place, (pk, level) in enumerate(levels.items()):
        QueuedPair.objects.create(benchmark=benchmark, pair_id=pk, place=place, overlap=3)
        QueuedPair.objects.create(benchmark=gold, pair_id=pk, place=place, gold=level)
        Label.objects.create(benchmark=benchmark, pair_id=pk, level=level, kind=LabelKind.MODEL, source="m@1")
    ruled(ruler, benchmark, levels)
    case = [
        report_case(by=ruler, pair=pair, given=levels[pair.pk], expected=other[levels[pair.pk]]).case for pair in pairs
    ]
    return World(
        benchmark, pairs, runs, case[0], proposal, make_user("annotation.label_pair", "annotation.report_case")
    )


def ruled(by: User, benchmark: Benchmark, levels: dict[int, Level]) -> None:
    """What was ruled on the pairs before they were to be labelled again."""
    for queued in QueuedPair.objects.filter(benchmark=benchmark):
        for level in ("highly", "irrelevant"):
            label(queued, make_user("annotation.label_pair"), level)
        queued.state = QueuedState.CONFLICT
        queued.save()
        rule(by=by, queued=queued, level=levels[queued.pair_id], reason="brand", submission=uuid4(), seen=0)
    QueuedPair.objects.filter(benchmark=benchmark).update(state=QueuedState.OPEN)


def addresses(world: World) -> Iterator[str]:
    """Every address there is, those with parts filled in."""
    for route in patterns(get_resolver()):
        if route.startswith(LEFT_OUT) or route.endswith(FIGURES):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part, route=route: str(world.value(route, part[1])), route)
        runs = "&".join(f"run={run.pk}" for run in world.runs)
        yield f"/{path}?{runs}"


def patterns(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        route = before + re.sub(r"^\^|\$$|\(\?P(<\w+>)[^)]*\)", r"\1", str(one.pattern))
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from patterns(one, route)


def seen(client: Client, paths: Iterable[str]) -> dict[str, str]:
    """What can be opened, with filters by level too, but for what is another each time."""
    cache.clear()
    benchmark_pairs._labelled.cache_clear()
    found = {}
    for path in paths:
        for address in (path, f"{path}&level=highly", f"{path}&verdict=wrong&label=high&change=all"):
            answer = client.get(address)
            if answer.status_code != OK:
                break
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
            found[address] = VARYING.sub("", body.decode(errors="replace"))
    return found


def told(client: Client, world: World) -> set[str]:
    """The addresses behind which something else stands once the two pairs are swapped."""
    paths = list(addresses(world))
    before = seen(client, paths)
    swap()
    after = seen(client, paths)
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def swap() -> None:
    """Give each of the two pairs what is said of the other."""
    for model, fields in FIELDS.items():
        for row in QuerySet(model).all():
            values = {name: swapped(getattr(row, name)) for name in fields}
            QuerySet(model).filter(pk=row.pk).update(**values)


def swapped(value: str) -> str:
    return re.sub("highly|irrelevant", lambda level: SWAPPED[level[0]], value)


def test_no_address_tells_a_level_before_the_own_answer(client: Client, world: World) -> None:
    client.force_login(world.annotator)
    assert told(client, world) == set()


def test_a_lead_finds_it_in_many_places(client: Client, world: World) -> None:
    client.raise_request_exception = False  # traces that the runs of this test lack
    client.force_login(person("lead"))
    found = {path.partition("?")[0] for path in told(client, world)}
    assert len(found) > 15
