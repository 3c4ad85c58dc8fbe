"""Storing documents: leaflets from a file, passages that people add."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from inference.enums import DocumentKind
from inference.models import Document, Passage
from inference.selectors.passages import document_search
from inference.services.documents import (
    PERMISSION,
    Draft,
    add_passage,
    remove_document,
    replace_passage,
    store_documents,
)
from inference.services.passage_index import take_up_waiting
from inference.signals import documents_imported
from rules.models import AuditEvent
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ROW = {
    "leaflet_id": "1",
    "name": "布洛芬缓释胶囊",
    "trade_name": "布洛芬缓释胶囊(某牌)",
    "spec": "0.3g*20粒",
    "manufacturer": None,
    "sections": {"功能主治": "缓解疼痛。", "禁忌": "对本品过敏者禁用。", "儿童用药": ""},
}


def draft(name: str, *texts: str) -> Draft:
    return Draft(name, DocumentKind.LEAFLET, name, "a file", tuple(("功能主治", text) for text in texts))


def found(text: str) -> list[tuple[str, str]]:
    return [(one.document, one.text) for one in document_search()(text, 10)]


def file_of(folder: Path, *rows: object) -> Path:
    path = folder / "leaflets.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return path


def imported(*words: str) -> list[str]:
    out = StringIO()
    call_command("import_leaflets", *words, stdout=out)
    return out.getvalue().splitlines()


def test_a_changed_document_replaces_its_passages() -> None:
    store_documents(drafts=[draft("a", "缓解疼痛。", "退热。"), draft("b", "止咳。")], by=None)
    stored = store_documents(drafts=[draft("a", "缓解牙痛。"), draft("b", "止咳。")], by=None)
    assert (stored.created, stored.updated, stored.unchanged, stored.passages) == (0, 1, 1, 1)
    assert found("疼痛退热") == []
    assert found("牙痛") == [("a", "缓解牙痛。")]


def test_every_write_is_in_the_audit_trail() -> None:
    store_documents(drafts=[draft("a", "退热。")], by=None, reason="a.jsonl")
    store_documents(drafts=[draft("a", "退热。")], by=None)
    event = AuditEvent.objects.get()
    assert (event.verb, event.data["created"], event.data["passages"], event.data["file"]) == (
        "documents.stored",
        1,
        1,
        "a.jsonl",
    )


def test_the_edges_hear_of_what_changed(django_capture_on_commit_callbacks: object) -> None:
    heard = []

    def hear(**kwargs: object) -> None:
        heard.append((kwargs["kind"], kwargs["document_ids"], kwargs["by_id"]))

    documents_imported.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            store_documents(drafts=[draft("a", "退热。")], by=None)
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            store_documents(drafts=[draft("a", "退热。")], by=None)
    finally:
        documents_imported.disconnect(hear)
    assert heard == [("leaflet", (Document.objects.get().pk,), None)]


def test_a_passage_is_added_rewritten_and_removed() -> None:
    expert = make_user(PERMISSION)
    document = add_passage(by=expert, title="扑热息痛的用法", text="物理降温。", source="a guideline")
    assert document.about == "对乙酰氨基酚"
    replace_passage(by=expert, document=document, title="退烧", text="温水擦浴。", source="a guideline")
    assert [text for _document, text in found("物理降温温水擦浴")] == ["温水擦浴。"]
    remove_document(by=expert, document=document)
    assert found("温水擦浴") == []
    assert list(AuditEvent.objects.order_by("sequence").values_list("verb", flat=True)) == [
        "documents.stored",
        "documents.stored",
        "document.removed",
    ]


def test_only_who_may_writes_and_only_passages_are_rewritten() -> None:
    store_documents(drafts=[draft("a", "退热。")], by=None)
    leaflet, reader, expert = Document.objects.get(), make_user(), make_user(PERMISSION)
    with pytest.raises(PermissionDenied):
        remove_document(by=reader, document=leaflet)
    with pytest.raises(ValidationError):
        replace_passage(by=expert, document=leaflet, title="a", text="b", source="c")
    with pytest.raises(ValidationError) as refused:
        add_passage(by=expert, title=" ", text="a\0", source="c" * 301)
    assert set(refused.value.message_dict) == {"title", "text", "source"}
    remove_document(by=expert, document=leaflet)
    with pytest.raises(ValidationError):
        remove_document(by=expert, document=leaflet)


def test_the_index_takes_up_what_it_lacks() -> None:
    document = Document.objects.create(external_id="a", kind=DocumentKind.LEAFLET, title="布洛芬", source="restored")
    Passage.objects.create(document=document, ordinal=0, text="缓解疼痛。")
    take_up_waiting()
    assert found("缓解疼痛") == [("a", "缓解疼痛。")]


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    path = str(file_of(tmp_path, ROW))
    first = imported(path, "--source", "a file", "--dated", "2026-01-31")
    again = imported(path, "--source", "a file", "--dated", "2026-01-31")
    assert first == ["leaflets.jsonl: 1 created, 0 updated, 0 unchanged, 0 rejected; 3 passages written"]
    assert again == ["leaflets.jsonl: 0 created, 0 updated, 1 unchanged, 0 rejected; 0 passages written"]
    document = Document.objects.get()
    assert (document.title, document.about, document.source, str(document.dated)) == (
        "布洛芬缓释胶囊（某牌）",
        "布洛芬",
        "a file",
        "2026-01-31",
    )
    assert list(document.passages.values_list("heading", "text")) == [
        ("名称", "通用名称：布洛芬缓释胶囊。商品名称：某牌。规格：0.3g*20粒。"),
        ("功能主治", "缓解疼痛。"),
        ("禁忌", "对本品过敏者禁用。"),
    ]


def test_bad_lines_are_named_and_the_others_taken(tmp_path: Path) -> None:
    other = {**ROW, "sections": {}}
    bad = [{**ROW, "leaflet_id": "2", "sections": []}, {**ROW, "leaflet_id": "3", "name": ""}, "nonsense"]
    said = imported(str(file_of(tmp_path, ROW, *bad, other, {**ROW, "leaflet_id": "4", "sections": {"a": 1}})))
    assert said == [
        "leaflets.jsonl: 1 created, 0 updated, 0 unchanged, 5 rejected; 3 passages written",
        "line 2: “sections” must be an object of headings and texts.",
        "line 3: “name” is empty.",
        "line 4: The line is not valid JSON.",
        "line 5: “1” stands further up in the file with other values.",
        "line 6: “a” must be text.",
    ]


@pytest.mark.parametrize(("content", "message"), [(b"", "refused: The file is empty."), (None, "There is no file")])
def test_a_file_that_is_refused_is_an_error(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "leaflets.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        imported(str(path))
