"""manage.py export_benchmark SLUG [FILE]: a benchmark release as a file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from annotation.exports import FileKind, in_csv, jsonl, write_as_parquet
from annotation.manifest import canonical
from annotation.models import BenchmarkRelease
from annotation.selectors.benchmark_releases import lines_of
from rules.whole_files import written_whole


class Command(BaseCommand):
    help = (
        "Write a release of a benchmark (the newest) as JSONL, CSV or Parquet: the same bytes whenever it is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("benchmark", help="short name of the benchmark")
        parser.add_argument("file", nargs="?", type=Path, help="where to write; left out, it is printed")
        parser.add_argument("--release", type=int, help="the number of an older release")
        parser.add_argument("--format", choices=list(FileKind), help="left out, the one that the file's name ends in")

    def handle(self, *args: Any, **options: Any) -> None:
        release, file = asked(options["benchmark"], options["release"]), options["file"]
        kind = FileKind(options["format"] or suffix_of(file))
        if file is None:
            write(release, kind, sys.stdout.buffer)
            return
        try:
            with written_whole(file) as draft, draft.open("wb") as opened:
                write(release, kind, opened)
        except OSError as error:
            raise CommandError(f"{file} can't be written: {error.strerror}.") from error
        self.stdout.write(f"Release {release.number} of {options['benchmark']} was written to {file}.")


def asked(slug: str, number: int | None) -> BenchmarkRelease:
    """The release that is asked for. Raises CommandError where there is none."""
    found = BenchmarkRelease.objects.filter(benchmark__slug=slug).order_by("-number")
    release: BenchmarkRelease | None = (found if number is None else found.filter(number=number)).first()
    if release is None:
        raise CommandError("There is no release like that.")
    return release


def suffix_of(file: Path | None) -> str:
    """The format that a file's name ends in; JSONL where it says nothing."""
    suffix = file.suffix.lstrip(".") if file else ""
    return suffix if suffix in list(FileKind) else FileKind.JSONL


def write(release: BenchmarkRelease, kind: FileKind, file: IO[bytes]) -> None:
    """Write a release."""
    lines = lines_of(release)
    if kind == FileKind.PARQUET:
        write_as_parquet(lines, file, manifest=canonical(release.manifest))
    else:
        file.writelines((jsonl if kind == FileKind.JSONL else in_csv)(lines))
