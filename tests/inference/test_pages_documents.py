"""The pages of the documents."""

import json

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inference.enums import DocumentKind
from inference.models import Document
from inference.services.documents import PERMISSION, Draft, add_passage, store_documents
from tests.factories import make_user

pytestmark = pytest.mark.django_db

TEXT = "用于缓解轻至中度疼痛。也用于普通感冒引起的发热。"


def leaflet(name: str, text: str = TEXT) -> Draft:
    return Draft(f"leaflet:{name}", DocumentKind.LEAFLET, f"{name}片", "a file", (("功能主治", text),), about=name)


@pytest.fixture
def expert() -> User:
    return make_user(PERMISSION)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_empty_list_says_what_to_do() -> None:
    page = signed_in(make_user()).get(reverse("inference:documents"))
    assert "No documents yet" in page.content.decode()
    assert reverse("inference:add_passage") not in page.content.decode()


def test_the_list_is_filtered_by_kind(expert: User) -> None:
    store_documents(drafts=[leaflet("布洛芬")], by=None)
    add_passage(by=expert, title="退烧", text="物理降温。", source="a guideline")
    page = signed_in(expert).get(reverse("inference:documents"), {"kind": "passage"})
    assert [document.title for document in page.context["page"]] == ["退烧"]


def test_words_find_passages_and_are_marked_and_escaped(expert: User) -> None:
    store_documents(drafts=[leaflet("布洛芬"), leaflet("氯化钠", "<script>洗鼻</script>用")], by=None)
    client = signed_in(expert)
    found = client.get(reverse("inference:documents"), {"q": "洗鼻"}).content.decode()
    assert "&lt;script&gt;<mark>洗鼻</mark>" in found
    assert "布洛芬片" not in found
    assert (
        "No passage matches"
        in client.get(reverse("inference:documents"), {"q": "血压计", "kind": "leaflet"}).content.decode()
    )
    assert client.get(reverse("inference:documents"), {"q": "\0", "page": "x"}).status_code == 200


def test_knowledge_entries_are_found_as_they_stand_now(expert: User) -> None:
    store_documents(drafts=[leaflet("布洛芬")], by=None)
    client = signed_in(expert)
    page = client.get(reverse("inference:documents"), {"q": "芬必得", "kind": "entry"})
    first = page.context["passages"][0]
    assert (first.kind, first.title, first.subject) == ("knowledge entry", "芬必得", "brand/芬必得")
    assert first.source
    assert reverse("inference:entry_named", args=["brand/芬必得"]) in page.content.decode()
    assert "Show the entries" in client.get(reverse("inference:documents"), {"kind": "entry"}).content.decode()


def test_the_list_costs_the_same_for_one_row_and_thirty(expert: User) -> None:
    client = signed_in(expert)

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(address)
        return len(captured)

    store_documents(drafts=[leaflet("布洛芬")], by=None)
    plain, asked = reverse("inference:documents"), reverse("inference:documents") + "?q=感冒"
    before = queries(plain), queries(asked)
    store_documents(drafts=[leaflet(f"药{n}") for n in range(30)], by=None)
    assert (queries(plain), queries(asked)) == before


def test_a_document_shows_its_passages_with_the_words_marked(expert: User) -> None:
    store_documents(drafts=[leaflet("布洛芬")], by=expert)
    document = Document.objects.get()
    page = signed_in(expert).get(reverse("inference:document", args=[document.pk]), {"q": "感冒"}).content.decode()
    assert "普通<mark>感冒</mark>引起" in page
    assert expert.username in page


def test_a_trace_names_a_document_by_its_id(expert: User) -> None:
    store_documents(drafts=[leaflet("布洛芬")], by=None)
    client = signed_in(expert)
    there = client.get(reverse("inference:evidence"), {"id": "leaflet:布洛芬"})
    gone = client.get(reverse("inference:evidence"), {"id": "leaflet:no"})
    assert there.headers["Location"] == reverse("inference:document", args=[Document.objects.get().pk])
    assert gone.headers["Location"] == reverse("inference:documents")


def test_an_expert_adds_rewrites_and_removes_a_passage(expert: User) -> None:
    client = signed_in(expert)
    form = {"title": "退烧", "text": "物理降温。", "source": "a guideline", "dated": "2026-01-31"}
    client.post(reverse("inference:add_passage"), form)
    document = Document.objects.get()
    assert [one.text for one in document.passages.all()] == ["物理降温。"]
    client.post(reverse("inference:change_passage", args=[document.pk]), {**form, "text": "多喝水。"})
    assert [one.text for one in Document.objects.get().passages.all()] == ["多喝水。"]
    client.post(reverse("inference:remove_document", args=[document.pk]))
    assert not Document.objects.exists()
    again = client.post(reverse("inference:remove_document", args=[document.pk]))
    assert again.headers["Location"] == reverse("inference:documents")


def test_what_was_typed_is_kept_when_it_is_refused(expert: User) -> None:
    page = signed_in(expert).post(reverse("inference:add_passage"), {"title": "退烧", "text": "", "source": "x"})
    assert page.status_code == 422
    assert 'value="退烧"' in page.content.decode()


def test_nobody_else_may_write() -> None:
    store_documents(drafts=[leaflet("布洛芬")], by=None)
    document = Document.objects.get()
    client = signed_in(make_user())
    form = {"title": "退烧", "text": "物理降温。", "source": "a guideline"}
    answers = (
        client.post(reverse("inference:add_passage"), form),
        client.post(reverse("inference:remove_document", args=[document.pk])),
        client.post(reverse("inference:upload_leaflets"), {"file": SimpleUploadedFile("a.jsonl", b"{}")}),
    )
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Document.objects.count() == 1


def test_a_file_of_leaflets_is_uploaded(expert: User) -> None:
    row = {"leaflet_id": "1", "name": "布洛芬片", "sections": {"功能主治": TEXT}}
    content = json.dumps(row).encode() + b"\n{}\n"
    client = signed_in(expert)
    page = client.post(reverse("inference:upload_leaflets"), {"file": SimpleUploadedFile("a.jsonl", content)})
    assert (page.context["done"].created, page.context["done"].rejected) == (1, 1)
    assert Document.objects.get().created_by == expert


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.jsonl", b"PK\x03\x04", "This is not a text file. Save it as plain text in UTF-8."),
        ("a.csv", b"leaflet_id,name\n1,x\n", "Leaflets come as JSONL: one JSON object a line."),
        ("a.jsonl", b'{"a": 1}\n' + b"\n" * 5000, "The file has more than 5000 lines. The command import_leaflets"),
        ("a.jsonl", b"x" * (8 * 1024 * 1024 + 1), "The file is larger than 8 MB. The command import_leaflets"),
    ],
    ids=["binary", "csv", "lines", "size"],
)
def test_what_is_no_file_of_leaflets_is_refused(expert: User, name: str, content: bytes, why: str) -> None:
    file = SimpleUploadedFile(name, content)
    page = signed_in(expert).post(reverse("inference:upload_leaflets"), {"file": file})
    assert (page.status_code, page.context["form"].errors["file"][0][: len(why)]) == (422, why)
