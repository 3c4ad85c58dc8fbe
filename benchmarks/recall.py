"""How long recall and decision take a pair, and whether that grows with the number of rules.

    python benchmarks/recall.py --rules 100 --rules 10000

Ends with status 1 when, with the search alone growing, a pair costs more than 1.5 times as much at
the largest number of rules as at the smallest.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rules.engine.attributes import Attribute, Facts, Level, Side
from rules.engine.decide import decide
from rules.engine.recall import RuleIndex
from rules.engine.rule import RELATIONAL, Condition, Effect, EffectKind, EngineRule, Operator

MOST_GROWTH = 1.5
ROUNDS = 9
DRAWS = 5
SYLLABLES = "安康宁清通健和胃肺肝肾心脑血风寒热湿痛咳喘眠瘀止消活养补益灵舒复方元泰欣达美仁芝草参黄白丹青红紫"
EFFECTS = (
    Effect(EffectKind.CAP, Level.MODERATELY),
    Effect(EffectKind.FLOOR, Level.WEAKLY),
    Effect(EffectKind.REQUIRE, Level.MODERATELY, (Attribute.BRAND, Attribute.STRENGTH)),
    Effect(EffectKind.WAIVE, None, (Attribute.BRAND,)),
    Effect(EffectKind.FORBID),
    Effect(EffectKind.ADVISE),
)
RARE = (Attribute.BRAND, Attribute.CORE_NAME, Attribute.INGREDIENT)
"""Attributes with about as many values as there are rules; the others have a dozen each."""
COMMON = tuple(attribute for attribute in Attribute if attribute not in RARE)


@dataclass(frozen=True)
class World:
    """The values that rules and pairs are drawn from."""

    rare: dict[Attribute, list[str]]
    common: dict[Attribute, list[str]]
    words: list[str]


@dataclass(frozen=True)
class Figures:
    """What was measured with one number of rules. Times are in microseconds a pair."""

    rules: int
    build_seconds: float
    together: float
    recall: float
    decision: float
    candidates: float
    recalled: float


def world(rng: random.Random, size: int) -> World:
    """Values for `size` rules: with as many rare ones, the rules that meet a pair stay equally many."""
    return World(
        rare={attribute: names(rng, max(size, 4), 4) for attribute in RARE},
        common={attribute: names(rng, 12, 2) for attribute in COMMON},
        words=names(rng, max(size, 4), 4),
    )


def names(rng: random.Random, count: int, length: int) -> list[str]:
    """Made-up names, all different."""
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(rng.choices(SYLLABLES, k=length))] = None
    return list(found)


def rule(rng: random.Random, number: int, known: World) -> EngineRule:
    """One condition on rare values or words, and up to three of any other kind."""
    conditions = [specific(rng, known)]
    conditions += [any_other(rng, known) for _ in range(rng.randint(0, 3))]
    return EngineRule(number, 1, tuple(dict.fromkeys(conditions)), rng.choice(EFFECTS), age_order=number)


def specific(rng: random.Random, known: World) -> Condition:
    """A condition that few pairs meet."""
    operator = rng.choice((Operator.IS, Operator.IS, Operator.IS_ANY_OF, Operator.TEXT_CONTAINS))
    side = rng.choice((Side.QUERY, Side.QUERY, Side.PRODUCT, Side.BOTH))
    count = 1 if operator is Operator.IS else rng.randint(1, 3)
    if operator is Operator.TEXT_CONTAINS:
        return Condition(side, operator, None, tuple(rng.sample(known.words, count)))
    attribute = rng.choice(RARE)
    return Condition(side, operator, attribute, tuple(rng.sample(known.rare[attribute], count)))


def any_other(rng: random.Random, known: World) -> Condition:
    """A condition of any operator that many pairs meet."""
    operator = rng.choice(
        (
            Operator.AGREES,
            Operator.DIFFERS,
            Operator.OVERLAPS,
            Operator.IS_PRESENT,
            Operator.IS_MISSING,
            Operator.IS_ANY_OF,
            Operator.IS,
        )
    )
    attribute = rng.choice(COMMON)
    side = Side.BOTH if operator in RELATIONAL else rng.choice((Side.QUERY, Side.PRODUCT))
    count = {Operator.IS: 1, Operator.IS_ANY_OF: 4}.get(operator, 0)
    return Condition(side, operator, attribute, tuple(rng.sample(known.common[attribute], count)))


def pair(rng: random.Random, known: World) -> Facts:
    """A query with a few attributes and a title with all of them."""
    query = values(rng, known, 0.4)
    product = values(rng, known, 0.9)
    product |= {attribute: words for attribute, words in query.items() if rng.random() < 0.5}
    return Facts(query, product, text(rng, known, query), text(rng, known, product), frozenset({Attribute.BRAND}))


def values(rng: random.Random, known: World, share: float) -> dict[Attribute, frozenset[str]]:
    """What is known of one side: each attribute with the probability `share`.

    Every pair has strings of its own, as when they are read from a database or a text.
    """
    chosen = (attribute for attribute in Attribute if rng.random() < share)
    every = known.rare | known.common
    return {attribute: frozenset({"".join(list(rng.choice(every[attribute])))}) for attribute in chosen}


def text(rng: random.Random, known: World, said: dict[Attribute, frozenset[str]]) -> str:
    """A text that says the values, with a word that rules may look for."""
    return " ".join([rng.choice(known.words), *(word for words in said.values() for word in words)])


def measured(rng: random.Random, rules: int, pairs: int, size: int) -> Figures:
    """The figures of so many rules and pairs over a world of a size."""
    known = world(rng, size)
    drawn = [rule(rng, number, known) for number in range(1, rules + 1)]
    facts = [pair(rng, known) for _ in range(pairs)]
    started = time.perf_counter()
    index = RuleIndex(drawn)
    built = time.perf_counter() - started
    recalled = [index.recall(one) for one in facts]

    def recall() -> None:
        for one in facts:
            index.recall(one)

    def decision() -> None:
        for one, found in zip(facts, recalled, strict=True):
            decided(one, found)

    def together() -> None:
        for one in facts:
            decided(one, index.recall(one))

    return Figures(
        rules=rules,
        build_seconds=built,
        together=microseconds(together, pairs),
        recall=microseconds(recall, pairs),
        decision=microseconds(decision, pairs),
        candidates=statistics.fmean(len(index.candidates(one)) for one in facts),
        recalled=statistics.fmean(map(len, recalled)),
    )


def averaged(seed: int, rules: int, pairs: int, size: int) -> Figures:
    """The mean figures over several draws: with few rules, chance has much to say about how many meet a pair."""
    drawn = [astuple(measured(random.Random(seed + n), rules, pairs, size)) for n in range(DRAWS)]
    _rules, *means = (statistics.fmean(column) for column in zip(*drawn, strict=True))
    return Figures(rules, *means)


def decided(facts: Facts, recalled: Sequence) -> None:
    """Decide one pair."""
    decide(unwaived=Level.MODERATELY, proposed=Level.HIGHLY, recalled=recalled, mismatched=facts.mismatched)


def microseconds(work: Callable[[], None], pairs: int) -> float:
    """The shortest time of `work` over the rounds, a pair: what else the machine does only adds to it."""
    return min(timed(work) for _ in range(ROUNDS)) / pairs * 1e6


def timed(work: Callable[[], None]) -> float:
    """The seconds that `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def table(figures: Sequence[Figures]) -> Iterator[str]:
    """The figures in rows, and the last against the first."""
    yield "   rules   us/pair    recall  decision  candidates  recalled   build s"
    for one in figures:
        yield (
            f"{one.rules:8d}  {one.together:8.2f}  {one.recall:8.2f}  {one.decision:8.2f}"
            f"  {one.candidates:10.2f}  {one.recalled:8.3f}  {one.build_seconds:8.3f}"
        )
    yield f"   ratio  {growth(figures):8.2f}"


def growth(figures: Sequence[Figures]) -> float:
    """How many times as long a pair takes with the last number of rules as with the first."""
    return figures[-1].together / figures[0].together


def main() -> int:
    """Measure, print, and say whether the limit holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=int, action="append", help="a number of rules; may be repeated")
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    counts = sorted(set(given.rules or [100, 10000]))
    print("Every rule has one condition on a brand, core name, ingredient or words of the text (values as many as")
    print("rules) and up to three more over all operators. So about as many rules meet a pair whatever their number:")
    print("what may grow here is the search, not its answer.")
    steady = [averaged(given.seed, count, given.pairs, count) for count in counts]
    print("\n".join(table(steady)))
    print("\nThe same with 500 values whatever the number of rules: ever more rules share each value and meet a pair.")
    print("Looking at each of those is work that no index can spare.")
    print("\n".join(table([averaged(given.seed, count, given.pairs, 500) for count in counts])))
    within = growth(steady) <= MOST_GROWTH
    print(f"\n{'Within' if within else 'ABOVE'} the limit: {growth(steady):.2f} of {MOST_GROWTH} at most.")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
