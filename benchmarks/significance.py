"""How often a comparison calls noise a difference, finds a planted regression, and the gate lets one pass.

    python benchmarks/significance.py --comparisons 1000

A scripted judge errs by chance, and never says the same twice. It judges the same pairs again and again: unchanged,
with the smallest fall that a comparison says it would have shown 80 times of 100, and with a fall as large as the gate
allows. Last, the pairs that the gate asks for are labelled, and it is asked again.
"""

import argparse
import sys
import time
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from inference.gate import Answer, Found, Terms, gate
from inference.power import pairs_to_settle
from inference.significance import Flips, differences, lowest_change
from inference.verdict import Outcome, Word, verdict_of
from rules.engine.attributes import LevelClass
from tests.inference.noisy_judge import NoisyJudge

H, L, N = LevelClass
PAIRS = (100, 400, 4400)
NOISES = (0.01, 0.05, 0.2)
TOUCHED = (10, 41, 150)
SEED = 11


def quiet(pairs: int, noise: float) -> dict[Outcome, int]:
    """A comparison in which nothing differs and as many pairs flip as the noise makes flip on average."""
    flips = round(pairs * noise * (1 - noise))
    return {(H, H, H): pairs - 2 * flips, (H, L, H): flips, (H, H, L): flips}


def found_of(outcomes: dict[Outcome, int]) -> Found:
    """A comparison as the gate sees it where a change touches every pair."""
    verdict = verdict_of(outcomes)
    return Found(verdict.flips, {one.name: one.flips for one in verdict.classes})


def share(answers: Iterable[bool]) -> float:
    """How many of all are true."""
    return float(np.mean(list(answers)))


def comparisons(times: int) -> None:
    """A/A comparisons, and planted regressions."""
    print("pairs  noise  called different  gate fails  planted fall  found (stated .80)  gate lets it pass")
    for pairs in PAIRS:
        for noise in NOISES:
            judge = NoisyJudge(pairs, noise=noise, seed=SEED)
            same = list(judge.comparisons(times))
            different = share(verdict_of(one).is_different for one in same)
            failed = share(gate(found_of(one), Terms()).answer is Answer.FAILED for one in same)
            smallest = verdict_of(quiet(pairs, noise)).smallest or 1.0
            planted = judge.comparisons(times, harm=smallest / (1 - noise))
            seen = share(verdict_of(one).word is Word.WORSE for one in planted)
            allowed = judge.comparisons(times, harm=Terms().class_fall / (1 - noise))
            passed = share(gate(found_of(one), Terms()).answer is Answer.PASSED for one in allowed)
            print(
                f"{pairs:5}  {noise:5}  {different:16.3f}  {failed:10.3f}  {smallest:12.4f}  {seen:18.3f}  {passed:17.3f}"
            )


def gates(times: int) -> None:
    """A rule that touches few pairs of 4,400: how often it passes by what it does to them."""
    print(
        "\ntouched  flip  harmless passes  harmless fails  harmful passes  harmful fails  more asked for  then settled"
    )
    chance = np.random.default_rng(SEED)
    for touched in TOUCHED:
        for rate in (0.02, 0.2):
            even = chance.multinomial(touched, [rate / 2, rate / 2, 1 - rate], size=times)
            fall = Terms().touched_fall
            worse = chance.multinomial(touched, [rate / 2, rate / 2 + fall, 1 - rate - fall], size=times)
            answers = [[touching(*row[:2], touched) for row in rows.tolist()] for rows in (even, worse)]
            rates = [
                share(one is wanted for one in rows) for rows in answers for wanted in (Answer.PASSED, Answer.FAILED)
            ]
            more, settled = settled_after(round(touched * rate / 2), touched, chance, times)
            print(
                f"{touched:7}  {rate:4}  {rates[0]:15.3f}  {rates[1]:14.3f}  {rates[2]:14.3f}  {rates[3]:13.3f}  {more:14}  {settled:12.3f}"
            )


def touching(fixed: int, broken: int, touched: int) -> Answer:
    """What the gate says of a change that touches some of 4,400 pairs, all of one class."""
    classes = {H: Flips(fixed, broken, 1466), L: Flips(0, 0, 1467), N: Flips(0, 0, 1467)}
    return gate(Found(Flips(fixed, broken, touched), classes), Terms()).answer


def settled_after(each: int, touched: int, chance: np.random.Generator, times: int) -> tuple[int, float]:
    """The pairs asked for after as many fixes as breaks were seen, and how often they settle it if it goes on so."""
    flips, fall = Flips(each, each, touched), Terms().touched_fall
    more = pairs_to_settle(flips, fall=fall) or 0
    rate = flips.count / touched
    rows = chance.multinomial(more, [rate / 2, rate / 2, 1 - rate], size=times).tolist()
    after = (Flips(each + fixed, each + broken, touched + more) for fixed, broken, _same in rows)
    return more, share(lowest_change(one) >= -fall for one in after)


def speed() -> None:
    """What one answer costs, the libraries loaded."""
    outcomes = {cell: n * 250 for cell, n in next(NoisyJudge(4400, noise=0.05, seed=1).comparisons(1)).items()}
    started = time.perf_counter()
    verdict = verdict_of(outcomes)
    decided = time.perf_counter()
    differences(verdict.cells)
    resampled = time.perf_counter()
    assert verdict.smallest
    spent = [1000 * one for one in (decided - started, resampled - decided, time.perf_counter() - resampled)]
    print(
        f"\n1.1 million pairs: verdict {spent[0]:.1f} ms, intervals {spent[1]:.1f} ms, smallest difference {spent[2]:.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comparisons", type=int, default=1000)
    times = parser.parse_args().comparisons
    comparisons(times)
    gates(times)
    speed()


if __name__ == "__main__":
    main()
