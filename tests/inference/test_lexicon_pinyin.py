"""Words by how they sound, and traditional characters as simplified ones."""

import pytest

from inference.knowledge.pinyin import Sounds, plain, sounds_like
from inference.knowledge.records import Entry, Kind
from inference.knowledge.traditional import simplified

WORDS = {"感冒灵": Kind.MEDICINE, "阿莫西林": Kind.MEDICINE, "阿胶": Kind.MEDICINE, "益肝宁": Kind.MEDICINE}
SOUNDS = Sounds(
    [(word, Entry(kind, word)) for word, kind in WORDS.items()]
    + [("乙肝宁", Entry(Kind.BRAND, "乙肝宁")), ("北京", Entry(Kind.REGION, "北京"))]
)


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ("ganmaoling", ("感冒灵",)),
        ("amoxilin", ("阿莫西林",)),
        ("amoxiling", ("阿莫西林",)),
        ("ejiao", ("阿胶",)),
        ("yiganning", ("益肝宁", "乙肝宁")),
        ("beijing", ()),
        ("swisse", ()),
    ],
)
def test_pinyin_names_words(letters: str, words: tuple[str, ...]) -> None:
    assert SOUNDS.of_letters(letters) == words


@pytest.mark.parametrize(("letters", "words"), [("amxl", ("阿莫西林",)), ("gml", ()), ("amxi", ())])
def test_initials_name_long_words(letters: str, words: tuple[str, ...]) -> None:
    assert SOUNDS.of_initials(letters) == words


@pytest.mark.parametrize(
    ("word", "words"), [("感帽灵", ("感冒灵",)), ("阿墨西玲", ("阿莫西林",)), ("感冒", ()), ("感a灵", ()), ("", ())]
)
def test_words_that_sound_alike(word: str, words: tuple[str, ...]) -> None:
    assert SOUNDS.alike(word) == words


def test_sounds_are_told_apart_by_tone_or_accent_where_asked() -> None:
    assert (sounds_like("西林", "西玲"), sounds_like("西林", "西玲", accent=True)) == (False, True)
    assert (sounds_like("法", "发"), sounds_like("法", "发", tones=True)) == (True, False)


def test_tones_and_blanks_are_no_letters() -> None:
    assert [plain(one) for one in ("gǎn mào", "gan3mao4", "lü", "lv")] == ["ganmao", "ganmao", "lu", "lu"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("感冒靈顆粒", "感冒灵颗粒"),
        ("乾薑", "干姜"),
        ("乾坤", "乾坤"),
        ("產後", "产后"),
        ("打坏", "打坏"),
        ("對乙醯氨基酚", "对乙酰氨基酚"),
        ("a\ud800靈", "a\ud800灵"),
    ],
)
def test_traditional_characters(text: str, found: str) -> None:
    assert simplified(text) == found
