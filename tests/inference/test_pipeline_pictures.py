"""Pictures against titles: what counts as confirmed, as contradicted, and as not shown."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Brand, Medicine
from inference.pipeline.case import Case, Picture, Word
from inference.pipeline.match_pictures import match_picture, summary, unconfirmed
from inference.pipeline.printed import printed_on
from inference.pipeline.read_product import read_product
from inference.pipeline.reading import Reading
from inference.pipeline.steps import Consistency, PictureMatch
from inference.pipeline.trace import Mention
from rules.engine.attributes import Attribute
from tests.inference.small_lexicon import TABLES

LEXICON = Lexicon(TABLES).extended(
    brands=[Brand("青禾"), Brand("白桦", maker="白桦药业")], medicines=[Medicine("青禾通络", category="中药")]
)
IBUPROFEN = "[芬必得]布洛芬片0.2g*20片"


def box(left: float, top: float, width: float, height: float) -> tuple[tuple[float, float], ...]:
    right, bottom = left + width, top + height
    return (left, top), (right, top), (right, bottom), (left, bottom)


def picture(*words: tuple[str, float] | tuple[str, float, float], sha256: str = "a" * 64) -> Picture:
    """Words one below the other with room between: text, height of the letters, perhaps a score."""
    made, top = [], 0.0
    for text, height, *score in words:
        made.append(Word(text, box(10, top, height * len(text), height), score[0] if score else 1.0))
        top += 3 * height
    return Picture(sha256, tuple(made), 900, 900)


def title(text: str) -> Reading:
    return read_product(Case("", text), text, LEXICON)


def found(photo: Picture, text: str) -> dict[str, str]:
    return {one.attribute.value: one.consistency.value for one in match_picture(photo, title(text), LEXICON).matches}


def test_a_package_that_says_what_the_title_says_confirms_it() -> None:
    photo = picture(("芬必得", 30), ("布洛芬片", 60), ("缓解疼痛，用于退烧", 20), ("0.2g×20片", 20), ("OTC", 20))
    assert found(photo, IBUPROFEN) == {
        "brand": "consistent",
        "core_name": "consistent",
        "efficacy": "consistent",
        "dosage_form": "consistent",
        "strength": "consistent",
    }


def test_other_words_on_a_package_contradict_nothing() -> None:
    photo = picture(("国药准字Z20990001", 20), ("全国销量领先", 40), ("NATURAL", 60), ("孕妇禁用", 20))
    assert set(found(photo, IBUPROFEN).values()) == {"not_shown"}


def test_a_picture_without_words_shows_nothing() -> None:
    assert set(found(Picture("b" * 64), IBUPROFEN).values()) == {"not_shown"}


@pytest.mark.parametrize(
    ("words", "attribute"),
    [
        ([("青禾", 30), ("布洛芬片", 60)], "brand"),
        ([("芬必得", 30), ("西替利嗪片", 60)], "core_name"),
        ([("芬必得", 30), ("云杉通脉片", 60)], "core_name"),
        ([("芬必得", 30), ("布洛芬颗粒", 60)], "dosage_form"),
        ([("芬必得", 30), ("布洛芬片", 60), ("0.4g×20片", 20)], "strength"),
    ],
)
def test_another_value_where_it_belongs_is_inconsistent(words: list[tuple[str, float]], attribute: str) -> None:
    states = found(picture(*words), IBUPROFEN)
    assert [name for name, state in states.items() if state == "inconsistent"] == [attribute]


def test_the_audience_is_contradicted_by_a_label_and_not_by_a_warning() -> None:
    text = "[青禾]布洛芬片 儿童"
    assert found(picture(("布洛芬片", 60), ("成人用", 20)), text)["population"] == "inconsistent"
    assert found(picture(("布洛芬片", 60), ("成人慎用", 20)), text)["population"] == "not_shown"


def test_wind_cold_and_wind_heat_are_opposite() -> None:
    text = "[999]感冒灵颗粒 风寒感冒"
    assert found(picture(("感冒灵颗粒", 60), ("用于风热感冒", 20)), text)["efficacy"] == "inconsistent"
    assert found(picture(("感冒灵颗粒", 60), ("用于风寒感冒", 20)), text)["efficacy"] == "consistent"


def test_a_wrong_character_is_forgiven_unless_it_makes_another_name() -> None:
    assert found(picture(("西替科嗪片", 60, 0.9)), "西替利嗪片")["core_name"] == "consistent"
    assert found(picture(("小儿感冒颗粒", 60, 0.9)), "感冒灵颗粒")["core_name"] == "inconsistent"


def test_a_name_cut_in_two_lines_is_put_together() -> None:
    words = (Word("复方氨", box(10, 10, 180, 60)), Word("酚烷胺片", box(10, 80, 240, 60)))
    assert found(Picture("c" * 64, words, 900, 900), "复方氨酚烷胺片")["core_name"] == "consistent"


def test_a_name_from_top_to_bottom_is_put_together() -> None:
    words = tuple(Word(char, box(10, 10 + 65 * at, 60, 60)) for at, char in enumerate("西替利嗪片"))
    assert found(Picture("d" * 64, words, 900, 900), "西替利嗪片")["core_name"] == "consistent"


def test_the_firm_behind_a_brand_confirms_it_partly() -> None:
    assert found(picture(("布洛芬片", 60), ("中美史克制药有限公司", 20)), IBUPROFEN)["brand"] == "partly"


def test_a_compound_of_the_medicine_is_partly_consistent() -> None:
    assert found(picture(("复方阿胶浆", 60)), "[青禾]阿胶")["core_name"] == "partly"


def test_fine_print_outweighs_no_other_name_in_large_letters() -> None:
    photo = picture(("西替利嗪片", 60), ("不可与布洛芬同用", 15))
    assert found(photo, IBUPROFEN)["core_name"] == "inconsistent"


def test_a_match_tells_the_words_that_decided() -> None:
    match = match_picture(picture(("OTC", 20), ("芬必得", 30), ("布洛芬片", 60)), title(IBUPROFEN), LEXICON)
    assert {one.attribute.value: one.words for one in match.matches if one.words} == {
        "brand": (1,),
        "core_name": (2,),
        "dosage_form": (2,),
    }


def pictures(*photos: Iterable[tuple[str, float]]) -> tuple[PictureMatch, ...]:
    return tuple(match_picture(picture(*words), title(IBUPROFEN), LEXICON) for words in photos)


def test_one_picture_that_confirms_outweighs_one_that_contradicts() -> None:
    other, same = [("西替利嗪颗粒", 60)], [("布洛芬片", 60)]
    states = {one.attribute: one.consistency for one in summary(pictures(other, same))}
    assert (states[Attribute.CORE_NAME], states[Attribute.DOSAGE_FORM]) == (Consistency.CONSISTENT,) * 2


def test_what_pictures_contradict_is_the_products_no_longer() -> None:
    product = title(IBUPROFEN)
    left = unconfirmed(product, pictures([("青禾", 30), ("布洛芬片", 60)]))
    assert Attribute.BRAND not in left.values and left.maker == ""
    assert {name: values for name, values in product.values.items() if name is not Attribute.BRAND} == left.values


def test_what_no_picture_contradicts_stays_as_it_is() -> None:
    product = title(IBUPROFEN)
    assert unconfirmed(product, pictures([("布洛芬片", 60)], [("OTC", 60)])) is product


def test_a_contradicted_name_is_marked_in_the_title_no_longer() -> None:
    left = unconfirmed(title(IBUPROFEN), pictures([("西替利嗪片", 60)]))
    assert not any(one.attribute is Attribute.CORE_NAME for one in left.mentions)
    assert Mention(Attribute.BRAND, "芬必得", 1, 4) in left.mentions


corners = st.floats(-1e4, 1e4, allow_nan=False)
words = st.builds(
    Word,
    st.text(max_size=12),
    st.just(()) | st.tuples(*[st.tuples(corners, corners)] * 4),
    st.floats(0, 1, allow_nan=False),
)


@given(st.lists(words, max_size=12), st.text(min_size=1, max_size=20))
def test_any_words_on_a_picture_give_a_match(read: list[Word], text: str) -> None:
    photo = Picture("e" * 64, tuple(read), 100, 100)
    match = match_picture(photo, title(text), LEXICON)
    assert all(index < len(read) for one in match.matches for index in one.words)
    assert printed_on(photo, LEXICON) is printed_on(photo, LEXICON)


def test_a_brand_inside_the_name_is_outweighed_by_another_brand() -> None:
    text = "[青禾]青禾通络片"
    assert found(picture(("青禾通络片", 60)), text)["brand"] == "consistent"
    assert found(picture(("白桦", 30), ("青禾通络片", 60)), text)["brand"] == "inconsistent"
