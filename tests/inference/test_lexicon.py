"""The lexicon over few words: relations both ways, what lies above what, words found in a text."""

import pytest

from inference.knowledge.lexicon import merged, with_canonical_medicines
from inference.knowledge.records import Brand, Kind, Medicine
from inference.knowledge.scan import longest
from inference.knowledge.tables import read_tables
from tests.inference.small_lexicon import SMALL


def found(text: str) -> list[tuple[str, str]]:
    return [(text[hit.start : hit.end], hit.entries[0].value) for hit in longest(SMALL.name_hits(text))]


def test_a_relation_stated_once_holds_both_ways() -> None:
    assert "感冒" in SMALL.efficacy["咳嗽"].near
    assert "感冒" in SMALL.efficacy["体温测量"].complementary
    assert "发热" in SMALL.efficacy["低体温"].opposed


def test_a_broader_efficacy_is_near_as_well() -> None:
    assert SMALL.broader_efficacy("风寒感冒") == ("风寒感冒", "感冒")
    assert "感冒" in SMALL.efficacy["风寒感冒"].near


def test_what_a_broader_population_excludes_the_narrower_excludes() -> None:
    assert SMALL.excluded_by("婴儿") == {"成人", "孕妇"}


def test_what_lies_above_is_given_narrowest_first() -> None:
    assert SMALL.kinds_of("阿胶") == ("阿胶", "滋补品", "健康")
    assert SMALL.forms_of("软胶囊") == ("软胶囊", "胶囊")


def test_the_longest_word_wins() -> None:
    assert found("小儿感冒颗粒") == [("小儿感冒", "小儿感冒")]
    assert found("伤风感冒灵") == [("伤风", "感冒"), ("感冒灵", "感冒灵")]


@pytest.mark.parametrize("text", ["0.001", "10010", "1.001"])
def test_a_number_is_not_cut_in_two(text: str) -> None:
    assert found(text) == []


def test_a_category_is_for_what_its_medicines_are_for() -> None:
    assert SMALL.efficacy_of_category("解热镇痛药") == ("发热", "疼痛")


def test_an_extended_lexicon_knows_more_and_says_so() -> None:
    more = SMALL.extended(medicines=[Medicine("氯雷他定"), Medicine("布洛芬")], brands=[Brand("开瑞坦")])
    assert more.digest != SMALL.digest
    assert more.medicines["布洛芬"] == SMALL.medicines["布洛芬"]
    assert [hit.entries[0].kind for hit in more.name_hits("开瑞坦氯雷他定")] == [Kind.BRAND, Kind.MEDICINE]


def test_rows_of_one_name_are_put_together() -> None:
    first = Medicine("某药", ("甲",), "西药", efficacy=("感冒",), ingredients=("甲酸",))
    second = Medicine("某药", ("乙",), "健康", efficacy=("发热", "感冒"), ingredients=("乙酸",))
    assert merged([first, second])["某药"] == Medicine(
        "某药", ("甲", "乙"), "西药", efficacy=("感冒", "发热"), ingredients=("甲酸",)
    )


def test_a_trade_name_stands_for_the_canonical_name() -> None:
    brands = with_canonical_medicines([Brand("必理通", stands_for="扑热息痛")], SMALL.medicines)
    assert brands["必理通"].stands_for == "对乙酰氨基酚"


def test_the_digest_changes_with_any_file(tmp_path) -> None:
    (tmp_path / "needs.tsv").write_text("says\tefficacy\tcategory\tpopulation\n拉肚子\t腹泻\t\t\n", "utf-8")
    before = read_tables(tmp_path)
    (tmp_path / "needs_more.tsv").write_text("says\tefficacy\tcategory\tpopulation\n", "utf-8")
    assert [need.says for need in before.needs] == ["拉肚子"]
    assert read_tables(tmp_path).digest != before.digest
