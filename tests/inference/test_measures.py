"""The measures of the paper: by category, on hard pairs, by confidence, and the rows of an ablation."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.knowledge.lexicon import load_lexicon
from inference.measures import (
    Figures,
    Gain,
    Measured,
    ablation_rows,
    by_category,
    hard_places,
    measures_of,
    reliability,
    scores_over,
)
from inference.metrics import score, score_levels, wilson
from inference.pipeline.ablation import ABLATION, settings
from inference.pipeline.product_category import OTHERS, top_category
from rules.engine.attributes import Level

H, M, W, N = Level.HIGHLY, Level.MODERATELY, Level.WEAKLY, Level.IRRELEVANT
levels = st.sampled_from(Level)
measured = st.builds(
    Measured,
    query=st.text("ab", max_size=3),
    title=st.text("cd", max_size=6),
    labelled=st.none() | levels,
    judged=st.none() | levels,
    category=st.sampled_from("xyz"),
    confidence=st.none() | st.floats(0, 1),
)
pairs = st.lists(measured, max_size=30)


@given(pairs, st.none() | st.integers(0, 4))
def test_hard_pairs_are_equally_many_of_each_class(all_pairs: list[Measured], most: int | None) -> None:
    hard = [all_pairs[at] for at in hard_places(all_pairs, most=most)]
    classes = Counter(one.labelled.level_class for one in all_pairs if one.labelled)
    smallest = min(classes.values()) if len(classes) == 3 else 0
    taken = -(-smallest // 2) if most is None else min(-(-smallest // 2), most)
    assert Counter(one.labelled and one.labelled.level_class for one in hard) == Counter(
        {name: taken for name in classes if taken}
    )


@given(pairs, st.randoms(use_true_random=False))
def test_which_pairs_are_hard_depends_on_texts_and_labels_alone(all_pairs: list[Measured], random: Random) -> None:
    mixed = random.sample(all_pairs, len(all_pairs))
    chosen = [
        Counter((some[at].query, some[at].title, some[at].labelled and some[at].labelled.level_class) for at in places)
        for some, places in ((all_pairs, hard_places(all_pairs)), (mixed, hard_places(mixed)))
    ]
    assert chosen[0] == chosen[1]


def test_long_titles_under_short_queries_are_hard() -> None:
    rows = [
        Measured("甲" * query, "乙" * title, label, label) for query, title in ((1, 9), (9, 9)) for label in (H, W, N)
    ]
    assert hard_places(rows) == (0, 1, 2)


@given(pairs)
def test_the_categories_add_up_to_all(all_pairs: list[Measured]) -> None:
    whole, parts = scores_over(all_pairs), by_category(all_pairs).values()
    assert sum((Counter(one.confusion) for one in parts), Counter()) == Counter(whole.confusion)
    assert [one.pairs for one in parts] == sorted((one.pairs for one in parts), reverse=True)


@given(pairs)
def test_the_ranges_of_confidence_hold_every_judgment_that_has_one(all_pairs: list[Measured]) -> None:
    sure = [one for one in all_pairs if one.confidence is not None and one.labelled and one.judged]
    found = reliability(all_pairs)
    assert sum(one.pairs for one in found) == len(sure)
    assert sum(one.right for one in found) == sum(one.outcome[0] is one.outcome[1] for one in sure)
    assert all(one.low - 1e-9 <= one.confidence <= one.high + 1e-9 for one in found)
    assert 0 <= measures_of(all_pairs).miscalibration <= 1


@given(st.integers(0, 50), st.integers(0, 50))
def test_an_interval_holds_its_share_and_narrows_with_more_pairs(part: int, more: int) -> None:
    whole = part + more
    few, many = wilson(part, whole), wilson(10 * part, 10 * whole)
    assert 0 <= few.low <= few.high <= 1
    if whole:
        assert few.low - 1e-9 <= part / whole <= few.high + 1e-9
        assert many.high - many.low < few.high - few.low


def test_an_interval_is_the_one_of_the_book() -> None:
    assert (wilson(81, 263).low, wilson(81, 263).high) == (
        pytest.approx(0.2553, abs=1e-4),
        pytest.approx(0.3662, abs=1e-4),
    )


def test_all_four_levels_count_apart() -> None:
    scores = score_levels([(H, H), (H, N), (M, W), (W, None), (None, None)])
    assert (scores.pairs, scores.accuracy, scores.error) == (5, 0.2, pytest.approx(4 / 3))


def test_a_product_lies_in_the_category_of_its_medicine_or_of_its_words() -> None:
    lexicon = load_lexicon()
    medicine = next(one for one in lexicon.medicines.values() if one.category)
    narrow = next(one for one in lexicon.categories.values() if one.parent)
    top = lexicon.kinds_of(narrow.name)[-1]
    assert top_category(["unheard of", medicine.name], [narrow.name], lexicon) == medicine.category
    assert top_category(["unheard of"], [narrow.name], lexicon) == top
    assert top_category([], ["unheard of"], lexicon) == OTHERS
    assert OTHERS in lexicon.categories


def figures(right: int, wrong: int) -> Figures:
    scores = score([(H, H)] * right + [(H, N)] * wrong)
    return Figures(scores, scores)


def test_a_row_of_an_ablation_says_what_its_stage_does() -> None:
    known = {off: figures(5, 5) for off in settings()}
    known[()], known[ABLATION[-1],] = figures(8, 2), figures(7, 3)
    rows = ablation_rows(known)
    last = rows[-1].to_json()
    assert [row.gain for row in rows] == [None, *[Gain.NOTHING] * (len(ABLATION) - 2), Gain.ADDS, Gain.ADDS]
    assert (last["says"], last["says_without"]) == ("adds 10.0 points", "adds 10.0 points")
    assert rows[1].to_json()["says"] == "adds nothing on these pairs"
    assert (rows[1].idle, rows[1].missed_gain) == (False, Gain.ADDS)


def test_a_row_is_silent_on_what_is_not_known_yet() -> None:
    rows = ablation_rows({(): figures(1, 0)})
    assert [(row.figures is None, row.difference, row.missed) for row in rows[:2]] == [(True, None, None)] * 2
