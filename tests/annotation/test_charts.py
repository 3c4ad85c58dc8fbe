"""Charts as they stand in a page."""

import re
from xml.etree import ElementTree

import pytest

from annotation.charts import Series, bars, columns, lines, whole_ticks


@pytest.mark.parametrize("draw", [bars, columns])
def test_a_chart_has_its_texts_escaped_and_no_style_or_script(draw) -> None:  # type: ignore[no-untyped-def]
    drawn = draw(["<b>one", "two"], [Series("<i>share", [0.25, None]), Series("more", [1, 0])], title='a "chart" <x>')
    root = ElementTree.fromstring(drawn)
    texts = [text for one in root.iter() if (text := (one.text or "").strip())]
    assert (root.get("role"), root.get("aria-label")) == ("img", 'a "chart" <x>')
    assert {"<b>one", "two", "<i>share", "more"} <= set(texts)
    assert not re.search(r"<b>|<i>|<x>|<style|<script| style=| id=| on[a-z]+=|<!--", drawn)


def test_a_chart_of_one_series_needs_no_legend() -> None:
    assert "legend " not in columns(["one"], [Series("share", [0.5])], title="one")


def test_lines_say_what_they_are_of_and_count_in_whole_numbers() -> None:
    drawn = lines(["one", "two"], [Series("cases", [1, 6])], title="Cases", unit="cases", along="week of")
    texts = [text for one in ElementTree.fromstring(drawn).iter() if (text := (one.text or "").strip())]
    assert ({"cases", "week of"} <= set(texts), [text for text in texts if text.isdigit()]) == (
        True,
        ["0", "2", "4", "6"],
    )


@pytest.mark.parametrize(
    ("most", "ticks"), [(1, [0, 1]), (4, [0, 1, 2, 3, 4]), (52, [0, 20, 40, 60]), (999, [0, 500, 1000])]
)
def test_ticks_are_round_numbers_up_to_the_most(most: int, ticks: list[int]) -> None:
    assert whole_ticks(most) == ticks


def test_lines_go_as_far_as_asked_for() -> None:
    drawn = lines(["one"], [Series("right", [0.0])], title="Right", unit="%", along="day", up_to=100)
    assert "100" in [one.text for one in ElementTree.fromstring(drawn).iter()]
