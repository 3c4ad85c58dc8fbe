"""Writing the knowledge: who may, what is refused, what two people at once see, and what is kept."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from inference.enums import EntryOrigin
from inference.knowledge.lexicon import load_lexicon
from inference.knowledge.overlay import by_name
from inference.knowledge.records import Kind
from inference.models import EntryVersion
from inference.selectors.chains import chain_of
from inference.selectors.entries import shipped_entries, standing_of
from inference.selectors.knowledge import tables_in_use
from inference.services.judging import judge_all
from inference.services.knowledge import (
    EntryConflictError,
    NewEntry,
    Written,
    add_entry,
    correct_entry,
    restore_version,
    withdraw_entry,
    write_entries,
)
from inference.services.runs import launch_run
from rules.models import AuditEvent
from tests.factories import make_benchmark, make_release, make_user

pytestmark = pytest.mark.django_db
WHY = {"source": "the leaflet of 2024", "note": "it said another thing"}


@pytest.fixture
def expert() -> User:
    return make_user("inference.correct_knowledge", "inference.launch_run")


def content(kind: Kind = Kind.MEDICINE, name: str = "布洛芬", **changed: Any) -> dict[str, Any]:
    return {**standing_of(kind, name).content, **changed}


def in_use(kind: Kind) -> dict[str, Any]:
    return dict(by_name(tables_in_use(), kind))


def correct(
    by: User, *, name: str = "布洛芬", expected: int = 1, kind: Kind = Kind.MEDICINE, **changed: Any
) -> EntryVersion:
    return correct_entry(
        by=by, kind=kind, name=name, content=content(kind, name, **changed), expected_number=expected, **WHY
    )


def errors(call: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        call()
    return dict(refused.value.message_dict)


def test_the_first_correction_keeps_what_the_files_say_as_version_one(expert: User) -> None:
    before = content()
    written = correct(expert, efficacy=["发热"])
    versions = EntryVersion.objects.filter(name="布洛芬").values_list("number", "origin", "content", "created_by")
    assert list(versions) == [
        (1, EntryOrigin.FILES, before, None),
        (2, EntryOrigin.CORRECTION, {**before, "efficacy": ["发热"]}, expert.pk),
    ]
    assert (written.source, written.note) == (WHY["source"], WHY["note"])
    assert in_use(Kind.MEDICINE)["布洛芬"].efficacy == ("发热",)


def test_a_correction_is_in_the_audit_trail_with_before_and_after(expert: User) -> None:
    before = content()
    correct(expert, efficacy=["发热"])
    event = AuditEvent.objects.first()
    assert (event.actor, event.verb, event.subject) == (expert, "entry.corrected", "entry:medicine/布洛芬")
    assert (event.data["content_before"], event.data["content_after"]["efficacy"]) == (before, ["发热"])


def test_nobody_without_permission_writes() -> None:
    for call in (
        lambda by: correct(by, efficacy=["发热"]),
        lambda by: add_entry(by=by, kind=Kind.BRAND, name="某牌", content={}, **WHY),
        lambda by: withdraw_entry(by=by, kind=Kind.BRAND, name="芬必得", note="gone", expected_number=1),
        lambda by: restore_version(by=by, kind=Kind.BRAND, name="芬必得", number=1, expected_number=1),
        lambda by: write_entries(by=by, entries=[]),
    ):
        with pytest.raises(PermissionDenied):
            call(make_user())
    assert not EntryVersion.objects.exists()


def test_unknown_words_are_named_with_the_nearest_known(expert: User) -> None:
    said = errors(lambda: correct(expert, efficacy=["发热", "发热症"], forms=["缓释胶"], population=["儿童", "火星人"]))
    assert said["efficacy"] == ["“发热症” is not known here; known is: 发热."]
    assert said["forms"] == ["“缓释胶” is not known here; known is: 缓释胶囊."]
    assert said["population"][0].startswith("“火星人” is not known here")


def test_a_synonym_is_refused_with_the_term_it_stands_for(expert: User) -> None:
    assert errors(lambda: correct(expert, efficacy=["普通感冒"]))["efficacy"] == [
        "“普通感冒” is not known here; known is: 感冒."
    ]


def test_another_name_that_is_taken_is_refused_with_whose_it_is(expert: User) -> None:
    assert errors(lambda: correct(expert, aliases=["扑热息痛"]))["aliases"] == [
        "“扑热息痛” is a name of “对乙酰氨基酚” already."
    ]


def test_a_correction_needs_a_source_and_a_reason(expert: User) -> None:
    said = errors(
        lambda: correct_entry(
            by=expert,
            kind=Kind.MEDICINE,
            name="布洛芬",
            content=content(route="外用"),
            source=" ",
            note="",
            expected_number=1,
        )
    )
    assert said == {"source": ["Say where this comes from."], "note": ["Say why."]}


def test_too_long_and_unreadable_words_are_refused(expert: User) -> None:
    said = errors(lambda: correct(expert, ingredients=["长" * 201, "a\x00b"]))
    assert [message[-30:] for message in said["ingredients"]] == [
        "too long: at most 200 characters."[-30:],
        "or a vertical bar; remove them."[-30:],
    ]


def test_relations_may_not_contradict_themselves(expert: User) -> None:
    said = errors(lambda: correct(expert, kind=Kind.EFFICACY, name="发热", near=["咳嗽", "发热"], opposed=["咳嗽"]))
    assert said == {"near": ["An entry can't name itself here."], "opposed": ["“咳嗽” can't be both near and opposed."]}
    assert errors(lambda: correct(expert, kind=Kind.FORM, name="片", parent="薄膜衣片"))["parent"] == [
        "“薄膜衣片” already lies below this entry."
    ]


def test_saying_the_same_again_writes_nothing(expert: User) -> None:
    with pytest.raises(ValidationError, match="Nothing was changed"):
        correct(expert)
    assert not EntryVersion.objects.exists()


def test_of_two_who_edit_the_same_version_the_second_is_shown_both_wordings(expert: User) -> None:
    other = make_user("inference.correct_knowledge", username="chen")
    mine = content(efficacy=["疼痛"])
    first = correct(other, efficacy=["发热"])
    with pytest.raises(EntryConflictError, match="chen changed this entry") as refused:
        correct_entry(by=expert, kind=Kind.MEDICINE, name="布洛芬", content=mine, expected_number=1, **WHY)
    assert (refused.value.theirs, refused.value.mine) == (first, mine)
    assert EntryVersion.objects.count() == 2


def test_a_new_entry_is_version_one(expert: User) -> None:
    written = add_entry(by=expert, kind=Kind.NEED, name=" 某某说法甲 ", content={"efficacy": ["眩晕"]}, **WHY)
    assert (written.name, written.number, written.origin) == ("某某说法甲", 1, EntryOrigin.CORRECTION)
    assert in_use(Kind.NEED)["某某说法甲"].efficacy == ("眩晕",)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("布洛芬", "There is an entry “布洛芬” already; correct that one."),
        ("扑热息痛", "“扑热息痛” is another name of “对乙酰氨基酚”."),
        ("  ", "A name is needed."),
        ("长" * 201, "“长长长长长长长长长长长长长长长长长长长长…” is too long: at most 200 characters."),
        ("a\nb", "“a�b” holds characters that can't be seen, or a vertical bar; remove them."),
        ("a\u202eb", "“a�b” holds characters that can't be seen, or a vertical bar; remove them."),
    ],
)
def test_a_new_name_must_be_free_and_readable(expert: User, name: str, said: str) -> None:
    assert errors(lambda: add_entry(by=expert, kind=Kind.MEDICINE, name=name, content={}, **WHY)) == {"name": [said]}


def test_an_entry_withdrawn_is_out_of_use_until_a_version_is_restored(expert: User) -> None:
    gone = withdraw_entry(by=expert, kind=Kind.BRAND, name="芬必得", note="no such brand", expected_number=1)
    assert (gone.number, gone.withdrawn, "芬必得" in in_use(Kind.BRAND)) == (2, True, False)
    with pytest.raises(ValidationError, match="withdrawn already"):
        withdraw_entry(by=expert, kind=Kind.BRAND, name="芬必得", note="again", expected_number=2)
    assert (
        "restore" in errors(lambda: add_entry(by=expert, kind=Kind.BRAND, name="芬必得", content={}, **WHY))["name"][0]
    )
    back = restore_version(by=expert, kind=Kind.BRAND, name="芬必得", number=1, expected_number=2)
    assert (back.number, back.note) == (3, "Version 1 restored")
    assert tables_in_use() is load_lexicon().tables


def test_what_others_name_is_not_withdrawn(expert: User) -> None:
    with pytest.raises(ValidationError, match="other entries name it"):
        withdraw_entry(by=expert, kind=Kind.EFFICACY, name="感冒", note="too wide", expected_number=1)


def test_restoring_the_newest_or_nothing_is_refused(expert: User) -> None:
    correct(expert, efficacy=["发热"])
    for number, message in ((2, "Nothing was changed"), (9, "no such version")):
        with pytest.raises(ValidationError, match=message):
            restore_version(by=expert, kind=Kind.MEDICINE, name="布洛芬", number=number, expected_number=2)


def learned(name: str, *, kind: Kind = Kind.MEDICINE, **content: Any) -> NewEntry:
    return NewEntry(kind, name, content, EntryOrigin.PRODUCT, "catalogue of 2025")


def test_learning_writes_what_is_new_and_leaves_what_people_wrote(expert: User) -> None:
    correct(expert, efficacy=["发热"])
    entries = [
        learned("某学来的药", efficacy=["感冒"]),
        learned("布洛芬", efficacy=["感冒"]),
        learned("芬必得", kind=Kind.BRAND, maker="某厂"),
        learned("坏药", efficacy=["没有的功效"]),
    ]
    first = write_entries(by=None, entries=entries)
    assert (first.added, first.changed, first.unchanged, len(first.refused)) == (1, 1, 1, 1)
    assert first.refused[0].startswith("坏药: “没有的功效” is not known here")
    assert write_entries(by=None, entries=entries[:3]) == Written(unchanged=3)
    assert (in_use(Kind.MEDICINE)["布洛芬"].efficacy, in_use(Kind.BRAND)["芬必得"].maker) == (("发热",), "某厂")
    assert [v.origin for v in EntryVersion.objects.filter(name="芬必得")] == [EntryOrigin.FILES, EntryOrigin.PRODUCT]


def test_a_correction_during_a_run_leaves_the_chain_of_the_run_alone(expert: User) -> None:
    benchmark = make_benchmark(("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"))
    run = launch_run(by=expert, release=make_release(by=expert), benchmark=benchmark)
    before = chain_of(run).lexicon
    withdraw_entry(by=expert, kind=Kind.MEDICINE, name="布洛芬", note="a trial", expected_number=1)
    assert chain_of(run).lexicon is before
    assert (judge_all(run=run).state, run.judgments.get().level) == ("finished", "highly")
    again = launch_run(by=expert, release=run.release, benchmark=benchmark)
    assert (again.knowledge != run.knowledge, "布洛芬" in chain_of(again).lexicon.medicines) == (True, False)
    assert shipped_entries(Kind.MEDICINE)["布洛芬"] == before.medicines["布洛芬"]
