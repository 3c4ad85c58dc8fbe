"""A benchmark release as a file, and all that was said for a benchmark so far."""

import tempfile
from typing import IO, cast

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotation.exports import FileKind, in_csv, jsonl, write_as_parquet
from annotation.manifest import canonical
from annotation.models import Benchmark, BenchmarkRelease
from annotation.selectors.benchmark_releases import lines_of
from annotation.selectors.blind import hidden_rows
from annotation.selectors.said_labels import label_lines
from annotation.services.labelling import PERMISSION
from rules.services.permissions import require


@require_safe
def export(request: HttpRequest, slug: str, number: int, kind: str) -> HttpResponseBase:
    """The rows of a release, the same bytes whenever they are asked for."""
    if kind not in list(FileKind):
        raise Http404
    release = get_object_or_404(BenchmarkRelease, benchmark__slug=slug, number=number)
    if hidden_rows([release], request.user):
        raise PermissionDenied(_("This file has levels of pairs that you may yet be asked to label."))
    return file_response(release, FileKind(kind))


def file_response(release: BenchmarkRelease, kind: FileKind) -> HttpResponseBase:
    """A release as a file to be saved. Rows are read while they are sent; Parquet, which ends with its index, before."""
    name = f"{release.benchmark.slug}-{release.number}.{kind}"
    if kind == FileKind.PARQUET:
        return FileResponse(parquet_file(release), as_attachment=True, filename=name, content_type=kind.content_type)
    written = (jsonl if kind == FileKind.JSONL else in_csv)(lines_of(release))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(written, content_type=kind.content_type, headers=headers)


def parquet_file(release: BenchmarkRelease) -> IO[bytes]:
    """A release as Parquet, in a file that is gone once it is closed."""
    file = cast("IO[bytes]", tempfile.TemporaryFile())  # noqa: SIM115  whoever sends it closes it
    write_as_parquet(lines_of(release), file, manifest=canonical(release.manifest))
    file.seek(0)
    return file


@require_safe
def said(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Every label of a benchmark so far, for who leads its labelling: others are not to see them before their own."""
    benchmark = get_object_or_404(Benchmark, slug=slug)
    require(request.user, PERMISSION)
    kind = FileKind.JSONL
    headers = {"Content-Disposition": f'attachment; filename="{slug}-labels.{kind}"'}
    return StreamingHttpResponse(jsonl(label_lines(benchmark)), content_type=kind.content_type, headers=headers)
