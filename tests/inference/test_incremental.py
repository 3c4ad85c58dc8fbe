"""Whatever is edited between two runs: the incremental one equals a full one, and asks only for keys that are new."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.models import Benchmark, BenchmarkPair, Label, Product
from inference.enums import Engine
from inference.models import Judgment, ModelEndpoint, PipelineConfig, Run
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import Release, ReleaseEntry, Rule, RuleVersion
from tests.factories import make_benchmark, make_pair, make_user
from tests.inference.test_services_asking import by_text
from tests.scripted_model.server import MODEL, Server, start
from tests.thorough import examples

pytestmark = pytest.mark.django_db

QUERIES = ("布洛芬", "感冒灵", "创可贴", "999感冒灵颗粒", "没有这种药")
TITLES = (
    "[芬必得]布洛芬缓释胶囊0.3g*20粒",
    "[999]感冒灵颗粒10g*9袋",
    "[邦迪]苯扎氯铵贴10片",
    " ",
    "[美林]布洛芬混悬液100ml",
)
LEVELS = [level.value for level in Level]
EFFECTS = [
    Effect(EffectKind.FORBID),
    Effect(EffectKind.CAP, Level.WEAKLY),
    Effect(EffectKind.FLOOR, Level.MODERATELY),
    Effect(EffectKind.WAIVE, None, (Attribute.BRAND,)),
    Effect(EffectKind.ADVISE),
]
OUTCOME = ("pair", "level", "failure", "line", "key", "expected", "case")
numbers = count(1)


@dataclass
class World:
    """A benchmark, the rules in force, and the configuration, as the edits left them."""

    benchmark: Benchmark
    rules: dict[int, RuleVersion] = field(default_factory=dict)
    parameters: dict[str, object] = field(default_factory=dict)
    address: str = ""
    endpoint: ModelEndpoint | None = None

    def release(self) -> Release:
        made = Release.objects.create(
            number=next(numbers) + 10_000, digest=f"{next(numbers):064d}", created_by=author()
        )
        for version in self.rules.values():
            ReleaseEntry.objects.create(release=made, rule=version.rule, version=version)
        return made

    def config(self) -> PipelineConfig:
        if self.address:
            return self.asking()
        return PipelineConfig.objects.create(name=f"c{next(numbers)}", parameters=self.parameters, canaries=0)

    def asking(self) -> PipelineConfig:
        """The same parameters, with the scripted model as the judge."""
        if self.endpoint is None:
            name = f"server {next(numbers)}"
            self.endpoint = ModelEndpoint.objects.create(
                name=name, address=self.address, model=MODEL, created_by=author()
            )
        return PipelineConfig.objects.create(
            name=f"c{next(numbers)}",
            engine=Engine.LLM,
            endpoint=self.endpoint,
            parameters=self.parameters,
            canaries=0,
        )


def author():  # type: ignore[no-untyped-def]
    return make_user(username=f"author{next(numbers)}")


def edit_rule(world: World, at: int, word: int, effect: int) -> None:
    """Add a rule, or word one anew."""
    number = at % 3 + 1
    old = world.rules.get(number)
    rule = old.rule if old else Rule.objects.create(number=next(numbers) + 1000, created_by=author())
    sides = (Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=(QUERIES[word % len(QUERIES)][:2],)),)
    content = RuleContent(f"rule {number}", sides, EFFECTS[effect % len(EFFECTS)])
    world.rules[number] = RuleVersion.objects.create(
        rule=rule,
        version=old.version + 1 if old else 1,
        title=content.title,
        effect=content.effect.kind,
        content=content.to_json(),
        digest=content.digest,
        created_by=rule.created_by,
    )


def retire_rule(world: World, at: int, word: int, effect: int) -> None:
    world.rules.pop(at % 3 + 1, None)


def edit_product(world: World, at: int, word: int, effect: int) -> None:
    members = list(world.benchmark.members.values_list("pair__product", flat=True))
    Product.objects.filter(pk=members[at % len(members)]).update(title=TITLES[word % len(TITLES)])


def edit_attributes(world: World, at: int, word: int, effect: int) -> None:
    members = list(world.benchmark.members.values_list("pair__product", flat=True))
    Product.objects.filter(pk=members[at % len(members)]).update(given={"brand": [QUERIES[word % len(QUERIES)]]})


def edit_label(world: World, at: int, word: int, effect: int) -> None:
    member = list(world.benchmark.members.all())[at % world.benchmark.members.count()]
    label = Label.objects.create(benchmark=world.benchmark, pair=member.pair, level=LEVELS[word % len(LEVELS)])
    BenchmarkPair.objects.filter(pk=member.pk).update(label=label)


def add_pair(world: World, at: int, word: int, effect: int) -> None:
    pair = make_pair(QUERIES[at % len(QUERIES)], TITLES[word % len(TITLES)])
    label = Label.objects.create(benchmark=world.benchmark, pair=pair, level=LEVELS[effect % len(LEVELS)])
    BenchmarkPair.objects.create(benchmark=world.benchmark, pair=pair, label=label)


def edit_configuration(world: World, at: int, word: int, effect: int) -> None:
    choices: list[dict[str, object]] = [{}, {"same_brand_is_weak": False}, {"name_overlap": 0.9}, {"off": ["rules"]}]
    world.parameters = choices[at % len(choices)]


EDITS: list[Callable[[World, int, int, int], None]] = [
    edit_rule,
    retire_rule,
    edit_product,
    edit_attributes,
    edit_label,
    add_pair,
    edit_configuration,
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with start(by_text) as running:
        yield running


small = st.integers(0, 30)
sequences = st.lists(st.tuples(st.sampled_from(EDITS), small, small, small), min_size=1, max_size=4)
MANY = settings(
    max_examples=examples(quick=12, thorough=500),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def outcomes(run: Run) -> list[tuple[object, ...]]:
    return list(Judgment.objects.filter(run=run).order_by("pair").values_list(*OUTCOME))


def made_world() -> World:
    rows = [(query, title, LEVELS[at % 4]) for at, (query, title) in enumerate(zip(QUERIES, TITLES, strict=True))]
    return World(make_benchmark(*rows, rows[0], slug=f"world-{next(numbers)}"))


@given(sequences)
@MANY
def test_after_any_edits_a_model_is_asked_only_for_keys_that_are_new(server: Server, sequence: list) -> None:
    world = made_world()
    world.address = server.address
    for edit, at, word, effect in [(edit_label, 0, 0, 0), *sequence]:
        edit(world, at, word, effect)
        release, config = world.release(), world.config()
        before, known = server.calls, set(Judgment.objects.filter(failure="").values_list("key", flat=True))
        run = launch_run(by=None, release=release, benchmark=world.benchmark, config=config)
        incremental = judge_all(run=run)
        new = set(incremental.judgments.filter(failure="").values_list("key", flat=True)) - known
        assert server.calls - before == len(new)
        full = launch_run(by=None, release=release, benchmark=world.benchmark, config=config, full=True)
        assert outcomes(judge_all(run=full)) == outcomes(incremental)


@given(sequences)
@MANY
def test_after_any_edits_the_incremental_run_equals_a_full_one(sequence: list) -> None:
    world = made_world()
    judge_all(run=launch_run(by=None, release=world.release(), benchmark=world.benchmark, config=world.config()))
    for edit, at, word, effect in sequence:
        edit(world, at, word, effect)
        release, config = world.release(), world.config()
        baseline = Run.objects.filter(benchmark=world.benchmark).order_by("-pk").first()
        before = set(Judgment.objects.filter(failure="").values_list("key", flat=True))
        run = launch_run(by=None, release=release, benchmark=world.benchmark, config=config, baseline=baseline)
        incremental = judge_all(run=run)
        anew = Judgment.objects.filter(run=incremental, reused=False)
        assert not set(anew.values_list("key", flat=True)) & before
        full = launch_run(by=None, release=release, benchmark=world.benchmark, config=config, full=True)
        assert outcomes(judge_all(run=full)) == outcomes(incremental)
