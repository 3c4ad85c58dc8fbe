"""Evidence: passages searched, near-identical ones merged, the others filtered, what is left read."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.knowledge.passages import Found, Search
from inference.knowledge.terms import query_terms
from inference.pipeline.evidence import MOST_KEPT, gather, with_evidence
from inference.pipeline.passage_filters import (
    COMPARED,
    LEAST_SCORE,
    SAME_PAGE,
    Candidate,
    dissimilar,
    joined,
    overlap,
    same_pages,
    shingles,
)
from inference.pipeline.read_query import read_query
from inference.pipeline.stages import Stage
from inference.pipeline.steps import Evidence
from rules.engine.attributes import Attribute
from tests.inference.small_lexicon import SMALL

USE = "用于缓解轻至中度疼痛如头痛、牙痛、关节痛，也用于普通感冒引起的发热。"
PAGES = st.lists(
    st.builds(
        lambda title, text, score: Found("d", title, "", "", "", text, score),
        st.sampled_from(["布洛芬片", "阿胶", ""]),
        st.text(alphabet="感冒发热头痛", max_size=12),
        st.floats(0, 10),
    ),
    max_size=8,
)


def page(title: str, text: str, score: float = 1.0, heading: str = "功能主治") -> Found:
    return Found(f"leaflet:{title}", title, "a file", "2026-01-31", heading, text, score)


def search_of(*pages: Found) -> Search:
    def search(text: str, limit: int) -> Sequence[Found]:
        return sorted(pages, key=lambda one: -one.score)[:limit]

    return search


def evidence_for(query: str, *pages: Found, off: Stage | None = None) -> Evidence:
    return gather(read_query(query, SMALL), search_of(*pages), SMALL, frozenset({off} if off else ()))


def fates(evidence: Evidence) -> list[tuple[str, str, str]]:
    return [(one.title, one.why, one.detail) for one in evidence.passages]


def read(query: str, *pages: Found) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Core names, efficacy and unknown words of a query in the light of pages."""
    reading = read_query(query, SMALL)
    found = with_evidence(reading, gather(reading, search_of(*pages), SMALL, frozenset()), SMALL)
    return found.of(Attribute.CORE_NAME), found.of(Attribute.EFFICACY), found.rest


def test_nothing_found_is_no_evidence() -> None:
    assert evidence_for("布洛芬") == Evidence()


def test_what_is_kept_is_read() -> None:
    (one,) = evidence_for("布洛芬", page("布洛芬片", USE)).passages
    assert (one.document, one.source, one.dated, one.score, one.kept) == (
        "leaflet:布洛芬片",
        "a file",
        "2026-01-31",
        1.0,
        True,
    )
    assert one.terms == ("疼痛", "感冒", "发热")


def test_a_section_that_tells_no_use_is_not_read_for_one() -> None:
    (one,) = evidence_for("布洛芬", page("布洛芬片", "可引起发热。", heading="不良反应")).passages
    assert one.terms == ()


TWICE = (page("布洛芬片", USE, 3), page("布洛芬片（某牌）", USE, 2))


def test_near_identical_pages_count_once() -> None:
    assert fates(evidence_for("布洛芬", *TWICE)) == [
        ("布洛芬片", "", ""),
        ("布洛芬片（某牌）", "same_page", "布洛芬片"),
    ]
    assert [why for _title, why, _detail in fates(evidence_for("布洛芬", *TWICE, off=Stage.IDENTITY))] == ["", ""]


APART = (page("布洛芬片", USE, 3), page("布洛芬片", "本品主要成份为布洛芬。", 1))


def test_a_page_far_behind_is_dissimilar() -> None:
    assert fates(evidence_for("布洛芬", *APART))[1] == ("布洛芬片", "dissimilar", "")
    assert fates(evidence_for("布洛芬", *APART, off=Stage.SIMILARITY))[1] == ("布洛芬片", "", "")


def test_a_page_with_few_of_the_words_is_dissimilar_and_says_which_are_missing() -> None:
    ((_title, why, detail),) = fates(evidence_for("布洛芬缓释胶囊", page("缓释片", "释放缓慢")))
    assert (why, detail) == ("dissimilar", "布洛芬缓 释胶囊")


@pytest.mark.parametrize(
    ("query", "title", "text", "detail"),
    [
        ("布洛芬", "对乙酰氨基酚片", "不可与布洛芬同用。", ""),
        ("布洛芬", "阿胶", "服用布洛芬时慎用。", "布洛芬 ≠ 阿胶"),
        ("避孕套", "布洛芬片", "与避孕套无关。", "避孕套 ≠ 布洛芬"),
        ("咳嗽", "阿胶", "不用于咳嗽。", "咳嗽 ≠ 阿胶"),
    ],
)
def test_a_page_about_something_else_is_inconsistent(query: str, title: str, text: str, detail: str) -> None:
    one = page(title, text, heading="注意事项")
    found = fates(evidence_for(query, one))
    assert found == [(title, "inconsistent", detail or f"{query} ≠ 对乙酰氨基酚")]
    assert fates(evidence_for(query, one, off=Stage.CONSISTENCY)) == [(title, "", "")]


def test_a_page_of_the_company_is_none_of_its_goods() -> None:
    """AR-Med's own example: a company beside the goods that go by its name."""
    company = page("名流药业感冒颗粒", "名流药业生产，用于感冒。")
    goods = page("名流避孕套", "名流避孕套，天然胶乳。")
    assert [why for _title, why, _detail in fates(evidence_for("名流避孕套", goods, company))] == ["", "dissimilar"]
    found = fates(evidence_for("名流避孕套", goods, company, off=Stage.SIMILARITY))
    assert [why for _title, why, _detail in found] == ["", "inconsistent"]


def test_at_most_so_many_are_kept() -> None:
    texts = [f"第{n}种说明{chr(0x4E00 + 40 * n)}{chr(0x5E00 + 31 * n)}" * 3 for n in range(20)]
    kept = [one for one in evidence_for("布洛芬", *(page("布洛芬片", text) for text in texts)).passages if one.kept]
    assert len(kept) == MOST_KEPT


def test_an_unknown_trade_name_is_explained_by_the_leaflets_that_have_it() -> None:
    assert read("瑞倍舒", page("布洛芬片（瑞倍舒）", USE)) == (("布洛芬",), ("发热", "疼痛"), ("瑞倍舒",))


def test_leaflets_that_disagree_explain_nothing() -> None:
    pages = page("布洛芬片（瑞倍舒）", USE), page("阿胶（瑞倍舒）", "补血滋阴，用于血虚萎黄。")
    assert read("瑞倍舒", *pages) == ((), (), ("瑞倍舒",))


def test_an_unknown_medicine_is_for_what_its_leaflet_says() -> None:
    assert read("舒痛宁片", page("舒痛宁片", "用于疼痛。")) == (("舒痛宁",), ("疼痛",), ())


def test_knowledge_is_never_overruled() -> None:
    pages = page("布洛芬片（瑞倍舒）", USE), page("瑞倍舒感冒颗粒", "用于感冒。")
    for query in ("瑞倍舒阿胶", "瑞倍舒避孕套", "瑞倍舒止咳", "阿胶", "布洛芬"):
        reading = read_query(query, SMALL)
        evidence = gather(reading, search_of(*pages), SMALL, frozenset())
        assert with_evidence(reading, evidence, SMALL) == reading


def shingles_of(one: Candidate) -> frozenset[str]:
    return shingles(one.title, one.text[:COMPARED])


@given(PAGES)
def test_pages_kept_are_apart_and_each_dropped_one_repeats_an_earlier_one(pages: list[Found]) -> None:
    passages = [Candidate.of(one) for one in pages]
    dropped = same_pages(passages)
    kept = [at for at in range(len(pages)) if at not in dropped]
    for at in range(len(pages)):
        near = [
            first
            for first in kept
            if first < at and overlap(shingles_of(passages[at]), shingles_of(passages[first])) >= SAME_PAGE
        ]
        assert bool(near) == (at in dropped)
        assert at not in dropped or dropped[at].detail == pages[near[0]].title
    assert same_pages([passages[at] for at in kept]) == {}


@given(PAGES, st.text(alphabet="感冒发热头痛 a", max_size=8))
def test_a_similar_page_is_near_the_best_and_the_best_page_with_every_word_stays(
    pages: list[Found], query: str
) -> None:
    terms = query_terms(query)
    dropped = dissimilar([Candidate.of(one) for one in pages], terms)
    best = max((one.score for one in pages), default=0)
    for at, one in enumerate(pages):
        assert at in dropped or one.score >= LEAST_SCORE * best
    whole = Found("d", "", "", "", "", query, best)
    assert len(pages) not in dissimilar([Candidate.of(one) for one in (*pages, whole)], terms)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=60))
def test_any_text_is_gathered(query: str, title: str, text: str) -> None:
    reading = read_query(query, SMALL)
    evidence = gather(reading, search_of(page(title, text), page(text, title)), SMALL, frozenset())
    assert len(evidence.passages) == 2
    with_evidence(reading, evidence, SMALL)


def test_missing_pairs_are_told_as_words() -> None:
    assert joined(["布洛", "洛芬", "vc", "胶囊"]) == ["布洛芬", "vc", "胶囊"]
