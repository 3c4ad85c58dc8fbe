"""manage.py import_cases FILE: bring in bad cases, from search logs or complaints."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from annotation.management.importing import add_file, existing_file, progress_bar, report
from annotation.services.imports import import_cases


class Command(BaseCommand):
    help = "Import bad cases from a JSONL or CSV file. Importing a file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_file(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path = existing_file(options["file"])
        report(import_cases(path=path, progress=progress_bar(self.stderr)), self.stdout)
