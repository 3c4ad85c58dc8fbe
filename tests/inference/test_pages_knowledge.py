"""The pages of the knowledge: lists, one entry, its judgments, and correcting it."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from inference.enums import DocumentKind
from inference.knowledge.overlay import Version
from inference.knowledge.records import Kind
from inference.models import Document, EntryVersion
from inference.selectors.corrections import CHUNK, preview_correction
from inference.selectors.entries import standing_of
from inference.services.judging import judge_all
from inference.services.knowledge import add_entry, correct_entry, withdraw_entry
from inference.services.runs import launch_run
from inference.views.entry_links import entry_address
from rules.models import AuditEvent
from tests.factories import make_benchmark, make_release, make_user

pytestmark = pytest.mark.django_db
WHY = {"source": "the leaflet of 2024", "note": "it said another thing"}
ODD = "a/b.c?&#<b>药</b>"
ENTRY = "/knowledge/medicine/entry/?name=" + quote("布洛芬")


@pytest.fixture
def expert() -> Any:
    return make_user("inference.correct_knowledge", "inference.launch_run", username="expert")


@pytest.fixture
def client(expert: Any) -> Client:
    client = Client()
    client.force_login(expert)
    return client


def reader() -> Client:
    client = Client()
    client.force_login(make_user())
    return client


def posted(**changed: str) -> dict[str, str]:
    """The form of 布洛芬 as a browser would send it."""
    content = standing_of(Kind.MEDICINE, "布洛芬").content
    typed = {name: value if isinstance(value, str) else "\n".join(value) for name, value in content.items()}
    return {"expected_number": "1", **typed, **WHY, **changed}


def correct(by: Any, **changed: Any) -> EntryVersion:
    standing = standing_of(Kind.MEDICINE, "布洛芬")
    return correct_entry(
        by=by,
        kind=Kind.MEDICINE,
        name="布洛芬",
        content={**standing.content, **changed},
        expected_number=standing.number,
        **WHY,
    )


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_list_has_a_tab_a_kind_with_counts_and_a_page_of_entries(client: Client) -> None:
    page = client.get("/knowledge/")
    assert [tab["label"] for tab in page.context["tabs"]][:3] == ["Medicines and goods", "Brands", "Needs"]
    assert len(page.context["rows"]) == 50
    assert "Shipped knowledge: version" in text_of(page)


def test_searching_finds_names_other_names_and_efficacy_the_nearest_first(client: Client) -> None:
    assert client.get("/knowledge/medicine/?q=扑热息痛").context["rows"][0].name == "对乙酰氨基酚"
    assert client.get("/knowledge/medicine/?q=感冒灵").context["rows"][0].name == "感冒灵"
    found = client.get("/knowledge/medicine/?q=感冒灵 发热").context
    assert found["rows"][0].name == "感冒灵"
    assert found["tabs"][0]["count"] == found["page"].paginator.count


def test_facets_and_links_to_what_names_an_entry_narrow_the_list(client: Client, expert: Any) -> None:
    named = client.get("/knowledge/brand/?names=stands_for:布洛芬").context["rows"]
    assert "芬必得" in [row.name for row in named]
    chinese = client.get("/knowledge/medicine/?group=中药").context
    assert {row.cells[0].text for row in chinese["rows"]} == {"Chinese medicines"}
    correct(expert, efficacy=["发热"])
    by_people = client.get("/knowledge/medicine/?state=correction").context["rows"]
    assert [row.name for row in by_people] == ["布洛芬"]


def test_a_search_that_finds_nothing_says_what_to_do(client: Client) -> None:
    page = text_of(client.get("/knowledge/need/?q=没有这样的词&state=nonsense&group=x&names=bad"))
    assert "No entry matches" in page and "Show all entries" in page


def test_an_entry_shows_what_it_says_and_how_it_relates(client: Client) -> None:
    Document.objects.create(
        external_id="1", kind=DocumentKind.LEAFLET, title="布洛芬说明书", about="布洛芬", source="s", digest="d"
    )
    page = client.get(ENTRY)
    groups = {group.label: [word.text for word in group.words] for group in page.context["groups"]}
    assert "芬必得" in groups["Brands that stand for it"]
    assert groups["Needs that lead to it"]
    said = text_of(page)
    assert "General pharmaceutical knowledge, not clinically reviewed" in said
    assert "布洛芬说明书" in said
    assert "Version 1" in said


def test_relations_of_a_term_that_only_the_other_states_are_marked(client: Client) -> None:
    page = client.get("/knowledge/efficacy/entry/", {"name": "感冒"})
    near = next(fact for fact in page.context["facts"] if fact.label == "Near")
    assert {word.elsewhere for word in near.words} == {True, False}


def test_names_of_any_characters_have_a_page_and_are_escaped(client: Client, expert: Any) -> None:
    add_entry(by=expert, kind=Kind.BRAND, name=ODD, content={"maker": "<script>x</script>"}, **WHY)
    page = client.get(entry_address(Kind.BRAND, ODD))
    assert page.context["standing"].name == ODD
    assert "<script>x" not in page.content.decode() and "<b>药</b>" not in page.content.decode()
    row = client.get("/knowledge/brand/", {"q": "a/b.c"}).context["rows"][0]
    assert client.get(row.url).status_code == 200
    assert AuditEvent.objects.get(verb="entry.added").subject == f"entry:brand/{ODD}"
    assert client.get(f"/knowledge/entries/brand/{quote(ODD, safe='')}").url == entry_address(Kind.BRAND, ODD)


@pytest.mark.parametrize("name", ["", "没有这个条目", "a\x00b", "长" * 201])
def test_an_entry_that_is_none_is_not_found(client: Client, name: str) -> None:
    assert client.get("/knowledge/medicine/entry/", {"name": name}).status_code == 404


def test_a_correction_by_the_form_makes_a_version_shown_with_its_difference(client: Client) -> None:
    assert client.get("/knowledge/medicine/entry/correct/", {"name": "布洛芬"}).status_code == 200
    saved = client.post(ENTRY.replace("entry/", "entry/correct/"), posted(efficacy="发热|疼痛"), follow=True)
    assert saved.redirect_chain == [(entry_address(Kind.MEDICINE, "布洛芬"), 302)]
    newest = EntryVersion.objects.order_by("-pk").first()
    assert (newest.number, newest.content["efficacy"], newest.created_by.username) == (2, ["发热", "疼痛"], "expert")
    shown = saved.context["versions"]
    assert [row.label for row in shown[0].diff] == ["Efficacy"]
    assert (shown[1].number, shown[1].origin) == (1, "files")


def test_the_form_offers_the_words_that_a_field_takes(client: Client) -> None:
    page = client.get("/knowledge/form/new/?name=某剂")
    assert {name: "口服" in words or "片" in words for name, words in page.context["offered"].items()} == {
        "parent": True,
        "route": True,
    }
    assert 'list="known-parent"' in page.content.decode() and 'value="某剂"' in page.content.decode()


def test_what_was_typed_stays_when_it_is_refused(client: Client) -> None:
    refused = client.post(ENTRY.replace("entry/", "entry/correct/"), posted(efficacy="没有的功效", note=""))
    assert refused.status_code == 422
    assert "没有的功效" in refused.content.decode()
    assert refused.context["form"].errors == {"note": ["This field is required."]}
    refused = client.post(ENTRY.replace("entry/", "entry/correct/"), posted(efficacy="发热症"))
    assert refused.context["form"].errors == {"efficacy": ["“发热症” is not known here; known is: 发热."]}


def test_of_two_editors_the_second_sees_both_wordings_and_may_keep_theirs(client: Client, expert: Any) -> None:
    mine = posted(efficacy="疼痛")
    correct(make_user("inference.correct_knowledge", username="chen"), efficacy=["发热"])
    address = ENTRY.replace("entry/", "entry/correct/")
    conflict = client.post(address, mine)
    assert (conflict.status_code, EntryVersion.objects.count()) == (409, 2)
    assert "chen changed this entry" in text_of(conflict) and "<del>" in text_of(conflict)
    assert client.post(address, {**mine, "over": "2"}).status_code == 302
    assert standing_of(Kind.MEDICINE, "布洛芬").content["efficacy"] == ["疼痛"]


def test_withdrawing_and_restoring(client: Client) -> None:
    query = "?name=" + quote("布洛芬")
    address = f"/knowledge/medicine/entry/withdraw/{query}"
    assert client.get(address).status_code == 200
    assert "Say why." in text_of(client.post(address, {"note": " ", "expected_number": "1"}))
    client.post(address, {"note": "a trial", "expected_number": "1"})
    assert standing_of(Kind.MEDICINE, "布洛芬").withdrawn
    assert "out of use" in text_of(client.get(ENTRY))
    rows = client.get("/knowledge/medicine/?state=withdrawn").context["rows"]
    assert [row.name for row in rows] == ["布洛芬"]
    client.post(f"/knowledge/medicine/entry/restore/{query}", {"number": "1", "expected_number": "2"})
    assert not standing_of(Kind.MEDICINE, "布洛芬").withdrawn


def test_a_new_entry_by_the_form(client: Client) -> None:
    sent = {"name": "", "efficacy": "眩晕", **WHY}
    assert client.post("/knowledge/need/new/", sent).status_code == 422
    assert client.post("/knowledge/need/new/", {**sent, "name": "某某说法甲"}).status_code == 302
    assert standing_of(Kind.NEED, "某某说法甲").content["efficacy"] == ["眩晕"]


def test_who_may_not_correct_sees_no_button_and_is_refused() -> None:
    client = reader()
    assert "entry/correct/" not in client.get(ENTRY).content.decode()
    query = "?name=" + quote("布洛芬")
    for page in ("entry/correct/", "entry/withdraw/", "entry/restore/", "preview/", "new/"):
        assert client.post(f"/knowledge/medicine/{page}{query}", posted()).status_code == 403
    assert not EntryVersion.objects.exists()


def test_the_preview_counts_what_a_correction_changes_and_stores_nothing(client: Client) -> None:
    make_benchmark(
        ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"),
        ("发烧", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "irrelevant"),
    )
    query = "?name=" + quote("布洛芬")
    as_it_is = client.post(f"/knowledge/medicine/preview/{query}", posted(), headers={"HX-Request": "true"})
    assert "No level changes" in text_of(as_it_is)
    changed = client.post(f"/knowledge/medicine/preview/{query}", posted(efficacy="避孕"))
    seen = changed.context["seen"]
    assert (seen.judged, seen.failed, seen.broken) == (2, 0, 0) and seen.flips
    faulty = client.post(f"/knowledge/medicine/preview/{query}", posted(efficacy="没有的功效"))
    assert faulty.context["seen"] is None and "is not known here" in text_of(faulty)
    assert not EntryVersion.objects.exists()


def test_a_preview_says_how_many_pairs_it_judged_in_its_time() -> None:
    benchmark = make_benchmark(*[(f"布洛芬{n}", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly") for n in range(CHUNK + 1)])
    gone = Version(Kind.MEDICINE, "布洛芬", {}, withdrawn=True)
    seen = preview_correction(benchmark=benchmark, version=gone, seconds=0)
    assert (seen.pairs, seen.judged) == (CHUNK + 1, CHUNK)


def test_judgments_of_the_newest_run_that_name_an_entry(client: Client, expert: Any) -> None:
    address = entry_address(Kind.MEDICINE, "布洛芬", "entry_judgments")
    assert "No run has finished yet." in text_of(client.get(address))
    benchmark = make_benchmark(
        ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"), ("避孕套", "[冈本]001超薄避孕套3只", "highly")
    )
    judge_all(run=launch_run(by=expert, release=make_release(by=expert), benchmark=benchmark))
    assert "Of 2 judgments" in text_of(client.get(address, headers={"HX-Request": "true"}))
    page = client.get(address)
    assert [one.pair.query.text for one in page.context["page"]] == ["布洛芬"]
    assert (page.context["touched"].searched, page.context["touched"].all_searched) == (2, True)
    need = client.get(
        entry_address(Kind.NEED, "避孕套" if standing_of(Kind.NEED, "避孕套").number else "感冒药", "entry_judgments")
    )
    assert need.status_code == 200


def test_lists_and_entries_cost_the_same_queries_for_few_versions_and_many(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    client.get("/knowledge/")
    with django_assert_max_num_queries(7):
        client.get("/knowledge/?q=布洛芬")
    with django_assert_max_num_queries(12):
        client.get(ENTRY)
    many = [
        EntryVersion(kind="medicine", name="布洛芬", number=n, content={"aliases": [f"别名{n}"]}, origin="correction")
        for n in range(1, 28)
    ]
    EntryVersion.objects.bulk_create(many)
    client.get(ENTRY)
    client.get("/knowledge/")
    with django_assert_max_num_queries(7):
        assert client.get("/knowledge/?q=布洛芬").context["rows"][0].number == 27
    with django_assert_max_num_queries(12):
        page = client.get(ENTRY)
    assert (len(page.context["versions"]), page.context["versions"][0].number) == (20, 27)
    last = client.get(f"{ENTRY}&page=2").context["versions"]
    assert [one.number for one in last] == [7, 6, 5, 4, 3, 2, 1]
    assert (bool(last[-1].facts), last[-1].diff) == (True, ())


def test_withdrawn_by_one_is_shown_to_who_was_editing(client: Client) -> None:
    sent = posted(efficacy="发热")
    other = make_user("inference.correct_knowledge", username="chen")
    withdraw_entry(by=other, kind=Kind.MEDICINE, name="布洛芬", note="gone", expected_number=1)
    assert "They withdrew it." in text_of(client.post(ENTRY.replace("entry/", "entry/correct/"), sent))


@pytest.mark.parametrize(("language", "name"), [("en", "Chinese medicines"), ("zh-CN", "中药")])
def test_the_list_names_categories_in_the_language_of_the_reader(client: Client, language: str, name: str) -> None:
    text = client.get("/knowledge/medicine/", {"group": "中药"}, HTTP_ACCEPT_LANGUAGE=language).content.decode()
    assert f'<option value="中药" selected>{name}</option>' in text
    assert set(re.findall(r">(中药|Chinese medicines)</td>", text)) == {name}
