"""`manage.py replay RUN`: judge stored judgments again of what was pinned, and say how many came to the same."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference.models import Run
from inference.selectors.replays import Replayed, replay, sampled


class Command(BaseCommand):
    help = (
        "Replay a sample of a run's judgments from the texts, passages, knowledge and rules pinned when they were made. "
        "Fails where one did not come to the same key and level. Nothing is stored, and no model is asked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int, help="the number of the run")
        parser.add_argument("--sample", type=int, default=200, metavar="N", help="judgments replayed (200)")
        parser.add_argument("--seed", type=int, default=0, help="another seed takes another sample (0)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sample"] < 1:
            raise CommandError("--sample must be at least 1.")
        run = Run.objects.filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"There is no run {options['run']}.")
        done = replay(sampled(run, options["sample"], options["seed"]))
        if not done:
            raise CommandError(f"Run {run.pk} has no judgments.")
        others = [one for one in done if not one.same]
        for one in others:
            self.stdout.write(line_of(one))
        told = f"{len(done) - len(others)} of {len(done)} judgments of run {run.pk} came to the same key and level."
        if others:
            raise CommandError(told)
        self.stdout.write(told)


def line_of(one: Replayed) -> str:
    """A judgment that was not replayed to the same, and why."""
    was = one.judgment.level or one.judgment.failure
    now = one.answer.level or one.answer.failure or "nothing"
    pair = one.judgment.pair
    reason = one.why.label if one.why else ""
    return f"judgment {one.judgment.pk}, {pair.query.text} / {pair.product.title}: {was} -> {now}. {reason}"
