"""A guideline is read with its headings and lists, and nothing in it becomes more than text."""

import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from annotation.guideline_text import guideline_html
from annotation.services.guidelines import write_guideline
from tests.annotation.labelling import make_annotator, make_labelling
from tests.factories import make_user

TAGS = re.compile(r"</?(h[3-6]|p|ol|ul|li|strong|em|blockquote)>|<(br|hr)>|<ol start=\"\d+\">|\n")


def test_headings_lists_and_stress_are_read() -> None:
    read = guideline_html("# Levels\n\nThink\n**first**.\n\n1. one\n2. two\n   - three")
    assert TAGS.sub("", read) == "LevelsThinkfirst.onetwothree"
    assert re.findall("<(h3|br|strong|ol|ul)>", read) == ["h3", "br", "strong", "ol", "ul"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[press](javascript:alert(1))", "[press](javascript:alert(1))"),
        ("![see](http://example.org/x.png)", "![see](http://example.org/x.png)"),
        ("<http://example.org>", "&lt;http://example.org&gt;"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
    ],
)
def test_links_pictures_and_html_stay_text(text: str, read: str) -> None:
    assert guideline_html(text) == f"<p>{read}</p>\n"


@given(st.text(alphabet="#-*_>1. \n\\<>&\"'[]()!ab:/`", max_size=80))
def test_no_text_becomes_anything_but_what_is_read(text: str) -> None:
    assert re.search("[<>]", TAGS.sub("", guideline_html(text))) is None


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["label/", "labelling/guideline/"])
def test_pages_show_the_guideline_as_it_is_read(client: Client, page: str) -> None:
    benchmark = make_labelling(1).benchmark
    write_guideline(
        by=make_user("annotation.manage_labelling"),
        benchmark=benchmark,
        text="# Levels\n\n<b>x</b>",
        sentences={},
        seen=0,
    )
    client.force_login(make_annotator())
    text = client.get(f"/benchmarks/{benchmark.slug}/{page}").content.decode()
    assert ("<h3>Levels</h3>" in text, "<p>&lt;b&gt;x&lt;/b&gt;</p>" in text) == (True, True)
