"""annotation/titles.py"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.titles import ParsedTitle, parse_title
from rules.engine.attributes import Attribute


def said(parsed: ParsedTitle) -> tuple[str, str, str, str, str]:
    """What was read, in one row."""
    return parsed.brand, parsed.name, parsed.form, parsed.strength, parsed.pack


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("[云峰]阿莫西林胶囊 0.25g*24粒", ("云峰", "阿莫西林胶囊", "胶囊", "0.25g", "24粒")),
        ("【青禾】感冒清热颗粒12g*10袋/盒", ("青禾", "感冒清热颗粒", "颗粒", "12g", "10袋/盒")),
        ("【云峰】】益母草颗粒", ("云峰", "益母草颗粒", "颗粒", "", "")),
        ("【青禾】【官方】布洛芬缓释胶囊", ("青禾", "布洛芬缓释胶囊", "缓释胶囊", "", "")),
        ("999 感冒灵颗粒10g*9袋", ("999", "感冒灵颗粒", "颗粒", "10g", "9袋")),
        ("青禾牌维生素C咀嚼片 850mg/片*130片", ("青禾", "维生素C咀嚼片", "咀嚼片", "850mg", "130片")),
        ("正品保证 青禾 左炔诺孕酮片 1片装", ("青禾", "左炔诺孕酮片", "片", "", "1片")),
        ("盐酸氨溴索口服溶液 120ml：0.36g", ("", "盐酸氨溴索口服溶液", "口服溶液", "120ml:0.36g", "")),
        ("羧甲司坦口服溶液10ml:160mg*10支/盒", ("", "羧甲司坦口服溶液", "口服溶液", "10ml:160mg", "10支/盒")),
        ("[青禾]吡拉西坦胶囊 0.2g*48s", ("青禾", "吡拉西坦胶囊", "胶囊", "0.2g", "48s")),
        ("[青禾]妇炎洁洗液280ml", ("青禾", "妇炎洁洗液", "洗液", "", "280ml")),
        ("[青禾]布洛芬混悬液(100mg:2g)*120ml/瓶", ("青禾", "布洛芬混悬液", "混悬液", "100mg:2g", "120ml")),
        ("[青禾]红霉素眼膏 0.5%*2g*1支/盒", ("青禾", "红霉素眼膏", "眼膏", "0.5%", "2g*1支/盒")),
        ("[青禾]氨氯地平阿托伐他汀钙片 (5mg+10mg)*7s", ("青禾", "氨氯地平阿托伐他汀钙片", "片", "(5mg+10mg)", "7s")),
        ("[青禾]葡萄籽片6.4g(800mg*8片)/盒", ("青禾", "葡萄籽片", "片", "800mg", "8片")),
        ("[青禾]维生素B6片", ("青禾", "维生素B6片", "片", "", "")),
        ("[青禾]维生素D滴剂(胶囊型)400单位*24粒", ("青禾", "维生素D滴剂", "滴剂", "400单位", "24粒")),
        ("【青禾】颗粒激点", ("青禾", "颗粒激点", "", "", "")),
        ("【青禾】天然胶乳橡胶避孕套 超薄0.01 003只装", ("青禾", "天然胶乳橡胶避孕套", "套", "", "")),
        ("阿莫西林胶囊", ("", "阿莫西林胶囊", "胶囊", "", "")),
        ("青禾枸杞200g 煲汤泡茶", ("", "青禾枸杞", "", "", "200g")),
        ("[]胶囊", ("", "胶囊", "", "", "")),
        ("", ("", "", "", "", "")),
    ],
)
def test_reads_what_a_title_shows(title: str, expected: tuple[str, ...]) -> None:
    assert said(parse_title(title)) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("[青禾]小儿感冒颗粒", ("儿童",)),
        ("青禾 多种维生素矿物质片(男士型)", ("男性",)),
        ("[青禾]葡萄糖酸钙口服液 老人 孕妇", ("老年人", "孕妇")),
        ("[青禾]麝香保心丸 孕妇禁用", ()),
        ("[青禾儿童制药]羚羊清肺散", ()),
    ],
)
def test_reads_for_whom_it_is(title: str, expected: tuple[str, ...]) -> None:
    assert parse_title(title).population == expected


def test_attributes_hold_what_was_read_and_nothing_empty() -> None:
    assert parse_title("[金青/云峰]小儿感冒颗粒 5g*10袋").attributes == {
        Attribute.BRAND: ("金青", "云峰"),
        Attribute.CORE_NAME: ("小儿感冒颗粒",),
        Attribute.DOSAGE_FORM: ("颗粒",),
        Attribute.STRENGTH: ("5g",),
        Attribute.POPULATION: ("儿童",),
    }


@given(st.text(max_size=300) | st.text(alphabet="[]【】片 0123456789.mgl*/:+()牌孕妇胶囊", max_size=400))
def test_takes_any_text(title: str) -> None:
    parsed = parse_title(title)
    assert len(parsed.pack) <= 100
    assert all(values and all(values) for values in parsed.attributes.values())


@pytest.mark.parametrize("unit", ["1", "1mg*", "(1mg+", "[", "【", "片", "1g/", " ", "牌", "a", "孕", "1mg:", "ﷺ"])
def test_takes_bounded_time(unit: str) -> None:
    started = time.process_time()
    parse_title(unit * 50_000)
    assert time.process_time() - started < 0.5
