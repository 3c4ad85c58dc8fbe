"""The search of the documents, on the configured database."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from inference.enums import DocumentKind
from inference.knowledge.passages import no_search
from inference.models import Document
from inference.selectors.passages import document_search
from inference.services.documents import Draft, store_documents

pytestmark = pytest.mark.django_db


def store(**texts: str) -> None:
    drafts = [Draft(key, DocumentKind.LEAFLET, "", "a file", (("", text),)) for key, text in texts.items()]
    store_documents(drafts=drafts, by=None)


def ranked(text: str, limit: int = 10) -> list[str]:
    return [one.document for one in document_search()(text, limit)]


def test_without_documents_nothing_is_searched() -> None:
    assert document_search() is no_search


def test_a_rare_term_weighs_more_than_a_common_one() -> None:
    store(a="感冒药", b="感冒药片", c="感冒发热", d="咳嗽感冒", e="发热头痛乏力")
    assert ranked("感冒头痛")[0] == "e"


def test_a_short_passage_with_the_terms_comes_before_a_long_one() -> None:
    store(long="布洛芬" + "用于其他各种不适的治疗" * 10, short="布洛芬片", other="维生素")
    assert ranked("布洛芬") == ["short", "long"]


def test_a_repeated_term_counts_for_more() -> None:
    store(once="鼻塞咽痛乏力头晕", often="鼻塞鼻塞鼻塞头晕", none="维生素")
    assert ranked("鼻塞") == ["often", "once"]


def test_words_figures_width_and_case_are_found() -> None:
    store(a="维生素 Ｃ 泡腾片 VC 0.3g", b="钙片", c="α受体阻滞剂")
    assert [ranked(text) for text in ("vc", "0.3", "c", "α", "ＶＣ")] == [["a"], ["a"], ["a"], ["c"], ["a"]]


def test_words_of_a_question_are_left_out() -> None:
    store(a="是什么怎么办", b="偏头痛", c="维生素")
    assert ranked("偏头痛是什么，怎么办？") == ["b"]


def test_at_most_as_many_as_asked_for() -> None:
    store(**{f"d{n}": f"感冒第{n}种" for n in range(8)})
    assert len(ranked("感冒", 3)) == 3


def test_the_title_is_found_with_every_passage() -> None:
    sections = (("功能", "止痛。"), ("禁忌", "过敏者。"))
    store_documents(drafts=[Draft("a", DocumentKind.LEAFLET, "布洛芬片", "x", sections)], by=None)
    assert [one.heading for one in document_search()("布洛芬禁忌", 5)] == ["禁忌", "功能"]


def test_a_search_is_another_one_after_a_change() -> None:
    store(a="感冒", b="咳嗽")
    before = document_search()
    assert document_search() is before
    store(b="鼻塞")
    assert document_search() is not before
    assert ranked("鼻塞") == ["b"]
    assert ranked("咳嗽") == []


def test_a_removed_document_is_not_found_whoever_removed_it() -> None:
    store(a="感冒", b="感冒")
    Document.objects.filter(external_id="a").delete()
    assert ranked("感冒") == ["b"]


def test_any_text_is_searched() -> None:
    store(a="感冒")

    @given(st.text(max_size=60))
    def holds(text: str) -> None:
        assert len(ranked(text)) <= 1

    holds()
    assert ranked('" OR * NEAR(a b) \0 ' + "感冒" * 5000) == ["a"]
    assert connection.vendor in {"sqlite", "postgresql"}
