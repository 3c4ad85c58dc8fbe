"""How sure a judgment is: the share of judgments on the same kind of grounds that are right."""

import csv
import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from inference.pipeline.effects import Outcome
from inference.pipeline.steps import Consistency
from inference.pipeline.trace import Agreement, SideReading
from inference.pipeline.understanding import Understanding
from rules.engine.attributes import Attribute

WEIGHTS = Path(__file__).with_name("confidence.tsv")
"""One weight a ground, fitted by `benchmarks/confidence.py --fit` on the labelled pairs of the demo."""
ALWAYS = "always"
LEAST, MOST = 0.05, 0.98
"""A few hundred labelled pairs can't tell more certainty than this."""
MAIN_USES = 2
MOST_SHARED, SOME_SHARED = 0.6, 0.3
"""Shares of a query's characters that the title has."""
NEEDS = frozenset({Attribute.EFFICACY, Attribute.CATEGORY})


def confidence_of(understood: Understanding, outcome: Outcome) -> float:
    """Between 0 and 1, in thousandths: how likely the class of the level is right."""
    weights = read_weights()
    return round(share(sum(weights.get(ground, 0.0) for ground in grounds_of(understood, outcome))), 3)


def share(score: float) -> float:
    """The share of right judgments that a sum of weights stands for, inside the bounds."""
    return min(max(1 / (1 + math.exp(-score)), LEAST), MOST)


@lru_cache(maxsize=1)
def read_weights(path: Path = WEIGHTS) -> Mapping[str, float]:
    """The weight of every ground, read once a process."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["ground"]: float(row["weight"]) for row in csv.DictReader(file, delimiter="\t")}


def grounds_of(understood: Understanding, outcome: Outcome) -> Iterator[str]:
    """The names of what a judgment rests on, each at most once; a rule that moves the level is the ground of it."""
    yield ALWAYS
    yield from _known(understood)
    yield from _checked(understood)
    if outcome.decision.level.level_class is not outcome.proposal.level.level_class:
        yield "a rule decided"
        return
    yield f"line {outcome.proposal.line}"
    yield from _compared(understood, outcome)


def _compared(understood: Understanding, outcome: Outcome) -> Iterator[str]:
    """How the two sides stand to each other."""
    comparison = understood.comparison
    yield f"efficacy {comparison.efficacy.relation.value}"
    yield f"name {comparison.names.value}"
    missed = [
        one
        for one in comparison.compared
        if one.agreement in (Agreement.DIFFERENT, Agreement.NOT_SHOWN) and one.attribute not in outcome.waived
    ]
    for one in missed:
        yield f"{one.attribute.value} {one.agreement.value}"
    if len(missed) > 1:
        yield "several mismatches"
    asked = {one.attribute for one in comparison.compared if one.agreement is not Agreement.NOT_ASKED}
    if Attribute.CORE_NAME not in asked:
        yield "asks a need" if asked & NEEDS else "asks a brand alone"
    yield f"{outcome.proposal.level.level_class.value} {_shared(understood)}"
    served = values_of(understood.product, Attribute.EFFICACY)
    if comparison.efficacy.product in served[MAIN_USES:]:
        yield "a side use"


def _shared(understood: Understanding) -> str:
    """How many of the query's characters the title has."""
    characters = understood.query.text.replace(" ", "")
    shared = len([char for char in characters if char in understood.product.text]) / max(len(characters), 1)
    return "most words shared" if shared >= MOST_SHARED else "words shared" if shared >= SOME_SHARED else "none shared"


def _known(understood: Understanding) -> Iterator[str]:
    """What nothing is known of, on either side."""
    if understood.query.rest:
        yield "query unknown words"
    for name, side in (("query", understood.query), ("product", understood.product)):
        cores = values_of(side, Attribute.CORE_NAME)
        if cores and not any(mention.origin == "knowledge" for mention in side.mentions):
            yield f"{name} unknown name"
    if not values_of(understood.product, Attribute.EFFICACY):
        yield "product unknown use"


def _checked(understood: Understanding) -> Iterator[str]:
    """What the stages around the reading changed or confirmed."""
    asked, check = understood.asked, understood.check
    if any(one.kept for one in asked.rewrites):
        yield "query rewritten"
    if any(one.kept for one in asked.passages):
        yield "evidence read"
    if check.tricks:
        yield "trick in the title"
    found = {match.consistency for picture in check.pictures for match in picture.matches}
    if Consistency.INCONSISTENT in found:
        yield "picture contradicts"
    elif Consistency.CONSISTENT in found:
        yield "picture confirms"


def values_of(side: SideReading, attribute: Attribute) -> tuple[str, ...]:
    """The values of one attribute of a side."""
    return next((values for name, values in side.values if name is attribute), ())
