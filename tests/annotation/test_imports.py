"""annotation/services/imports.py and what it calls"""

from pathlib import Path

import pytest

from annotation.enums import ImportKind, ImportState
from annotation.models import (
    Benchmark,
    BenchmarkPair,
    Import,
    ImportProblem,
    Label,
    Pair,
    Product,
)
from annotation.services.imports import import_pairs, import_products, run_import
from tests.annotation.importing import PAIR, PRODUCT, counts, jsonl, stored, told
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_product_keeps_what_is_given_and_what_its_title_says(tmp_path: Path) -> None:
    row = {
        "product_id": "a1",
        "title": " [青禾]布洛芬缓释胶囊 0.3g*20粒 ",
        "brand": "云峰",
        "category": ["解热镇痛", "西药"],
        "population": "成人|老年人",
        "manufacturer": "青禾药业",
        "indication": "用于缓解轻至中度疼痛。",
        "source": "demo",
    }
    job = import_products(path=jsonl(tmp_path, row))
    product = Product.objects.get()
    assert (job.state, counts(job)) == (ImportState.DONE, (1, 0, 0, 0))
    assert (product.title, product.manufacturer, product.pack) == ("[青禾]布洛芬缓释胶囊 0.3g*20粒", "青禾药业", "20粒")
    assert product.given == {"brand": ["云峰"], "category": ["解热镇痛", "西药"], "population": ["成人", "老年人"]}
    assert product.parsed == {
        "brand": ["青禾"],
        "core_name": ["布洛芬缓释胶囊"],
        "dosage_form": ["缓释胶囊"],
        "strength": ["0.3g"],
    }


def test_a_brand_that_repeats_the_name_is_cut(tmp_path: Path) -> None:
    row = PRODUCT | {"name": "布洛芬片", "brand": "布洛芬片(青禾)", "spec": "0.2g*20s"}
    import_products(path=jsonl(tmp_path, row))
    assert Product.objects.get().given == {"core_name": ["布洛芬片"], "brand": ["青禾"], "strength": ["0.2g"]}


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    products = jsonl(tmp_path, PRODUCT, PRODUCT | {"product_id": "a2"}, name="products.jsonl")
    pairs = jsonl(tmp_path, PAIR, PAIR | {"pair_id": "q2", "query": "退烧", "votes": ["highly"]}, name="pairs.jsonl")
    assert (counts(import_products(path=products)), counts(import_pairs(path=pairs))) == ((2, 0, 0, 0), (2, 0, 0, 0))
    before = stored()
    assert (counts(import_products(path=products)), counts(import_pairs(path=pairs))) == ((0, 0, 2, 0), (0, 0, 2, 0))
    assert stored() == before == (2, 2, 2, 1, 2, 2)


def test_a_changed_row_updates_and_what_it_does_not_name_stays(tmp_path: Path) -> None:
    import_products(path=jsonl(tmp_path, PRODUCT | {"source": "shop", "region": "国产", "category": "西药"}))
    job = import_products(path=jsonl(tmp_path, PRODUCT | {"manufacturer": "青禾药业", "region": ""}))
    product = Product.objects.get()
    assert counts(job) == (0, 1, 0, 0)
    assert (product.source, product.manufacturer, product.given) == ("shop", "青禾药业", {"category": ["西药"]})


def test_bad_rows_are_told_and_the_others_taken(tmp_path: Path) -> None:
    rows = [
        PRODUCT,
        {"product_id": "a2", "title": ""},
        {"product_id": "a3", "title": "长" * 10_000},
        {"product_id": "a4", "title": "a\u0007b"},
        {"product_id": "a5", "title": "a", "colour": "red"},
        {"product_id": "a6", "title": 7.5},
        {"product_id": "a7", "title": "a", "category": [1]},
        PRODUCT | {"title": "other"},
        PRODUCT,
        {"product_id": "a8", "title": "\ud800"},
        {"product_id": "a9", "title": "<script>alert(1)</script>"},
    ]
    job = import_products(path=jsonl(tmp_path, *rows))
    assert (job.state, counts(job)) == (ImportState.DONE, (2, 0, 1, 8))
    assert told(job) == [
        (2, "“title” is empty."),
        (3, "“title” has 10000 characters; 500 are allowed."),
        (4, "“title” holds a control character."),
        (5, told(job)[3][1]),
        (6, "“title” must be text."),
        (7, "“category” must be text or a list of texts."),
        (8, "“a1” stands further up in the file with other values."),
        (10, "“title” holds a control character."),
    ]
    assert told(job)[3][1].startswith("Unknown field “colour”. Known fields: product_id, title, ")
    assert list(Product.objects.values_list("title", flat=True)) == [PRODUCT["title"], "<script>alert(1)</script>"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        ("product_id,title\n1,感冒灵颗粒\n".encode("utf-16"), "UTF-16"),
        (b"product_id,title,colour\n1,a,red\n", "Unknown column “colour”"),
        (b"PK\x03\x04", "not a text file"),
    ],
)
def test_a_refused_file_leaves_nothing_behind(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    job = import_products(path=path)
    assert job.state == ImportState.REFUSED
    assert message in job.explanation
    assert stored() == (0,) * 6
    assert ImportProblem.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "head", "row"),
    [
        ("a.csv", "product_id,title\n", "%s,感冒灵颗粒清热解毒\n"),
        ("a.jsonl", "", '{"product_id": "%s", "title": "感冒灵颗粒"}\n'),
    ],
)
def test_a_row_that_is_no_utf_8_is_told_and_the_rest_taken(tmp_path: Path, name: str, head: str, row: str) -> None:
    path = tmp_path / name
    path.write_bytes((head + row % 1).encode() + b"2,\xff\xfe\n" + (row % 3).encode())
    done = import_products(path=path)
    assert counts(done) == (2, 0, 0, 1)
    assert told(done) == [(2 + bool(head), "The row is not valid UTF-8.")]


def test_a_huge_line_is_told_and_the_rest_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = jsonl(tmp_path, PRODUCT, PRODUCT | {"product_id": "b" * 3_000_000}, PRODUCT | {"product_id": "a3"})
    job = Import.objects.create(kind=ImportKind.PRODUCTS, name=path.name, path=str(path))
    done = run_import(job.pk, longest=100_000)
    assert counts(done) == (2, 0, 0, 1)
    assert told(done) == [(2, "The line is longer than 100000 bytes.")]
    assert done.bytes_read == done.bytes_total == path.stat().st_size


def test_only_the_first_problems_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = import_products(path=jsonl(tmp_path, *["{}"] * 1200))
    assert (job.rejected, job.problems.count(), job.problems.last().line) == (1200, 1000, 1000)


def test_labels_make_a_benchmark_named_as_the_file(tmp_path: Path) -> None:
    by = make_user("annotation.import_catalogue")
    job = import_pairs(path=jsonl(tmp_path, PAIR | {"votes": "highly|weakly"}, name="First set.jsonl"), by=by)
    member = BenchmarkPair.objects.select_related("benchmark", "label").get()
    assert (member.benchmark.slug, member.benchmark.name, job.benchmark) == ("first-set", "First set", member.benchmark)
    assert (member.label.level, member.label.votes, member.label.created_by) == ("highly", ["highly", "weakly"], by)


def test_a_benchmark_with_a_chinese_name_gets_a_short_name(tmp_path: Path) -> None:
    import_pairs(path=jsonl(tmp_path, PAIR), benchmark="第一批")
    assert Benchmark.objects.get().name == "第一批"
    assert Benchmark.objects.get().slug.startswith("benchmark-")


def test_without_labels_there_is_no_benchmark(tmp_path: Path) -> None:
    import_pairs(path=jsonl(tmp_path, PAIR | {"level": ""}))
    assert stored() == (1, 1, 1, 0, 0, 0)


def test_a_changed_label_is_added_and_counts(tmp_path: Path) -> None:
    import_pairs(path=jsonl(tmp_path, PAIR), benchmark="set")
    job = import_pairs(path=jsonl(tmp_path, PAIR | {"level": "weakly"}), benchmark="set")
    assert counts(job) == (0, 1, 0, 0)
    assert list(Label.objects.values_list("level", flat=True)) == ["highly", "weakly"]
    assert BenchmarkPair.objects.get().label.level == "weakly"


def test_bad_pairs_are_told_and_leave_nothing(tmp_path: Path) -> None:
    import_products(path=jsonl(tmp_path, PRODUCT))
    import_pairs(path=jsonl(tmp_path, PAIR), benchmark="set")
    before = stored()
    rows = [
        {"pair_id": "q2", "query": "退烧", "product_id": "a1", "level": "somewhat"},
        {"pair_id": "q3", "query": "退烧", "product_id": "unknown"},
        {"pair_id": "q4", "query": "退烧"},
        {"pair_id": "q5", "query": "烧" * 201, "product_id": "a1"},
        {"pair_id": "q1", "query": "别的", "product_id": "a1"},
        {"pair_id": "q6", "query": "退烧", "product_id": "a1", "title": "another title"},
        {"pair_id": "q7", "query": "退烧", "product_id": "a1", "votes": ["perhaps"]},
    ]
    job = import_pairs(path=jsonl(tmp_path, *rows), benchmark="set")
    assert told(job) == [
        (1, "Unknown level “somewhat”. Levels: highly, moderately, weakly, irrelevant."),
        (2, "Unknown product “unknown”, and no title to make it from."),
        (3, "Neither “product_id” nor “title” is given."),
        (4, "“query” has 201 characters; 200 are allowed."),
        (5, "“q1” is already the id of another query or product."),
        (6, "Product “a1” is called “[青禾]布洛芬片 0.2g*20片” in the catalogue. Give that title, or leave it out."),
        (7, "Unknown level “perhaps”. Levels: highly, moderately, weakly, irrelevant."),
    ]
    assert stored() == before


def test_products_that_only_pairs_name_are_made_once(tmp_path: Path) -> None:
    rows = [
        {"pair_id": "q1", "query": "一", "title": "[青禾]布洛芬片"},
        {"pair_id": "q2", "query": "二", "title": "[青禾]布洛芬片"},
        {"pair_id": "q3", "query": "二", "title": "[云峰]布洛芬片", "product_id": "b1"},
    ]
    assert counts(import_pairs(path=jsonl(tmp_path, *rows))) == (3, 0, 0, 0)
    assert counts(import_pairs(path=jsonl(tmp_path, *rows))) == (0, 0, 3, 0)
    assert [product.parsed["brand"] for product in Product.objects.all()] == [["青禾"], ["云峰"]]


def test_a_pair_without_product_id_finds_the_product_by_its_title(tmp_path: Path) -> None:
    import_products(path=jsonl(tmp_path, PRODUCT))
    import_pairs(path=jsonl(tmp_path, {"pair_id": "q1", "query": "一", "title": PRODUCT["title"]}))
    assert Pair.objects.get().product.external_id == "a1"


def test_the_same_pair_under_another_id_is_labelled_for_another_benchmark(tmp_path: Path) -> None:
    import_pairs(path=jsonl(tmp_path, PAIR), benchmark="one")
    job = import_pairs(path=jsonl(tmp_path, PAIR | {"pair_id": "z9", "level": "weakly"}), benchmark="two")
    assert counts(job) == (0, 1, 0, 0)
    assert list(BenchmarkPair.objects.values_list("benchmark__slug", "label__level")) == [
        ("one", "highly"),
        ("two", "weakly"),
    ]


def test_a_pair_twice_with_two_levels_keeps_the_first(tmp_path: Path) -> None:
    path = jsonl(tmp_path, PAIR, PAIR | {"pair_id": "q2", "level": "weakly"})
    assert counts(import_pairs(path=path, benchmark="set")) == (1, 0, 0, 1)
    assert counts(import_pairs(path=path, benchmark="set")) == (0, 0, 1, 1)
