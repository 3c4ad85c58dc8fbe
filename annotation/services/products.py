"""Products, a batch of rows at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from annotation.models import Product, ProductImage
from annotation.readers import Fault, Row
from annotation.rows import PRODUCT_COLUMNS, ProductRow, product_row
from annotation.services.batches import Outcome, Seen, taken
from annotation.services.images import StoredImage, take_image
from annotation.titles import parse_title

WRITTEN = ("title", "given", "parsed", "pack", "manufacturer", "indication", "source")


@dataclass(frozen=True, slots=True)
class ReadyProduct:
    """A checked row, and its image where it has one."""

    row: ProductRow
    image: StoredImage | None


class ProductImport:
    """Takes the rows of one file into the catalogue."""

    columns = PRODUCT_COLUMNS

    def __init__(self, images: Path | None = None) -> None:
        self.images = images
        self.seen = Seen()

    def prepare(self, rows: Iterable[Row | Fault], outcome: Outcome) -> list[ReadyProduct]:
        """The rows that can be taken."""
        return taken(rows, self._check, outcome)

    def _check(self, row: Row) -> ReadyProduct:
        product = product_row(row.values)
        self.seen.check(product.external_id, product, shown=product.external_id)
        image = take_image(self.images, product.image) if self.images and product.image else None
        return ReadyProduct(product, image)

    def store(self, ready: list[ReadyProduct], outcome: Outcome) -> None:
        """Write a batch. Belongs inside a transaction."""
        known = {
            product.external_id: product
            for product in Product.objects.filter(external_id__in={item.row.external_id for item in ready})
        }
        photographed = images_of(known.values())
        new: dict[str, Product] = {}
        changed: dict[str, Product] = {}
        images: list[ProductImage] = []
        for item in ready:
            key = item.row.external_id
            product = known.setdefault(key, Product(external_id=key))
            is_new = product.pk is None and key not in new
            differs = fill(product, item.row)
            if item.image and (key, item.image.sha256) not in photographed:
                position = sum(owner == key for owner, _ in photographed)
                photographed.add((key, item.image.sha256))
                images.append(image_of(product, item.image, position))
                differs = True
            count(outcome, is_new=is_new, differs=differs)
            outcome.images_missing += bool(item.row.image) and item.image is None
            if is_new:
                new[key] = product
            elif differs and key not in new:
                changed[key] = product
        Product.objects.bulk_create(new.values())
        update(changed.values())
        ProductImage.objects.bulk_create(images)


def count(outcome: Outcome, *, is_new: bool, differs: bool) -> None:
    """Count one row."""
    if is_new:
        outcome.created += 1
    elif differs:
        outcome.updated += 1
    else:
        outcome.unchanged += 1


def images_of(products: Iterable[Product]) -> set[tuple[str, str]]:
    """The images that products have: external id and digest."""
    rows = ProductImage.objects.filter(product__in=[product.pk for product in products])
    return set(rows.values_list("product__external_id", "sha256"))


def image_of(product: Product, image: StoredImage, position: int) -> ProductImage:
    """A row for an image, not yet saved."""
    return ProductImage(product=product, file=image.name, sha256=image.sha256, position=position)


def update(products: Iterable[Product]) -> None:
    """Save products that changed."""
    rows = list(products)
    now = timezone.now()
    for product in rows:
        product.updated_at = now
    if rows:
        Product.objects.bulk_update(rows, [*WRITTEN, "updated_at"])


def fill(product: Product, row: ProductRow) -> bool:
    """Take over what a row says, and read what is missing from the title; whether anything differs now."""
    before = state_of(product)
    retitled = row.fields["title"] != product.title
    for name in ("title", "manufacturer", "indication", "source"):
        setattr(product, name, row.fields.get(name, getattr(product, name)))
    product.given = merged(product.given, row.given)
    title = parse_title(product.title)
    product.parsed = {attribute.value: list(values) for attribute, values in title.attributes.items()}
    product.pack = row.fields.get("pack") or ("" if retitled else product.pack) or title.pack
    return state_of(product) != before


def merged(old: Mapping[str, list[str]], new: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """Attributes after a row: what it speaks of replaces what was there; empty takes it away."""
    both = {**old, **{name: list(values) for name, values in new.items()}}
    return {name: values for name, values in both.items() if values}


def state_of(product: Product) -> tuple[object, ...]:
    """All that an import may write."""
    return tuple(getattr(product, name) for name in WRITTEN)
