"""`manage.py evaluate IN.jsonl`: judge labelled lines and print how well the judgments agree with the labels."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference.engines.lines import Answer
from inference.engines.parallel import Answers
from inference.management.judging import add_arguments, answers_by_each
from inference.measures import Figures, Measured, ablation_rows, by_category, hard_places, is_right, scores_over
from inference.metrics import Scores, score_levels
from inference.pipeline.ablation import settings
from inference.pipeline.parameters import Parameters

PROGRESS_SECONDS = 5.0
Judgments = list[tuple[Measured, ...]]
"""For every line what each chain judged; the first is the chain with everything on."""


class Command(BaseCommand):
    help = "Judge labelled query-product pairs and print one JSON object of scores on three classes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)
        parser.add_argument("--by", choices=["category"], help="scores for each top category of the products as well")
        parser.add_argument("--hard", action="store_true", help="scores on long titles under short queries as well")
        parser.add_argument("--hard-most", type=int, metavar="N", help="hard pairs a class at most")
        parser.add_argument("--ablation", action="store_true", help="scores with the stages switched on one by one")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["hard_most"] or 0) < 0:
            raise CommandError("--hard-most must be at least 0.")
        off = settings() if options["ablation"] else ((),)
        with answers_by_each(options, [Parameters(off=one) for one in off], needs_level=True) as found:
            judged = [tuple(map(measured, line)) for line in self.followed(found, len(off))]
        if not judged:
            raise CommandError(f"{options['input']} holds no lines.")
        self.stdout.write(json.dumps(report(judged, options), ensure_ascii=False))

    def followed(self, found: Iterable[Answers], chains: int) -> Iterator[Answers]:
        """The same answers; failed lines and, where it takes long, progress are told on the way."""
        told = 0.0
        for done, line in enumerate(found, start=1):
            told = told or time.monotonic()  # building the chains is not judging
            if line[0].level is None:
                self.stderr.write(f"line {line[0].number}: {line[0].reason}")
            if time.monotonic() - told >= PROGRESS_SECONDS:
                told = time.monotonic()
                self.stderr.write(f"{done} pairs judged" + (f", each in {chains} ways" if chains > 1 else ""))
            yield line


def measured(answer: Answer) -> Measured:
    """What is measured of an answer."""
    return Measured(answer.query, answer.title, answer.labelled, answer.level, answer.category)


def report(judged: Judgments, options: dict[str, Any]) -> dict[str, Any]:
    """The object that is printed."""
    pairs = [line[0] for line in judged]
    told = told_of(scores_over(pairs)) | {"four_levels": score_levels((p.labelled, p.judged) for p in pairs).to_json()}
    if options["by"]:
        told["by_category"] = {name: told_of(scores) for name, scores in by_category(pairs).items()}
    hard = hard_places(pairs, most=options["hard_most"])
    if options["hard"]:
        told["hard"] = told_of(scores_over(pairs[at] for at in hard))
    if options["ablation"]:
        told["ablation"] = ablation_of(judged, hard)
    return told


def told_of(scores: Scores) -> dict[str, Any]:
    """Scores with the 95% interval of their accuracy."""
    return scores.to_json() | {"accuracy_interval": [scores.interval.low, scores.interval.high]}


def ablation_of(judged: Judgments, hard: Iterable[int]) -> list[dict[str, Any]]:
    """The rows of the ablation."""
    places = tuple(hard)
    figures = {
        off: Figures(
            scores=scores_over(line[at] for line in judged),
            hard=scores_over(judged[place][at] for place in places),
            right=tuple(is_right(line[at].outcome) for line in judged),
        )
        for at, off in enumerate(settings())
    }
    return [row.to_json() for row in ablation_rows(figures)]
