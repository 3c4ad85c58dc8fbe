"""How many rows point at each row of a list."""

from django.db.models import Count, Model, OuterRef, Subquery
from django.db.models.functions import Coalesce


def count_of(rows: type[Model], link: str) -> Coalesce:
    """How many `rows` have their `link` at a row of the query. Unlike a join, it is counted for one page alone."""
    found = rows._default_manager.filter(**{link: OuterRef("pk")}).order_by().values(link)
    return Coalesce(Subquery(found.annotate(found=Count("pk")).values("found")), 0)
