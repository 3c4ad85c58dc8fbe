"""manage.py import_pairs FILE: bring pairs into the catalogue and their labels into a benchmark."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from annotation.management.importing import add_file, existing_file, progress_bar, report
from annotation.services.imports import import_pairs


class Command(BaseCommand):
    help = "Import pairs from a JSONL or CSV file. Importing a file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_file(parser)
        parser.add_argument("--benchmark", default="", help="short name of the benchmark; the file's name if left out")
        parser.add_argument("--to-label", action="store_true", help="have people label the pairs for the benchmark")

    def handle(self, *args: Any, **options: Any) -> None:
        path = existing_file(options["file"])
        job = import_pairs(
            path=path,
            benchmark=options["benchmark"],
            to_label=options["to_label"],
            progress=progress_bar(self.stderr),
        )
        report(job, self.stdout)
