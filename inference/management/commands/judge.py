"""`manage.py judge IN.jsonl OUT.jsonl`: judge every line from its query and title."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference.management.judging import add_arguments, answers
from inference.management.judging_by import Row, rows_by
from rules.whole_files import lines_into


class Command(BaseCommand):
    help = "Judge query-product pairs: one JSON object a line in, one a line out, in the same order."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)
        parser.add_argument("output", type=Path, help="where the judgments go; it appears when all are made")
        parser.add_argument(
            "--config", help="name of the configuration to judge with, in one process; models are asked"
        )
        parser.add_argument("--traces", action="store_true", help="with --config: every step that led to the level")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["output"].exists() and options["input"].exists() and options["output"].samefile(options["input"]):
            raise CommandError("The judgments would be written over the pairs: name another file.")
        done = failed = 0
        with told(options) as found, lines_into(options["output"]) as out:
            for row in found:
                done += 1
                failed += row.content["failed"]
                if row.content["failed"]:
                    self.stderr.write(f"line {row.number}: {row.content['reason']}")
                out.write(json.dumps(row.content, ensure_ascii=False) + "\n")
            if not done:
                raise CommandError(f"{options['input']} holds no lines.")
        self.stderr.write(f"{done} judged, {failed} of them failed.")


@contextmanager
def told(options: dict[str, Any]) -> Iterator[Iterator[Row]]:
    """What is written of every line, in order."""
    if options["config"]:
        names = {"config": options["config"], "release": options["release"], "traces": options["traces"]}
        yield rows_by(options["input"], **names)
        return
    with answers(options) as found:
        yield (Row(answer.number, answer.to_json()) for answer in found)
