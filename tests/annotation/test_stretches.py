"""Stretches of time in words."""

import pytest
from django.utils import translation

from annotation.templatetags.stretches import stretch


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (None, "–"),
        (0.0, "under an hour"),
        (1 / 24, "1 hour"),
        (1.99, "47 hours"),
        (2.04, "2.0 days"),
        (31.26, "31.3 days"),
    ],
)
def test_a_stretch_is_told_in_the_unit_that_tells_most(days: float | None, words: str) -> None:
    with translation.override("en"):
        assert stretch(days) == words
