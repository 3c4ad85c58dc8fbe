"""`manage.py evaluate IN.jsonl`: judge labelled lines and print how well the judgments agree with the labels."""

import json
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference.management.judging import add_arguments, answers
from inference.metrics import scores_of
from rules.engine.attributes import LevelClass


class Command(BaseCommand):
    help = "Judge labelled query-product pairs and print one JSON object of scores on three classes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        confusion: Counter[tuple[LevelClass | None, LevelClass | None]] = Counter()
        with answers(options, needs_level=True) as found:
            for answer in found:
                if answer.level is None:
                    self.stderr.write(f"line {answer.number}: {answer.reason}")
                labelled = answer.labelled.level_class if answer.labelled else None
                confusion[labelled, answer.level.level_class if answer.level else None] += 1
        if not confusion:
            raise CommandError(f"{options['input']} holds no lines.")
        self.stdout.write(json.dumps(scores_of(confusion).to_json(), ensure_ascii=False))
