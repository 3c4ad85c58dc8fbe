"""Replaying: whatever is edited afterwards, a judgment made again of what it pinned has the same key and level."""

from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from itertools import count

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.models import Product
from inference.enums import DocumentKind
from inference.knowledge.records import Kind
from inference.models import Document, EntryVersion, Judgment, JudgmentTrace, PinnedPassage, Run
from inference.selectors.entries import standing_of
from inference.selectors.replays import Why, judgments_with, replay, sampled
from inference.services.documents import Draft, remove_document, store_documents
from inference.services.judging import judge_all
from inference.services.knowledge import correct_entry
from inference.services.runs import launch_run
from tests.factories import make_benchmark, make_release, make_user
from tests.inference.test_incremental import World, edit_attributes, edit_product, edit_rule, made_world, retire_rule
from tests.thorough import examples

pytestmark = pytest.mark.django_db

UNKNOWN = "乐松"
"""A name that only documents explain."""
USES = ("用于缓解头痛、牙痛。", "用于感冒引起的鼻塞、流涕。", "用于咳嗽痰多。")
EFFICACY = (["发热", "头痛"], ["牙痛"], ["感冒"])
numbers = count(1)


def leaflet(at: int, words: str) -> Draft:
    sections = (("适应症", f"{UNKNOWN}(布洛芬片) {words}"),)
    return Draft(f"leaflet-{at}", DocumentKind.LEAFLET, f"{UNKNOWN} 布洛芬片说明书", "a pharmacy", sections)


def edit_document(world: World, at: int, word: int, effect: int) -> None:
    store_documents(drafts=[leaflet(at % 3, f"{USES[word % 3]} {effect}")], by=None)


def drop_document(world: World, at: int, word: int, effect: int) -> None:
    if document := Document.objects.first():
        remove_document(by=make_user("inference.import_documents", username=f"d{next(numbers)}"), document=document)


def edit_knowledge(world: World, at: int, word: int, effect: int) -> None:
    standing = standing_of(Kind.MEDICINE, "布洛芬")
    content = {**standing.content, "efficacy": EFFICACY[word % 3], "aliases": [f"别名{effect}", UNKNOWN][: at % 3]}
    with suppress(ValidationError):  # it says so already
        correct_entry(
            by=make_user("inference.correct_knowledge", username=f"k{next(numbers)}"),
            kind=Kind.MEDICINE,
            name="布洛芬",
            content=content,
            source="a leaflet",
            note=f"edit {next(numbers)}",
            expected_number=standing.number,
        )


EDITS: list[Callable[[World, int, int, int], None]] = [
    edit_rule,
    retire_rule,
    edit_product,
    edit_attributes,
    edit_document,
    drop_document,
    edit_knowledge,
]
small = st.integers(0, 30)
sequences = st.lists(st.tuples(st.sampled_from(EDITS), small, small, small), min_size=2, max_size=5)
MANY = settings(
    max_examples=examples(quick=3, thorough=200),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def judged(world: World) -> Run:
    config = world.config()
    return judge_all(run=launch_run(by=None, release=world.release(), benchmark=world.benchmark, config=config))


@pytest.fixture
def run() -> Run:
    store_documents(drafts=[leaflet(0, USES[0])], by=None)
    rows = [(UNKNOWN, "布洛芬片100片", "highly"), ("布洛芬", " ", "irrelevant"), ("感冒", "[999]感冒灵颗粒", "highly")]
    return judge_all(run=launch_run(by=None, release=make_release(), benchmark=make_benchmark(*rows)))


def replayed(run: Run) -> list[Why | None]:
    return [one.why for one in replay(sampled(run, 1000))]


def printed(run: Run, **options: object) -> str:
    out = StringIO()
    call_command("replay", str(run.pk), stdout=out, **options)
    return out.getvalue()


@given(sequences)
@MANY
def test_after_any_edits_every_judgment_replays(sequence: list) -> None:
    world = made_world()
    store_documents(drafts=[leaflet(0, USES[0])], by=None)
    runs = [judged(world)]
    for edit, at, word, effect in sequence:
        edit(world, at, word, effect)
        runs.append(judged(world))
    assert [replayed(run) for run in runs] == [[None] * run.total for run in runs]


def test_what_a_search_found_is_kept_once_for_all_judgments(run: Run) -> None:
    texts = [one.content["text"] for one in PinnedPassage.objects.all()]
    assert texts == [f"{UNKNOWN}(布洛芬片) {USES[0]}"]
    judge_all(run=launch_run(by=None, release=run.release, benchmark=run.benchmark, full=True))
    assert PinnedPassage.objects.count() == 1


def test_documents_that_went_are_read_again(run: Run) -> None:
    remove_document(by=make_user("inference.import_documents"), document=Document.objects.get())
    assert replayed(run) == [None, None, None]


def test_one_taken_over_is_replayed_as_it_was_made(run: Run) -> None:
    Product.objects.update(given={"source": ["elsewhere"]})
    again = judge_all(run=launch_run(by=None, release=run.release, benchmark=run.benchmark))
    assert set(again.judgments.filter(failure="").values_list("reused", flat=True)) == {True}
    done = replay(sampled(again, 10))
    assert {one.run.pk for one in done if not one.judgment.failure} == {run.pk}
    assert all(one.same for one in done)


def stored(run: Run, **changed: object) -> Judgment:
    """The judgment on the name that documents explain as another row, with something else in it or its trace."""
    one = run.judgments.select_related("traced").get(pair__query__text=UNKNOWN)
    fields = {"key": one.key, "content": one.trace, "case": one.traced.case, "evidence": one.traced.evidence}
    trace = JudgmentTrace.objects.create(**fields | {name: changed[name] for name in fields if name in changed})
    Judgment.objects.filter(pk=one.pk)._raw_delete("default")
    return Judgment.objects.create(
        run=run, pair=one.pair, key=changed.get("key", one.key), level=changed.get("level", one.level), traced=trace
    )


def why(judgment: Judgment) -> Why | None:
    return replay(judgments_with([judgment.pk]))[0].why


def test_one_without_texts_says_so(run: Run) -> None:
    assert why(stored(run, case={})) is Why.NO_TEXTS


def test_one_without_passages_is_replayed_with_the_documents_there_are(run: Run) -> None:
    assert why(stored(run, evidence=None)) is None
    remove_document(by=make_user("inference.import_documents"), document=Document.objects.get())
    assert why(stored(run, evidence=None)) is Why.NO_PASSAGES


def test_another_key_and_another_level_are_told_apart(run: Run) -> None:
    assert why(stored(run, key="0" * 64)) is Why.OTHER_KEY
    judge_all(run=launch_run(by=None, release=run.release, benchmark=run.benchmark, full=True))
    again = Run.objects.latest("pk")
    assert why(stored(again, level="moderately")) is Why.OTHER_LEVEL


def test_knowledge_that_is_no_longer_shipped_is_named(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(knowledge="0" * 64)
    assert why(stored(run, key="0" * 64)) is Why.KNOWLEDGE


def test_the_command_says_how_many(run: Run) -> None:
    assert printed(run) == f"3 of 3 judgments of run {run.pk} came to the same key and level.\n"
    assert printed(run, sample=2).startswith("2 of 2 ")


def test_the_command_lists_the_others_and_fails(run: Run) -> None:
    one = stored(run, level="moderately")
    out = StringIO()
    with pytest.raises(CommandError, match=f"2 of 3 judgments of run {run.pk} came to the same"):
        call_command("replay", str(run.pk), stdout=out)
    assert out.getvalue() == (
        f"judgment {one.pk}, {UNKNOWN} / 布洛芬片100片: moderately -> {replay(judgments_with([one.pk]))[0].answer.level}. "
        f"{Why.OTHER_LEVEL.label}\n"
    )


def test_a_run_that_is_not_there_is_refused() -> None:
    with pytest.raises(CommandError, match="There is no run 7"):
        call_command("replay", "7")


def test_the_page_of_a_judgment_replays_it(client: Client, run: Run) -> None:
    client.force_login(make_user())
    one = run.judgments.order_by("pk").first()
    assert one is not None
    address = reverse("inference:replay", args=[one.pk])
    assert address in client.get(reverse("inference:judgment", args=[one.pk])).content.decode()
    events = Judgment.objects.count(), EntryVersion.objects.count()
    assert "Replayed to the same key and level." in client.get(address).content.decode()
    fragment = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Replayed to the same key and level." in fragment
    assert "<html" not in fragment
    assert (Judgment.objects.count(), EntryVersion.objects.count()) == events
    assert (
        "the judge moved"
        in client.get(reverse("inference:replay", args=[stored(run, level="moderately").pk])).content.decode()
    )
