"""The knowledge files with entry versions laid over them."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from inference.knowledge.overlay import TABLES, Version, by_name, content_of, overlaid, record_of
from inference.knowledge.records import Brand, Kind, Medicine
from inference.knowledge.tables import Tables, read_tables
from tests.inference.small_lexicon import TABLES as SMALL

words = st.sampled_from(["布洛芬", "感冒灵", "感冒", "儿童", "某药", "a/b.c"])
contents = st.fixed_dictionaries(
    {},
    optional={
        "aliases": st.lists(words, max_size=2),
        "category": words,
        "parent": words,
        "near": st.lists(words, max_size=2, unique=True),
        "efficacy": words | st.lists(words, max_size=2) | st.none(),
        "unknown": st.integers(),
    },
)
versions = st.lists(st.builds(Version, st.sampled_from(list(TABLES)), words, contents, st.booleans()), max_size=8)


def test_the_newest_version_wins_whole() -> None:
    tables = overlaid(
        SMALL,
        [
            Version(Kind.MEDICINE, "布洛芬", {"efficacy": ["感冒"], "forms": ["片"]}),
            Version(Kind.MEDICINE, "布洛芬", {"efficacy": ["疼痛"]}),
        ],
    )
    assert by_name(tables, Kind.MEDICINE)["布洛芬"] == Medicine("布洛芬", efficacy=("疼痛",))


def test_an_entry_of_the_files_keeps_its_place_and_a_new_one_comes_last() -> None:
    tables = overlaid(SMALL, [Version(Kind.BRAND, "新牌", {}), Version(Kind.BRAND, "芬必得", {"maker": "某厂"})])
    assert (tables.brands[0], tables.brands[-1]) == (Brand("芬必得", maker="某厂"), Brand("新牌"))


def test_withdrawing_takes_an_entry_out_and_a_later_version_brings_it_back() -> None:
    gone = Version(Kind.BRAND, "芬必得", {}, withdrawn=True)
    back = Version(Kind.BRAND, "芬必得", {"maker": "某厂"})
    assert "芬必得" not in by_name(overlaid(SMALL, [gone]), Kind.BRAND)
    assert by_name(overlaid(SMALL, [gone, back]), Kind.BRAND)["芬必得"] == Brand("芬必得", maker="某厂")


def test_two_rows_of_one_medicine_are_corrected_as_one() -> None:
    twice = replace(SMALL, medicines=(Medicine("甲", forms=("片",)), Medicine("乙"), Medicine("甲", forms=("栓",))))
    assert content_of(by_name(twice, Kind.MEDICINE)["甲"])["forms"] == ["片", "栓"]
    corrected = overlaid(twice, [Version(Kind.MEDICINE, "甲", {"forms": ["颗粒"]})])
    assert corrected.medicines == (Medicine("甲", forms=("颗粒",)), Medicine("乙"))


@given(versions)
def test_a_kind_and_name_holds_what_its_last_version_says(versions: list[Version]) -> None:
    tables = overlaid(SMALL, versions)
    last = {(one.kind, one.name): one for one in versions}
    for kind in TABLES:
        shipped, now = by_name(SMALL, kind), by_name(tables, kind)
        for name in shipped.keys() | now.keys() | {name for of, name in last if of is kind}:
            one = last.get((kind, name))
            expected = shipped.get(name) if one is None else None if one.withdrawn else record_of(one)
            assert now.get(name) == expected


@given(versions)
def test_the_digest_tells_knowledge_apart_and_nothing_else(versions: list[Version]) -> None:
    tables = overlaid(SMALL, versions)
    assert (tables.digest == SMALL.digest) == (tables is SMALL)
    newest = list({(one.kind, one.name): one for one in versions}.values())
    assert overlaid(SMALL, sorted(newest, key=lambda one: one.name)).digest == tables.digest


def test_saying_what_the_files_say_changes_nothing() -> None:
    shipped: Tables = read_tables()
    same = [Version(kind, name, content_of(row)) for kind in TABLES for name, row in by_name(shipped, kind).items()]
    assert overlaid(shipped, same) is shipped
