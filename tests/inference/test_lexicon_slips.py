"""Mistyped words, and those too short or too ambiguous to mend."""

import pytest

from inference.knowledge.slips import Slips

SLIPS = Slips(
    [("阿莫西林", "阿莫西林"), ("瑞舒伐他汀", "瑞舒伐他汀"), ("头孢克肟", "甲"), ("头孢克洛", "乙"), ("三七片", "三七")]
)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("阿莫西林", "阿莫西林"),
        ("阿莫西淋", "阿莫西林"),
        ("阿西莫林", "阿莫西林"),
        ("阿莫林", ""),
        ("阿吗西淋", ""),
        ("头孢克拉", ""),
        ("三十片", ""),
        ("恶莫西林", ""),
        ("", ""),
    ],
)
def test_one_slip_is_mended(word: str, meant: str) -> None:
    assert SLIPS.meant(word) == meant


def test_a_slip_at_the_end_of_a_word_is_found_behind_a_brand() -> None:
    assert SLIPS.meant_at_end("康泰瑞舒伐他丁") == ("瑞舒伐他汀", 2)
    assert SLIPS.meant_at_end("康泰") == ("", 2)
