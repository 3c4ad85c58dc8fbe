"""Benchmark releases: the list, cutting one, how two differ, whether one is whole, and one as a file."""

import json
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import status
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.exports import FileKind
from annotation.models import Benchmark
from annotation.release_serializers import (
    BenchmarkReleaseSerializer,
    ComparedSerializer,
    CutSerializer,
    MovedPairSerializer,
    VerifiedSerializer,
    WholeReleaseSerializer,
)
from annotation.selectors.benchmark_releases import Difference, differences, releases_of, rows_by_id, without_rows
from annotation.selectors.benchmark_verify import verify
from annotation.selectors.blind import hidden_rows
from annotation.services.benchmark_releases import cut_release
from annotation.views.benchmark_files import export as exported
from annotation.views.benchmark_releases import release_named
from rules.api.reading import Pages, body, query
from rules.api.told import page, paged, told

FILES = {(200, kind.content_type.partition(";")[0]): OpenApiTypes.BINARY for kind in FileKind}


@told(paged(BenchmarkReleaseSerializer), method="GET", name="list_benchmark_releases")
@told(WholeReleaseSerializer, takes=CutSerializer, method="POST", made=True, name="cut_benchmark_release")
@api_view(["GET", "POST"])
def releases(request: Request, slug: str) -> Response:
    """The releases of a benchmark, the newest first; or another one of its labelled pairs as they are now."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    if request.method == "POST":
        made = cut_release(by=request.user, benchmark=benchmark, **body(request, CutSerializer))
        return Response(WholeReleaseSerializer(made).data, status=status.HTTP_201_CREATED)
    return page(
        request, releases_of(benchmark).select_related("benchmark").defer("datasheet"), BenchmarkReleaseSerializer
    )


@told(WholeReleaseSerializer, name="get_benchmark_release")
@api_view(["GET"])
def release(request: Request, slug: str, number: int) -> Response:
    """One release with its manifest and datasheet."""
    return Response(WholeReleaseSerializer(release_named(slug, number)).data)


@told(paged(MovedPairSerializer), asks=ComparedSerializer, name="compare_benchmark_releases")
@api_view(["GET"])
def compare(request: Request, slug: str, number: int, other: int) -> Response:
    """The pairs in which release `other` differs from release `number`, with their row in both."""
    change = query(request, ComparedSerializer)["change"]
    both = release_named(slug, number), release_named(slug, other)
    found = without_rows(differences(*both), hidden_rows(both, request.user))
    chosen = [one for one in found if change in one.changes] if change else found
    pages = Pages()
    shown = pages.paginate_queryset(chosen, request)
    return pages.get_paginated_response(moved(shown or []))


@told(VerifiedSerializer, name="verify_benchmark_release")
@api_view(["GET"])
def verification(request: Request, slug: str, number: int) -> Response:
    """Every digest of a release worked out again."""
    faults = [_(fault.words) % fault.params for fault in verify(release_named(slug, number))]
    return Response({"whole": not faults, "faults": faults})


@told(FILES, name="export_benchmark_release")
@api_view(["GET"])
def export(request: Request, slug: str, number: int, kind: str) -> HttpResponseBase:
    """The rows of a release as JSONL, CSV or Parquet: the same bytes whenever they are asked for."""
    return exported(request._request, slug, number, kind)


def moved(found: list[Difference]) -> list[dict[str, Any]]:
    """Differences with the rows they are of."""
    rows = rows_by_id([pk for one in found for pk in (one.before, one.after) if pk is not None])
    lines = {pk: json.loads(row.line) for pk, row in rows.items()}
    return [
        {
            "changes": list(one.changes),
            "before": lines.get(one.before) if one.before else None,
            "after": lines.get(one.after) if one.after else None,
        }
        for one in found
    ]
