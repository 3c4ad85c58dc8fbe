"""manage.py verify_benchmark [SLUG] [N]: check that benchmark releases are what was cut."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.models import BenchmarkRelease
from annotation.selectors.benchmark_verify import verify


class Command(BaseCommand):
    help = "Work out every digest of benchmark releases again, and say which row differs. Fails where one does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("benchmark", nargs="?", default="", help="short name of the benchmark; all if left out")
        parser.add_argument("number", nargs="?", type=int, help="number of the release; all if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        releases = chosen(options["benchmark"], options["number"])
        torn = [release for release in releases if not self.is_whole(release)]
        if torn:
            count = "1 release is" if len(torn) == 1 else f"{len(torn)} releases are"
            raise CommandError(f"{count} not as it was cut." if len(torn) == 1 else f"{count} not as they were cut.")

    def is_whole(self, release: BenchmarkRelease) -> bool:
        """Say what is wrong with a release; whether nothing is."""
        named = f"{release.benchmark.slug} {release}"
        found = verify(release)
        for fault in found:
            self.stdout.write(f"{named}: {fault}")
        if not found:
            self.stdout.write(f"{named}: whole, {release.manifest['rows']} rows.")
        return not found


def chosen(slug: str, number: int | None) -> list[BenchmarkRelease]:
    """The releases that are asked for. Raises CommandError where there are none of a benchmark that is named."""
    found = BenchmarkRelease.objects.select_related("benchmark").order_by("benchmark__slug", "number")
    found = found.filter(benchmark__slug=slug) if slug else found
    found = found.filter(number=number) if number is not None else found
    if slug and not found:
        raise CommandError("There is no release like that.")
    return list(found)
