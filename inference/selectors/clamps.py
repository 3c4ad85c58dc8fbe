"""What the hard effects of the rules that a stored judgment recalled leave of any answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from inference.models import Run
from inference.pipeline.trace import Agreement
from rules.engine.attributes import Attribute, Level
from rules.engine.decide import decide
from rules.engine.recall import Recalled
from rules.selectors import engine_rules

Clamp = Mapping[Level, Level]
"""The level that comes of each answer."""
FREE: Clamp = {level: level for level in Level}
MISSED = frozenset({Agreement.DIFFERENT, Agreement.NOT_SHOWN})
Traced = tuple[int, Sequence[Mapping[str, Any]] | None, Sequence[Mapping[str, Any]] | None, Sequence[str] | None]
"""A pair with what its trace has under `recalled`, `compared` and `missed_plainly`; None where it has none."""


def clamps_of(run: Run, traced: Iterable[Traced]) -> dict[int, Clamp]:
    """What the rules of a run leave of each answer, by pair."""
    rules = {rule.number: Recalled(rule, ()) for rule in engine_rules(run.release, on=run.day)}
    known: dict[tuple[frozenset[int], frozenset[Attribute]], Clamp] = {}
    found = {}
    for pair, recalled, compared, missed_plainly in traced:
        numbers = frozenset(one["number"] for one in recalled or () if one["number"] in rules)
        if not numbers:
            found[pair] = FREE
            continue
        met = numbers, _missed(compared or ()).union(map(Attribute, missed_plainly or ()))
        if met not in known:
            known[met] = _clamp([rules[number] for number in sorted(numbers)], met[1])
        found[pair] = known[met]
    return found


def _clamp(recalled: Sequence[Recalled], missed: frozenset[Attribute]) -> Clamp:
    return {
        level: decide(unwaived=level, proposed=level, recalled=recalled, mismatched=missed).level for level in Level
    }


def _missed(compared: Iterable[Mapping[str, Any]]) -> frozenset[Attribute]:
    """The attributes on which the product is not what the query asks for (`inference.pipeline.algorithm1.mismatched`)."""
    return frozenset(Attribute(one["attribute"]) for one in compared if one["agreement"] in MISSED)
