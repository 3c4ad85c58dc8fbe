"""Queries, products and the pairs of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Query(models.Model):
    """What a shopper typed."""

    text = models.CharField(_("query"), max_length=200, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "queries"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class Product(models.Model):
    """A merchant's title with structured attributes.

    `given` are attributes as the merchant named them, `parsed` those that the title parser filled
    in; both map an attribute to a list of values.
    """

    external_id = models.CharField(_("external id"), max_length=100, unique=True)
    title = models.CharField(_("title"), max_length=500)
    given = models.JSONField(default=dict)
    parsed = models.JSONField(default=dict)
    pack = models.CharField(_("pack"), max_length=100, blank=True)
    manufacturer = models.CharField(_("manufacturer"), max_length=200, blank=True)
    indication = models.TextField(_("indication"), blank=True)
    source = models.CharField(_("source"), max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class ProductImage(models.Model):
    """A photograph of a product, known by the digest of its bytes."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    file = models.ImageField(upload_to="products/")
    sha256 = models.CharField(max_length=64, db_index=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["product", "sha256"], name="one_image_once_a_product")]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.sha256[:8]}"


class Pair(models.Model):
    """A query with a product."""

    external_id = models.CharField(_("external id"), max_length=100, unique=True, null=True, blank=True)
    query = models.ForeignKey(Query, on_delete=models.PROTECT, related_name="pairs")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="pairs")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["query", "product"], name="one_pair_of_query_and_product")]

    def __str__(self) -> str:
        return f"{self.query} / {self.product}"
