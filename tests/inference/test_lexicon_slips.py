"""Mistyped words, and those too short or too ambiguous to mend."""

import pytest

from inference.knowledge.slips import Slips

SLIPS = Slips(
    [("阿莫西林", "阿莫西林"), ("瑞舒伐他汀", "瑞舒伐他汀"), ("头孢克肟", "甲"), ("头孢克洛", "乙"), ("三七片", "三七")]
)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("阿莫西林", ("阿莫西林",)),
        ("阿莫西淋", ("阿莫西林",)),
        ("阿西莫林", ("阿莫西林",)),
        ("阿莫林", ()),
        ("阿吗西淋", ()),
        ("头孢克拉", ("头孢克肟", "头孢克洛")),
        ("三十片", ()),
        ("恶莫西林", ()),
        ("", ()),
    ],
)
def test_the_words_a_slip_away(word: str, meant: tuple[str, ...]) -> None:
    assert SLIPS.candidates(word) == meant


def test_words_of_one_value_count_once() -> None:
    assert Slips([("头孢克肟", "甲"), ("头孢克圬", "甲")]).candidates("头孢克拉") == ("头孢克肟",)
