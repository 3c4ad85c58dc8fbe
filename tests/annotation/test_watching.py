"""Tests of annotation/watching: what is found of people who do not work, and what is not of those who do."""

from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.shares import wilson
from annotation.watching import (
    Answer,
    Finding,
    Kind,
    Known,
    Strength,
    Terms,
    gold_standing,
    others_of,
    others_of_each,
    watch,
)
from annotation.watching.evidence import Trial, stakes, trend_evidence
from annotation.watching.others import Basis
from tests.annotation.annotators import clicker, copier, honest, project, tiring

H, M, W, N = "highly", "moderately", "weakly", "irrelevant"


def look(kind, answers, known, **terms):
    """The finding of one kind about person 0."""
    return next(one for one in watch(answers, known, 0, **terms).looks if one.kind is kind)


def suspect(labels, each=400, seed=1, **terms):
    """The findings worth a look, and how person 0 stands."""
    made = project(labels, each, np.random.default_rng(seed), **terms)
    return watch(made.answers[0], made.known, 0)


def test_somebody_who_gets_every_gold_answer_wrong_stops_after_a_few():
    standing = gold_standing([False] * 5)
    assert (standing.must_stop, standing.stopped_after, standing.accuracy) == (True, 4, 0.0)


def test_a_good_share_right_goes_on_with_its_interval():
    standing = gold_standing([True] * 18 + [False] * 2)
    assert (standing.must_stop, standing.accuracy, standing.interval) == (False, 0.9, wilson(18, 20))


def test_before_the_first_gold_answer_nothing_is_known():
    standing = gold_standing([])
    assert (standing.accuracy, standing.must_stop, standing.evidence) == (None, False, 1.0)


def test_who_is_stopped_stays_stopped():
    assert gold_standing([False] * 4 + [True] * 300).stopped_after == 4


@given(st.lists(st.booleans(), max_size=60))
def test_an_answer_more_never_takes_a_stop_back(right):
    before, after = gold_standing(right[:-1]), gold_standing(right)
    assert before.stopped_after in (None, after.stopped_after)


def test_good_work_before_does_not_hide_that_somebody_stopped_working():
    assert gold_standing([True] * 200 + [False] * 12).stopped_after <= 212


def test_looking_after_every_answer_gains_nothing_on_average():
    """Over all outcomes of eight answers by their chances, the evidence is 1: it is a fair bet against a good worker."""
    total = 0.0
    for number in range(2**8):
        hits = [bool(number >> bit & 1) for bit in range(8)]
        chance = np.prod([0.85 if hit else 0.15 for hit in hits])
        total += chance * list(stakes([Trial(hit, 0.85, (0.3, 0.6)) for hit in hits]))[-1]
    assert total == pytest.approx(1.0)


def test_the_evidence_of_a_trend_is_a_fair_bet_too():
    scores = np.linspace(-40, 40, 8001)
    density = np.exp(-(scores**2) / 8) / np.sqrt(8 * np.pi) * 0.01
    assert sum(trend_evidence(one, 4.0) * two for one, two in zip(scores, density, strict=True)) == pytest.approx(1.0)


def test_a_very_steep_fall_is_no_overflow():
    assert trend_evidence(-1e6, 4.0) > exp(600)


def test_nobody_to_compare_with_finds_nothing():
    found = watch([Answer(1, H)], {}, 0)
    assert (found.findings, found.pace) == ((), None)
    assert found.looks[0] == Finding(Kind.FAR_OFF, Strength.NONE, 1.0, None, None, None, 0, None)


def test_no_answers_find_nothing():
    assert watch([], {}, 0).findings == ()


def test_a_copier_is_found_where_rulings_are_against_the_votes():
    found = suspect(copier(), rulings=True).findings
    assert [(one.kind, one.strength) for one in found] == [(Kind.COPIES, Strength.CLEAR)]
    assert found[0].statistic > 0.9 > 0.7 > found[0].expected
    assert found[0].after < 150


def test_the_vote_copied_is_what_most_models_say():
    known = {at: Known(ruling=W, votes=(H, H, N), labels={0: H, 1: W, 2: W}) for at in range(60)}
    found = look(Kind.COPIES, [Answer(at, H) for at in range(60)], known)
    assert (found.strength, found.statistic, found.answers) == (Strength.CLEAR, 1.0, 60)


def test_models_that_differ_have_no_vote_to_copy():
    known = {at: Known(ruling=W, votes=(H, N), labels={0: H, 1: W, 2: W}) for at in range(60)}
    assert look(Kind.COPIES, [Answer(at, H) for at in range(60)], known).answers == 0


def test_somebody_better_than_the_others_is_no_copier_of_good_votes():
    found = [suspect(honest(0.97), seed=seed, accuracy=0.75, votes=0.95).findings for seed in range(5)]
    assert [one.kind for each in found for one in each if one.strength is Strength.CLEAR] == []


def test_without_gold_and_rulings_copying_cannot_be_told():
    made = project(copier(), 200, np.random.default_rng(3), gold=0)
    assert others_of(made.known.values(), without=0).following[Basis.PEOPLE] == 1.0
    assert look(Kind.COPIES, made.answers[0], made.known).answers == 0


def test_a_random_clicker_is_found_without_gold():
    found = suspect(clicker(), each=100, gold=0).findings
    assert [(one.kind, one.strength) for one in found] == [(Kind.RANDOM, Strength.CLEAR)]
    assert found[0].after < 60


def test_one_key_again_and_again_is_found_without_gold():
    made = project(clicker(), 200, np.random.default_rng(2), gold=0)
    answers = [Answer(one.item, H) for one in made.answers[0]]
    assert look(Kind.RANDOM, answers, made.known).strength is Strength.CLEAR


def test_where_others_are_at_chance_nobody_is_called_random():
    known = {at: Known(labels={0: H, 1: (H, N)[at % 2], 2: (H, N)[at // 2 % 2]}) for at in range(80)}
    assert look(Kind.RANDOM, [Answer(at, N) for at in range(80)], known).answers == 0


def test_one_who_tires_is_found_along_sittings():
    made = project(tiring(), 1600, np.random.default_rng(4))
    found = look(Kind.TIRES, made.answers[0], made.known)
    assert (found.strength, found.after, found.answers) == (Strength.CLEAR, 400, 1600)
    assert found.interval.high < -0.1


def test_a_sitting_ends_with_a_long_break():
    """Wrong after every break and right before it: worse along one sitting, better along each of many."""
    levels = [H if at % 20 >= 10 else N for at in range(200)]
    known = {at: Known(gold=H) for at in range(200)}
    breaks = [Answer(at, level, at=at + 3600 * (at // 20)) for at, level in enumerate(levels)]
    assert look(Kind.TIRES, breaks, known).statistic > 4
    assert abs(look(Kind.TIRES, breaks, known, terms=Terms(gap=1e9)).statistic) < 0.1


def test_the_time_per_answer_is_told_as_a_trend():
    answers = [Answer(at, H, at=at, seconds=20 * 0.5 ** (at / 100)) for at in range(100)]
    found = watch(answers, {}, 0).pace
    assert (found.change, found.answers) == (pytest.approx(np.log(0.5)), 100)


def test_getting_quicker_alone_is_no_finding():
    known = {at: Known(gold=H) for at in range(100)}
    answers = [Answer(at, H, at=at, seconds=20 * 0.5 ** (at / 100)) for at in range(100)]
    assert watch(answers, known, 0).findings == ()


def test_honest_people_have_no_clear_finding():
    made = project(honest(0.9), 300, np.random.default_rng(6), rulings=True)
    found = [one for who in made.answers for one in watch(made.answers[who], made.known, who).findings]
    assert [one for one in found if one.strength is Strength.CLEAR] == []


def test_what_is_usual_leaves_out_the_person_watched():
    known = [Known(ruling=W, votes=(H,), labels={0: H, 1: W, 2: W})] * 60
    usual = [others_of(known, without=who).following[Basis.RULING] for who in (0, 1)]
    assert usual == [0.25, wilson(60, 120).high]


def test_what_is_usual_for_each_is_what_it_is_without_them():
    known = project(copier(), 150, np.random.default_rng(8), rulings=True).known.values()
    each, without = others_of_each(known)[0].following, others_of(known, without=0).following
    assert [each[basis] for basis in (Basis.GOLD, Basis.RULING)] == [without[Basis.GOLD], without[Basis.RULING]]
