"""The demo's leaflets: what each says, and that they are loaded once."""

import json

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from annotation.enums import CaseState
from annotation.models import BadCase, Benchmark
from annotation.services.assigning import take_next
from annotation.services.imports import import_cases, import_products
from arweb.demo import DEMO_FOLDER
from arweb.demo_labelling import GOLD, LABELLED, SENTENCES, SIZE
from arweb.management.commands.load_demo import LEAFLETS_DATED, LEAFLETS_SOURCE, done, examine_all, load_leaflets
from inference.enums import DocumentKind
from inference.knowledge.lexicon import load_lexicon
from inference.knowledge.naming import named
from inference.models import Document, EntryVersion, Passage
from rules.models import AuditEvent

ROWS = [json.loads(line) for line in (DEMO_FOLDER / "leaflets.jsonl").read_text("utf-8").splitlines()]
NEEDED = {"成份", "用法用量", "注意事项"}
USES = {"功能主治", "适应症"}


def test_every_leaflet_says_what_it_is_made_of_what_it_is_for_and_how_it_is_taken() -> None:
    lacking = [
        row["name"]
        for row in ROWS
        if not row["sections"].keys() >= NEEDED
        or len(USES & row["sections"].keys()) != 1
        or "" in row["sections"].values()
    ]
    assert lacking == []


def test_every_leaflet_is_of_a_medicine_of_the_lexicon() -> None:
    lexicon = load_lexicon()
    medicines = ((row["name"], named(row["name"], lexicon)) for row in ROWS)
    assert [name for name, medicine in medicines if not (medicine and medicine.known)] == []


def test_every_leaflet_is_of_a_product_of_the_demo() -> None:
    products = (DEMO_FOLDER / "products.csv").read_text("utf-8")
    assert [row["name"] for row in ROWS if row["name"] not in products or row["trade_name"] not in products] == []


@pytest.mark.django_db
def test_loading_the_demo_again_changes_nothing() -> None:
    call_command("load_demo", verbosity=0)
    before = state()
    call_command("load_demo", verbosity=0)
    assert state() == before


@pytest.mark.django_db
def test_the_demos_bad_cases_wait_with_what_is_to_blame() -> None:
    done(import_products(path=DEMO_FOLDER / "products.csv"))
    done(import_cases(path=DEMO_FOLDER / "cases.csv"))
    examine_all()
    waiting = BadCase.objects.filter(state=CaseState.NEW)
    assert (BadCase.objects.count(), waiting.filter(cluster="").count(), waiting.filter(reports=2).count()) == (
        30,
        0,
        2,
    )


@pytest.mark.django_db
def test_every_leaflet_is_loaded_with_source_and_day() -> None:
    load_leaflets()
    leaflets = Document.objects.filter(kind=DocumentKind.LEAFLET, source=LEAFLETS_SOURCE, dated=LEAFLETS_DATED)
    assert leaflets.count() == len(ROWS)


def state() -> list[list[tuple[object, ...]]]:
    """What loading writes, but for the records of imports themselves."""
    return [
        list(Document.objects.order_by("pk").values_list()),
        list(Passage.objects.order_by("pk").values_list()),
        list(EntryVersion.objects.order_by("pk").values_list()),
        list(BadCase.objects.order_by("pk").values_list()),
        list(AuditEvent.objects.exclude(verb__startswith="import.").order_by("pk").values_list("pk", "verb")),
    ]


@pytest.mark.django_db
def test_a_new_user_can_label_at_once() -> None:
    call_command("load_demo", verbosity=0)
    person, benchmark = User.objects.get(username="annotator"), Benchmark.objects.get(slug=LABELLED)
    offer = take_next(by=person, benchmark=benchmark)
    assert offer and (offer.guideline, offer.sentences) == (1, SENTENCES)
    assert (benchmark.queue.count(), benchmark.queue.exclude(gold="").count()) == (SIZE + GOLD, GOLD)
