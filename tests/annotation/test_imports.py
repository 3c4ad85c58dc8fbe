"""annotation/services/imports.py and what it calls"""

import json
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from annotation.enums import ImportKind, ImportState
from annotation.models import (
    Benchmark,
    BenchmarkPair,
    Import,
    ImportProblem,
    Label,
    Pair,
    Product,
    ProductImage,
    Query,
)
from annotation.services import imports
from annotation.services.imports import import_pairs, import_products, resume_imports, run_import, start_import
from rules.models import AuditEvent
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PRODUCT = {"product_id": "a1", "title": "[青禾]布洛芬片 0.2g*20片"}
PAIR = {"pair_id": "q1", "query": "布洛芬", "product_id": "a1", "title": PRODUCT["title"], "level": "highly"}


@pytest.fixture(autouse=True)
def scratch(settings: object, tmp_path: Path) -> None:
    """Uploads and images of a test go where the test does."""
    settings.UPLOAD_ROOT = tmp_path / "uploads"
    settings.MEDIA_ROOT = tmp_path / "media"


def jsonl(folder: Path, *rows: object, name: str = "file.jsonl") -> Path:
    """A file with these rows; a text is written as it is."""
    path = folder / name
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n", "utf-8")
    return path


def counts(job: Import) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, rejected."""
    return job.created, job.updated, job.unchanged, job.rejected


def told(job: Import) -> list[tuple[int, str]]:
    """Line and reason of what was not taken."""
    return [(problem.line, problem.explanation) for problem in job.problems.all()]


def stored() -> tuple[int, ...]:
    """How many rows the catalogue holds, table by table."""
    return tuple(model.objects.count() for model in (Product, Query, Pair, Benchmark, Label, BenchmarkPair))


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


def image_bytes(width: int = 8, height: int = 8, kind: str = "PNG") -> bytes:
    """A small picture."""
    out = BytesIO()
    Image.new("1", (width, height)).save(out, kind)
    return out.getvalue()


def test_an_image_beside_the_file_is_kept_once(tmp_path: Path, settings: object) -> None:
    (tmp_path / "box.png").write_bytes(image_bytes())
    path = jsonl(tmp_path, PRODUCT | {"image": "shots/box.png"}, PRODUCT | {"product_id": "a2", "image": "none.png"})
    first = import_products(path=path, images=tmp_path)
    assert (counts(first), first.images_missing) == ((2, 0, 0, 0), 1)
    assert counts(import_products(path=path, images=tmp_path)) == (0, 0, 2, 0)
    image = ProductImage.objects.get()
    assert image.product.external_id == "a1"
    assert (Path(settings.MEDIA_ROOT) / image.file.name).read_bytes() == image_bytes()
    assert image.file.name == f"products/{image.sha256}.png"


def test_images_are_left_out_of_uploads(tmp_path: Path) -> None:
    (tmp_path / "box.png").write_bytes(image_bytes())
    job = import_products(path=jsonl(tmp_path, PRODUCT | {"image": "box.png"}, PRODUCT | {"product_id": "a2"}))
    assert (ProductImage.objects.count(), job.images_missing) == (0, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no image", "The image “box.png” is not a readable JPEG, PNG or WebP."),
        (image_bytes(300, 300)[:60], "The image “box.png” is not a readable JPEG, PNG or WebP."),
        (image_bytes(kind="GIF"), "The image “box.png” is not a readable JPEG, PNG or WebP."),
        (image_bytes(8000, 6000), "The image “box.png” has more than 40 megapixels."),
        (image_bytes(20_000, 10_000), "The image “box.png” has more than 40 megapixels."),
        (b"x" * (10 * 1024 * 1024 + 1), "The image “box.png” is larger than 10 MB."),
    ],
)
def test_a_bad_image_rejects_its_row(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "box.png").write_bytes(content)
    job = import_products(path=jsonl(tmp_path, PRODUCT | {"image": "box.png"}), images=tmp_path)
    assert told(job) == [(1, message)]
    assert stored() == (0,) * 6


@pytest.mark.parametrize("name", ["../secret.png", "/etc/hostname", "..", "link.png", "\\\\host\\share\\x.png"])
def test_an_image_name_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(image_bytes())
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    job = import_products(path=jsonl(folder, PRODUCT | {"image": name}), images=folder)
    assert (counts(job), ProductImage.objects.count()) == ((1, 0, 0, 0), 0)


def upload(
    content: bytes = b'{"product_id": "a1", "title": "a"}\n', name: str = "../my products.jsonl"
) -> SimpleUploadedFile:
    """A file as a page sends it."""
    return SimpleUploadedFile(name, content)


def test_an_upload_is_kept_under_a_name_nobody_chose_and_dropped_when_done(settings: object) -> None:
    by = make_user("annotation.import_catalogue")
    job = start_import(by=by, kind="products", upload=upload())
    path = Path(job.path)
    assert (job.name, path.parent, path.exists()) == ("my products.jsonl", Path(settings.UPLOAD_ROOT), True)
    assert "products" not in path.name
    done = run_import(job.pk)
    assert (done.state, counts(done)) == (ImportState.DONE, (1, 0, 0, 0))
    assert list(AuditEvent.objects.order_by("sequence").values_list("verb", "subject", "actor")) == [
        ("import.started", f"import:{job.pk}", by.pk),
        ("import.done", f"import:{job.pk}", by.pk),
    ]


def test_an_upload_file_is_gone_after_commit(django_capture_on_commit_callbacks: object) -> None:
    job = start_import(by=make_user("annotation.import_catalogue"), kind="products", upload=upload())
    with django_capture_on_commit_callbacks(execute=True):
        run_import(job.pk)
    assert not Path(job.path).exists()


def test_nobody_imports_without_permission() -> None:
    with pytest.raises(PermissionDenied):
        start_import(by=make_user(), kind="products", upload=upload())
    assert (Import.objects.count(), AuditEvent.objects.count()) == (0, 0)


def test_an_upload_beyond_the_bound_is_refused(settings: object) -> None:
    settings.IMPORT_MAX_BYTES = 10
    with pytest.raises(ValidationError):
        start_import(by=make_user("annotation.import_catalogue"), kind="products", upload=upload())
    assert not Path(settings.UPLOAD_ROOT).exists()


def test_an_import_that_is_done_is_not_run_again(tmp_path: Path) -> None:
    job = import_products(path=jsonl(tmp_path, PRODUCT))
    assert counts(run_import(job.pk)) == (1, 0, 0, 0)


def test_an_import_that_was_cut_off_is_run_from_its_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    rows = [PRODUCT | {"product_id": f"a{number}"} for number in range(5)]
    job = start_import(
        by=make_user("annotation.import_catalogue"), kind="products", upload=upload(jsonl(tmp_path, *rows).read_bytes())
    )

    def die(job: Import) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_import(job.pk, progress=die)
    assert (Product.objects.count(), Import.objects.get().state) == (2, ImportState.RUNNING)
    assert resume_imports() == [job.pk]
    done = run_import(job.pk)
    assert (done.state, counts(done), Product.objects.count()) == (ImportState.DONE, (3, 0, 2, 0), 5)
    assert resume_imports() == []


def test_whoever_is_overtaken_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 1)
    path = jsonl(tmp_path, *[PRODUCT | {"product_id": f"a{number}"} for number in range(3)])
    job = Import.objects.create(kind=ImportKind.PRODUCTS, name=path.name, path=str(path))
    done = run_import(job.pk, progress=lambda job: None if Product.objects.count() > 1 else run_import(job.pk) and None)
    assert (done.state, counts(done)) == (ImportState.DONE, (2, 0, 1, 0))
    assert AuditEvent.objects.filter(verb="import.done").count() == 1


def test_a_file_that_went_away_is_refused(tmp_path: Path) -> None:
    job = Import.objects.create(kind=ImportKind.PRODUCTS, name="a", path=str(tmp_path / "gone.jsonl"))
    assert run_import(job.pk).explanation == "The file is no longer there."
