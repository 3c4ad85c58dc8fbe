"""Images beside a file, uploads, and imports that are cut off or overtaken."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from annotation.enums import ImportKind, ImportState
from annotation.models import (
    Import,
    Product,
    ProductImage,
)
from annotation.services import imports
from annotation.services.import_jobs import resume_imports, start_import
from annotation.services.imports import import_products, run_import
from rules.models import AuditEvent
from tests.annotation.importing import PRODUCT, counts, jsonl, stored, told
from tests.factories import make_user

pytestmark = pytest.mark.django_db


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
