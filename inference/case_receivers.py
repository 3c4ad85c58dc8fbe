"""What happens when bad cases come in, when a run has finished, and when fixed cases are to be tested."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.utils.translation import gettext_noop

from annotation.models import Benchmark
from annotation.models.benchmark import FIXED_CASES
from annotation.signals import cases_reported
from inference.case_tasks import examine_cases, take_up_run
from inference.selectors.runs import latest_run
from inference.services.runs import launch_run
from inference.signals import run_finished
from rules.models import Release
from rules.signals import release_published

FIXED = gettext_noop("cases fixed")


@receiver(cases_reported, dispatch_uid="examine_reported_cases")
def examine_reported_cases(**kwargs: Any) -> None:
    """Look into what came in."""
    examine_cases.delay()


@receiver(run_finished, dispatch_uid="take_up_finished_run")
def take_up_finished_run(*, run_id: int, **kwargs: Any) -> None:
    """Let a run settle the cases that were fixed and open new ones."""
    take_up_run.delay(run_id)


@receiver(release_published, dispatch_uid="judge_fixed_cases")
def judge_fixed_cases(*, release_id: int, **kwargs: Any) -> None:
    """Run the fixed cases under a new release, where no run of them goes on from an earlier one already."""
    benchmark = Benchmark.objects.filter(slug=FIXED_CASES, members__isnull=False).first()
    release = Release.objects.get(pk=release_id)
    if benchmark and latest_run(release=release, benchmark=benchmark) is None:
        with suppress(ValidationError):  # somebody was quicker
            launch_run(by=None, release=release, benchmark=benchmark, reason=FIXED)
