"""How runs are counted."""

import pytest
from django.core.cache import cache

from inference.selectors.runs import summaries
from inference.services.judging import judge_all, judge_batch
from inference.services.runs import launch_run
from tests.factories import make_benchmark, make_release

pytestmark = pytest.mark.django_db
ROWS = [("布洛芬", f"布洛芬片{n}片", "highly") for n in range(3)]


def test_judgments_of_a_finished_run_are_counted_once(django_assert_num_queries) -> None:
    cache.clear()
    benchmark = make_benchmark(*ROWS)
    runs = [judge_all(run=launch_run(by=None, release=make_release(), benchmark=benchmark)) for _time in range(3)]
    with django_assert_num_queries(1):
        first = summaries(runs)
    with django_assert_num_queries(0):
        second = summaries(runs)
    assert second == first
    assert [(one.run, one.done, one.failed, one.reused, one.scores.pairs) for one in first] == [
        (runs[0], 3, 0, 0, 3),
        (runs[1], 3, 0, 3, 3),
        (runs[2], 3, 0, 3, 3),
    ]


def test_a_run_under_way_is_counted_anew(settings) -> None:
    settings.JUDGE_BATCH = 1
    run = launch_run(by=None, release=make_release(), benchmark=make_benchmark(*ROWS))
    done = []
    for _batch in range(2):
        judge_batch(run_id=run.pk)
        done.append(summaries([run])[0].done)
    assert done == [1, 2]
