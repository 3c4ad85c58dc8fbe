"""Imports and the rows they did not take."""

from django.db.models import QuerySet

from annotation.models import Import, ImportProblem


def imports_newest_first() -> QuerySet[Import]:
    """Every import with who started it and where its labels went."""
    return Import.objects.select_related("created_by", "benchmark").order_by("-id")


def problems_of(job: Import) -> QuerySet[ImportProblem]:
    """The rows that were not taken, by line."""
    return job.problems.order_by("line", "id")
