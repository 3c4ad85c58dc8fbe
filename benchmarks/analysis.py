"""How long the analysis of a whole rule set takes, and that of a proposal of one rule against it.

    python benchmarks/analysis.py --rules 1000 --rules 10000

Half of the rules share common values, so that thousands can fire together; a tenth is valid for a while only. Measured
where any value is possible, and again where no product has a twentieth of the values that rules name.
"""

import argparse
import json
import random
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.recall import EFFECTS, any_other, rule, world
from rules.engine.analysis import Analysis
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.rule import Effect, EffectKind, EngineRule
from rules.engine.situation import ANYTHING, Domain, limited

SINCE = date(2026, 1, 1)
WITNESSES = 3
"""Conflicts of each rule that are shown with a witness; all are counted."""


def some_rules(rng: random.Random, count: int) -> list[EngineRule]:
    """Rules as the recall benchmark makes them; every other one has common values alone, every tenth an end."""
    known = world(rng, count)
    made = [rule(rng, number, known) for number in range(1, count + 1)]
    effects = (
        *EFFECTS,
        Effect(EffectKind.FORCE, Level.HIGHLY),
        Effect(EffectKind.REQUIRE, Level.WEAKLY, (Attribute.BRAND,)),
    )
    for place in range(0, count, 2):
        wanted = tuple(dict.fromkeys(any_other(rng, known) for _ in range(rng.randint(1, 3))))
        made[place] = replace(made[place], conditions=wanted, effect=rng.choice(effects))
    for place in range(0, count, 10):
        made[place] = replace(made[place], valid_until=SINCE + timedelta(days=rng.randint(0, 300)))
    return made


def seconds(started: float) -> float:
    """Seconds of one core since a moment."""
    return round(time.process_time() - started, 2)


def without_some(rng: random.Random, rules: list[EngineRule]) -> Domain:
    """No product has a twentieth of the values that are named of each attribute."""
    named: dict[Attribute, set[str]] = {}
    for one in rules:
        for condition in one.conditions:
            if condition.attribute and condition.values:
                named.setdefault(condition.attribute, set()).update(condition.values)
    absent = {
        (Side.PRODUCT, attribute, value)
        for attribute, values in named.items()
        for value in rng.sample(sorted(values), len(values) // 20)
    }
    return limited({attribute: frozenset(values) for attribute, values in named.items()}, absent, {})


def measured(count: int, *, lacking: bool) -> dict[str, Any]:
    """Times in seconds, and how many findings there are."""
    rng = random.Random(count)
    rules = some_rules(rng, count)
    domain = without_some(rng, rules) if lacking else ANYTHING
    started = time.process_time()
    analysis = Analysis(rules, since=SINCE, domain=domain)
    never = [found for one in analysis.rules if (found := analysis.never_firing(one))]
    fired = seconds(started)
    shadowed = [found for one in analysis.firing if (found := analysis.shadowed(one))]
    shadows = seconds(started) - fired
    conflicts = sum(analysis.disagreements.counts) // 2
    counted = seconds(started) - fired - shadows
    witnessed = sum(1 for _ in analysis.conflicts(WITNESSES))
    whole = seconds(started)
    changed = replace(rules[count // 2], effect=Effect(EffectKind.FORBID), valid_until=None, age_order=count + 1)
    others = [one for one in rules if one.number != changed.number]
    started = time.process_time()
    proposal = list(analysis.with_rules([*others, changed]).about(changed, WITNESSES))
    one = seconds(started)
    return {
        "rules": count,
        "lacking_values": lacking,
        "never_fire": len(never),
        "shadowed": len(shadowed),
        "conflicts": conflicts,
        "conflicts_with_witness": witnessed,
        "seconds": {
            "whole": whole,
            "never": fired,
            "shadowed": round(shadows, 2),
            "counting_conflicts": round(counted, 2),
            "proposal_of_one_rule": one,
        },
        "findings_of_the_proposal": len(proposal),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=int, action="append", help="how many rules; may be given again")
    for count in parser.parse_args().rules or [1000, 10000]:
        for lacking in (False, True):
            print(json.dumps(measured(count, lacking=lacking), indent=2))


if __name__ == "__main__":
    main()
