"""Charts as they stand in a page."""

import re
from xml.etree import ElementTree

import pytest

from annotation.charts import Series, bars, columns


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
