"""What a comparison is said to show, and how often that is wrong."""

from html import unescape

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from inference.power import POWER
from inference.verdict import Outcome, Verdict, Word, verdict_of
from rules.engine.attributes import LevelClass
from tests.inference.noisy_judge import NoisyJudge

H, L, N = LevelClass
AGAIN = 1000
STEADY: dict[Outcome, int] = {(H, H, H): 1464, (L, L, L): 1464, (N, N, N): 1463}


def words(verdict: Verdict) -> str:
    text = unescape(strip_tags(render_to_string("inference/_comparison_verdict.html", {"verdict": verdict})))
    return " ".join(text.split())


def test_a_difference_that_may_be_chance_is_not_called_one() -> None:
    verdict = verdict_of({**STEADY, (N, H, N): 7, (H, H, L): 2})
    assert (verdict.word, verdict.flips.fixed, verdict.flips.broken, verdict.fallen) == (Word.NO_DIFFERENCE, 7, 2, ())
    assert "7 fixed, 2 broken of 4,400; no difference shown, p = .18; no class fell beyond chance" in words(verdict)


def test_a_real_gain_is_better() -> None:
    verdict = verdict_of({**STEADY, (N, H, N): 9})
    assert (verdict.word, verdict.fallen, verdict.lower) == (Word.BETTER, (), ())
    assert "9 fixed, 0 broken of 4,400; better, p = .004; no class fell" in words(verdict)


def test_a_class_that_fell_is_named_though_the_whole_is_better() -> None:
    verdict = verdict_of({**STEADY, (N, H, N): 60, (L, L, H): 12})
    assert (verdict.word, [one.name for one in verdict.fallen]) == (Word.BETTER, [L])
    assert "better, p < .001; less relevant fell by 0.8 points" in words(verdict)


def test_what_failed_or_has_no_label_is_left_out_and_said() -> None:
    verdict = verdict_of({**STEADY, (H, None, H): 3, (H, H, None): 2, (None, H, L): 1})
    assert (verdict.flips.pairs, verdict.undecided, verdict.unlabelled) == (4391, 5, 1)
    assert "5 pairs are left out, because a judgment failed. 1 pair has no label." in words(verdict)


def test_where_nothing_differs_it_says_what_would_have_been_seen() -> None:
    assert "So many pairs show a difference of 0.18 points or more, 80 times of 100" in words(verdict_of(STEADY))
    assert "So few pairs would show no difference, however large." in words(verdict_of({(H, H, L): 4}))


def test_nothing_compared_shows_nothing() -> None:
    verdict = verdict_of({(None, H, L): 2})
    assert (verdict.word, verdict.is_different) == (Word.NOTHING, False)
    assert "No labelled pair was judged both times" in words(verdict)


@pytest.mark.parametrize(("pairs", "noise"), [(40, 0.3), (400, 0.02), (400, 0.2)])
def test_of_1000_comparisons_of_a_judge_with_itself_at_most_5_of_100_are_called_different(
    pairs: int, noise: float
) -> None:
    judge = NoisyJudge(pairs, noise=noise, seed=pairs)
    assert sum(verdict_of(one).is_different for one in judge.comparisons(AGAIN)) <= 0.05 * AGAIN


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.01, 0.05, 0.2])
def test_the_same_of_4400_pairs(noise: float) -> None:
    judge = NoisyJudge(4400, noise=noise, seed=2)
    assert sum(verdict_of(one).is_different for one in judge.comparisons(AGAIN)) <= 0.05 * AGAIN


@pytest.mark.parametrize(("pairs", "noise"), [(300, 0.01), (900, 0.05), (900, 0.2)])
def test_a_planted_regression_is_found_with_the_power_that_is_stated(pairs: int, noise: float) -> None:
    """Planted is the smallest fall that a comparison without one says it would have shown, or a bit more often."""
    flips = round(pairs * noise * (1 - noise))
    quiet = verdict_of({(H, H, H): pairs - 2 * flips, (H, L, H): flips, (H, H, L): flips})
    planted = NoisyJudge(pairs, noise=noise, seed=4).comparisons(AGAIN, harm=(quiet.smallest or 0) / (1 - noise))
    found = sum(verdict_of(one).word is Word.WORSE for one in planted) / AGAIN
    assert POWER - 0.03 <= found <= POWER + 0.09
