"""manage.py import_products FILE: bring products into the catalogue."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from annotation.management.importing import add_file, existing_file, existing_folder, progress_bar, report
from annotation.services.imports import import_products


class Command(BaseCommand):
    help = "Import products from a JSONL or CSV file. Importing a file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_file(parser)
        parser.add_argument("--images", help="folder of the images that rows name; the file's own folder if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        path = existing_file(options["file"])
        images = existing_folder(options["images"]) if options["images"] else path.parent
        report(import_products(path=path, images=images, progress=progress_bar(self.stderr)), self.stdout)
