"""How soon simulated annotators who do not work are found, and how often honest ones are suspected.

    python benchmarks/watching.py --times 500

Six people label pairs on which models vote, as `tests/annotation/annotators.py` has them; one of them copies the
votes, clicks at random or tires. Answers are counted as that person gives them, on all pairs, gold or not. "At 95%"
is after how many answers 95 of 100 such people are found; a dash where fewer are.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from annotation.watching import Kind, Strength, gold_standing, others_of_each, watch
from tests.annotation.annotators import Labels, clicker, copier, honest, project, tiring

SEED = 11
CAREER = 500
"""Gold answers of a whole career."""
WORKED = 200
ACCURACIES = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5, 0.33, 0.25)
RULED: Mapping[str, Any] = {"rulings": True}
UNRULED: Mapping[str, Any] = {}
ONE_EACH: Mapping[str, Any] = {"overlap": 1}
SUSPECTS: tuple[tuple[str, Labels, Kind, int, Mapping[str, Any]], ...] = (
    ("copies, differing pairs ruled on", copier(), Kind.COPIES, 400, RULED),
    ("  asked when 200 are answered", copier(), Kind.COPIES, 200, RULED),
    ("  a tenth of it slips", copier(0.1), Kind.COPIES, 400, RULED),
    ("copies, no gold", copier(), Kind.COPIES, 400, {"rulings": True, "gold": 0.0}),
    ("copies, votes 93% right", copier(), Kind.COPIES, 600, {"rulings": True, "votes": 0.93}),
    ("copies, nothing ruled on", copier(), Kind.COPIES, 1000, UNRULED),
    ("copies, one label a pair", copier(), Kind.COPIES, 1000, ONE_EACH),
    ("random, by gold", clicker(), Kind.FAR_OFF, 400, ONE_EACH),
    ("random, by others, no gold", clicker(), Kind.RANDOM, 200, {"gold": 0.0}),
    ("random, by models, no gold", clicker(), Kind.RANDOM, 200, {"overlap": 1, "gold": 0.0}),
    ("tires from 92% to 50%", tiring(), Kind.TIRES, 1600, UNRULED),
    ("tires from 92% to 70%", tiring(tired=0.7), Kind.TIRES, 3000, UNRULED),
    ("tires, no gold, by models", tiring(), Kind.TIRES, 1600, {"overlap": 1, "gold": 0.0}),
)
HONEST: tuple[tuple[str, float, Mapping[str, Any]], ...] = (
    ("85% right", 0.85, {"accuracy": 0.85}),
    ("90% right", 0.9, {"accuracy": 0.9}),
    ("95% right", 0.95, {"accuracy": 0.95}),
    ("90% right, pairs ruled on", 0.9, RULED),
    ("90% right, one label a pair", 0.9, ONE_EACH),
    ("85% right among 93%", 0.85, {"accuracy": 0.93, "rulings": True}),
    ("97% right among 80%, votes 95%", 0.97, {"accuracy": 0.8, "votes": 0.95}),
    ("  pairs ruled on", 0.97, {"accuracy": 0.8, "votes": 0.95, "rulings": True}),
)


def careers(times: int) -> None:
    """The stop rule alone: how often, and after how many gold answers."""
    chance = np.random.default_rng(SEED)
    print(f"right   stopped within {CAREER} gold answers   median   at 95%")
    for accuracy in ACCURACIES:
        stops = [gold_standing(row).stopped_after for row in (chance.random((times, CAREER)) < accuracy).tolist()]
        print(f"{accuracy:5.2f}   {share(stops):31.4f}   {after(stops, 0.5)}   {after(stops, 0.95)}")
    rows = np.concatenate([chance.random((times, WORKED)) < 0.9, chance.random((times, 100)) < 0.25], axis=1)
    stops = [gold_standing(row).stopped_after for row in rows.tolist()]
    late = [one - WORKED for one in stops if one is not None and one > WORKED]
    print(
        f"at random after {WORKED} gold answers at 90%: {np.median(late):.0f} more, at 95% {np.quantile(late, 0.95):.0f}"
    )


def suspects(times: int) -> None:
    """People who do not work: after how many of their answers it is clear."""
    chance = np.random.default_rng(SEED)
    print("\nperson                               answers   found   median   at 95%")
    for name, person, kind, answers, terms in SUSPECTS:
        found = [found_after(person, kind, answers, terms, chance) for _ in range(times)]
        print(f"{name:35}   {answers:7}   {share(found):5.3f}   {after(found, 0.5)}   {after(found, 0.95)}")


def found_after(
    person: Labels, kind: Kind, answers: int, terms: Mapping[str, Any], chance: np.random.Generator
) -> int | None:
    """After how many answers one simulated person is found."""
    made = project(person, answers, chance, **terms)
    return next(one.after for one in watch(made.answers[0], made.known, 0).looks if one.kind is kind)


def working(times: int, answers: int = 1000) -> None:
    """Honest people: how many of them are suspected within a thousand answers."""
    chance = np.random.default_rng(SEED)
    print(f"\nwithin {answers} answers" + 18 * " " + "".join(f"{kind.value:>10}" for kind in Kind) + "   any hint")
    for name, accuracy, terms in HONEST:
        clear, hinted = false_findings(accuracy, answers, terms, times, chance)
        print(f"{name:35}" + "".join(f"{clear[kind]:10.4f}" for kind in Kind) + f"{hinted:11.3f}")


def false_findings(
    accuracy: float, answers: int, terms: Mapping[str, Any], times: int, chance: np.random.Generator
) -> tuple[dict[Kind, float], float]:
    """The share of honest people of whom something is found, by kind, and the share with any finding or hint.

    Everyone is watched where all are alike.
    """
    looks = []
    for _ in range(times):
        made = project(honest(accuracy), answers, chance, **terms)
        usual = others_of_each(made.known.values())
        alike = terms.get("accuracy", 0.9) == accuracy
        for who in made.answers if alike else (0,):
            looks.append(watch(made.answers[who], made.known, who, others=usual[who]).looks)
    clear = {
        kind: share(
            found if found.strength is Strength.CLEAR else None
            for each in looks
            for found in each
            if found.kind is kind
        )
        for kind in Kind
    }
    return clear, share(next((one for one in each if one.strength is not Strength.NONE), None) for each in looks)


def speed() -> None:
    """What it costs where much is known."""
    made = project(honest(0.9), 16_667, np.random.default_rng(SEED))
    started = time.perf_counter()
    usual = others_of_each(made.known.values())
    known = time.perf_counter()
    watch(made.answers[0], made.known, 0, others=usual[0])
    spent = [1000 * one for one in (known - started, time.perf_counter() - known)]
    print(f"\n{len(made.known)} pairs, 2 labels each: what others show {spent[0]:.0f} ms", end="")
    print(f", one person's {len(made.answers[0])} answers {spent[1]:.0f} ms")


def share(found: Iterable[object]) -> float:
    """How many of all were found."""
    return float(np.mean([one is not None for one in found]))


def after(found: Iterable[int | None], part: float) -> str:
    """After how many answers a part of all were found."""
    counted = np.quantile([np.inf if one is None else one for one in found], part, method="inverted_cdf")
    return f"{counted:6.0f}" if np.isfinite(counted) else "     -"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=500)
    times = parser.parse_args().times
    careers(10 * times)
    suspects(times)
    working(times)
    speed()


if __name__ == "__main__":
    main()
