"""When validity dates fall due, what was judged is judged again."""

import pytest
from django.utils import timezone

from inference.models import Run
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.signals import validity_changed
from tests.factories import make_benchmark, make_release

pytestmark = pytest.mark.django_db


def test_every_benchmark_that_was_judged_is_judged_again_beside_the_run_before() -> None:
    rows = [("布洛芬", f"布洛芬片{n}片", "highly") for n in range(2)]
    release = make_release()
    judged = judge_all(run=launch_run(by=None, release=release, benchmark=make_benchmark(*rows)))
    launch_run(by=None, release=make_release(), benchmark=make_benchmark(*rows))
    validity_changed.send(sender=type(release), release_id=release.pk, day=timezone.localdate())
    runs = Run.objects.filter(reason="validity dates")
    assert [(run.release, run.benchmark, run.baseline, run.config, run.created_by) for run in runs] == [
        (release, judged.benchmark, judged, judged.config, None)
    ]
