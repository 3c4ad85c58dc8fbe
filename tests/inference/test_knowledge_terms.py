"""Terms, cutting and weights: what the search of the documents is made of."""

from hypothesis import given
from hypothesis import strategies as st

from inference.knowledge.bm25 import MOST_TERMS, Collection, rarest, score
from inference.knowledge.cutting import cut
from inference.knowledge.entry_search import EntrySearch
from inference.knowledge.leaflets import core_name
from inference.knowledge.terms import index_terms, occurrences, query_terms
from inference.knowledge.told import told_of_brand, told_of_medicine
from rules.engine.text import normalise
from tests.inference.small_lexicon import SMALL

WORDS = st.text(alphabet="感冒发热头痛 aB1.。!\n", max_size=40)


def test_chinese_goes_by_pairs_the_rest_by_words() -> None:
    assert index_terms("感冒灵 VC片0.3g，片") == ["感冒", "冒灵", "vc", "片", "0.3", "g", "片"]


def test_a_query_leaves_out_the_words_of_a_question() -> None:
    assert query_terms("感冒了怎么办？感冒") == ("感冒",)
    assert query_terms("怎么办") == ("怎么", "么办")


@given(WORDS, WORDS)
def test_terms_are_counted_as_they_are_indexed(query: str, text: str) -> None:
    """But for a character thrice in a row, which counts once."""
    terms = index_terms(text)
    counts = occurrences(query_terms(query), normalise(text))
    assert set(counts) == set(query_terms(query)) & set(terms)
    assert all(count <= terms.count(term) for term, count in counts.items())


@given(st.text(alphabet="感冒。！\n a", max_size=80), st.integers(3, 20))
def test_cutting_loses_nothing_and_keeps_the_bound(text: str, longest: int) -> None:
    parts = cut(text, longest)
    assert all(0 < len(part) <= longest for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_text_is_cut_at_the_ends_of_sentences() -> None:
    assert cut("止痛。退热。用于感冒。", 8) == ("止痛。退热。", "用于感冒。")


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 9000)))
def test_the_rarest_terms_are_searched_and_those_nobody_holds_are_not(holding: dict[str, int]) -> None:
    terms = rarest(holding)
    assert len(terms) <= MOST_TERMS
    assert bool(terms) == any(holding.values())
    left = [count for term, count in holding.items() if count and term not in terms]
    assert not terms or not left or max(holding[term] for term in terms) <= min(left)


def test_a_term_that_nearly_all_hold_still_weighs_something() -> None:
    collection = Collection(10, 5)
    weights = {"a": collection.weight(10), "b": collection.weight(1)}
    assert 0 < weights["a"] < weights["b"]
    assert score({"a": 2}, 5, weights, collection) > score({"a": 2}, 9, weights, collection) > 0


def test_a_name_without_its_dosage_form() -> None:
    names = ("阿莫西林胶囊", "注射用头孢曲松钠", "盐酸普拉克索缓释片", "片仔癀", "注射用")
    assert [core_name(name) for name in names] == ["阿莫西林", "头孢曲松钠", "盐酸普拉克索", "片仔癀", "注射用"]


def test_an_entry_is_told_with_what_is_known_of_it() -> None:
    assert told_of_medicine(SMALL.medicines["对乙酰氨基酚"]) == (
        "对乙酰氨基酚。又名：扑热息痛。类别：西药、解热镇痛药。用于：发热、疼痛。成分：对乙酰氨基酚。"
    )
    assert told_of_brand(SMALL.brands["芬必得"]) == "商品名：芬必得。通用名：布洛芬。剂型：胶囊。厂家：中美史克。"


def test_entries_are_searched_by_any_words() -> None:
    search = EntrySearch(SMALL)
    assert [one.entry.name for one in search("扑热息痛", 5)] == ["对乙酰氨基酚"]
    assert search("感冒颗粒儿童", 5)[0].entry.name == "小儿感冒"
    assert search("血压计", 5) == []
