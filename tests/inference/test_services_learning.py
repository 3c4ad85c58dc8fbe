"""Learning from the database: written once, kept where a person wrote, and in use at once."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from annotation.models import Product
from annotation.services.imports import import_products
from inference.enums import DocumentKind, EntryOrigin
from inference.knowledge.lexicon import load_lexicon
from inference.knowledge.records import Kind
from inference.models import EntryVersion
from inference.pipeline.case import Case
from inference.selectors.chains import chain_with
from inference.selectors.entries import standing_of
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.learning import newest_passage, sources
from inference.services.documents import Draft, store_documents
from inference.services.knowledge import Written, correct_entry
from inference.services.learning import learn
from inference.tasks import learn as learn_task
from rules.models import AuditEvent
from tests.factories import make_user, numbers

pytestmark = pytest.mark.django_db
NAMES = "通用名称：河谷清咳颗粒。商品名称：欣达芬。规格：10g*9袋。生产企业：河谷制药。"


def add_leaflet(use: str = "用于咳嗽。", barred: str = "孕妇禁用。") -> None:
    sections = (("名称", NAMES), ("功能主治", use), ("禁忌", barred))
    store_documents(drafts=[Draft("leaflet:h1", DocumentKind.LEAFLET, "河谷清咳颗粒", "a file", sections)], by=None)


def add_product(name: str, maker: str) -> None:
    Product.objects.create(
        external_id=f"p{next(numbers)}", title=f"[{maker}]{name}", given={"core_name": [name]}, manufacturer=maker
    )


def test_a_leaflet_teaches_a_medicine_and_its_trade_name() -> None:
    add_leaflet()
    assert learn(by=None) == Written(added=2)
    rows = EntryVersion.objects.order_by("kind").values_list("kind", "name", "number", "origin", "source")
    source = "leaflet h1 河谷清咳颗粒, 河谷制药"
    assert list(rows) == [
        ("brand", "欣达芬", 1, EntryOrigin.LEAFLET, source),
        ("medicine", "河谷清咳", 1, EntryOrigin.LEAFLET, source),
    ]
    lexicon = lexicon_in_use()
    assert lexicon.brands["欣达芬"].stands_for == "河谷清咳"
    assert lexicon.medicines["河谷清咳"].contraindicated == ("孕妇",)


def test_learning_twice_writes_nothing_the_second_time() -> None:
    add_leaflet()
    add_product("河谷丹片", "河谷制药")
    add_product("河谷丹片", "山间药业")
    learn(by=None)
    before = EntryVersion.objects.count(), AuditEvent.objects.count()
    assert learn(by=None) == Written(unchanged=3)
    assert (EntryVersion.objects.count(), AuditEvent.objects.count()) == before
    assert AuditEvent.objects.filter(verb="entries.learned").count() == 1


def test_what_a_person_corrected_is_kept() -> None:
    add_leaflet()
    learn(by=None)
    expert = make_user("inference.correct_knowledge")
    content = {**standing_of(Kind.MEDICINE, "河谷清咳").content, "efficacy": ["感冒"]}
    why = {"source": "the register", "note": "it is for colds"}
    correct_entry(by=expert, kind=Kind.MEDICINE, name="河谷清咳", content=content, expected_number=1, **why)
    add_leaflet(use="用于咳嗽、痰多。")
    learn(by=None)
    assert lexicon_in_use().medicines["河谷清咳"].efficacy == ("感冒",)


def test_a_leaflet_that_changed_is_learned_anew() -> None:
    add_leaflet()
    learn(by=None)
    add_leaflet(barred="尚不明确。")
    assert learn(by=None) == Written(changed=1, unchanged=1)
    assert lexicon_in_use().medicines["河谷清咳"].contraindicated == ()


def test_what_nothing_teaches_any_more_is_withdrawn_and_comes_back_when_taught() -> None:
    add_leaflet()
    learn(by=None)
    add_leaflet(use="尚不明确。")
    assert learn(by=None) == Written()
    lexicon = lexicon_in_use()
    assert ("河谷清咳" in lexicon.medicines, "欣达芬" in lexicon.brands) == (False, False)
    assert AuditEvent.objects.get(verb="entries.unlearned").data["name"] == "河谷清咳; 欣达芬"
    assert learn(by=None) == Written()
    add_leaflet()
    learn(by=None)
    assert "河谷清咳" in lexicon_in_use().medicines


def test_a_field_filled_in_is_empty_again_when_its_source_goes() -> None:
    name = next(row.name for row in load_lexicon().medicines.values() if not row.contraindicated and not row.population)
    facts = f"通用名称：{name}。"
    for barred in ("孕妇禁用。", "尚不明确。"):
        sections = (("名称", facts), ("禁忌", barred))
        store_documents(drafts=[Draft("leaflet:h2", DocumentKind.LEAFLET, name, "a file", sections)], by=None)
        learn(by=None)
    rows = EntryVersion.objects.order_by("number").values_list("number", "origin", "content__contraindicated")
    assert list(rows) == [(1, "files", []), (2, "leaflet", ["孕妇"]), (3, "files", [])]


def test_a_judgment_rests_on_what_was_learned_and_says_so() -> None:
    add_leaflet()
    learn(by=None)
    trace = chain_with(()).judge(Case("欣达芬", "[山间]河谷清咳颗粒")).trace
    assert trace is not None
    learned = {(one.value, one.origin) for one in trace.product.mentions}
    assert {("河谷清咳", "text"), ("咳嗽", "knowledge")} <= learned
    assert trace.query.values[0][1] == ("欣达芬",)


def test_only_who_may_correct_the_knowledge_may_have_it_learned() -> None:
    with pytest.raises(PermissionDenied):
        learn(by=make_user())


def test_products_without_a_plain_name_teach_nothing() -> None:
    Product.objects.create(external_id="bare", title="什么都没有")
    Product.objects.create(
        external_id="read", title="-", parsed={"core_name": ["河谷丹片"], "brand": ["河谷"], "dosage_form": ["片"]}
    )
    assert [one.name for one in sources()] == ["河谷丹片"]


def test_the_task_leaves_the_work_to_that_of_a_later_import() -> None:
    add_leaflet()
    learn_task(newest_passage() - 1)
    assert EntryVersion.objects.count() == 0
    learn_task(newest_passage())
    assert EntryVersion.objects.count() == 2


def test_importing_products_by_command_learns_at_once(tmp_path: Path, django_capture_on_commit_callbacks: Any) -> None:
    rows = [
        {"product_id": f"h{number}", "title": f"[{maker}]河谷丹片", "name": "河谷丹片", "manufacturer": maker}
        for number, maker in enumerate(("河谷制药", "山间药业"))
    ]
    path = tmp_path / "products.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    with django_capture_on_commit_callbacks(execute=True):
        import_products(path=path)
    assert "河谷丹" in lexicon_in_use().medicines


def test_the_command_says_what_it_learned() -> None:
    add_leaflet()
    out = StringIO()
    call_command("learn", stdout=out)
    assert out.getvalue() == "2 entries added, 0 filled in, 0 as they were\n"
