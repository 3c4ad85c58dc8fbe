"""What is asked of the search, counted."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AskedQuery(models.Model):
    """How often a query was asked on a day. Says nothing of who asked, from where or at which hour."""

    text = models.CharField(_("query"), max_length=200)
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("times asked"), default=1)

    class Meta:
        verbose_name_plural = "asked queries"
        ordering = ["-day", "-count", "text"]
        indexes = [models.Index(fields=["day"], name="asked_queries_by_day")]
        constraints = [models.UniqueConstraint(fields=["text", "day"], name="a_query_once_a_day")]

    def __str__(self) -> str:
        return f"{self.text}: {self.count}"
