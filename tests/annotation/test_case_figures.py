"""What the watch page counts, week by week."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from annotation.models import BadCase, CaseAction
from annotation.selectors.case_figures import figures, mondays_until, standing
from annotation.services.case_remedies import Remedy, fix
from annotation.services.case_runs import settle_run
from annotation.services.triage import Sorted, triage
from tests.annotation.cases import make_case, make_triager

pytestmark = pytest.mark.django_db


def came(case: BadCase, *, days_ago: float) -> None:
    BadCase.objects.filter(pk=case.pk).update(created_at=timezone.now() - timedelta(days=days_ago))


def test_weeks_begin_on_mondays_here() -> None:
    sunday_evening_in_london = datetime(2026, 11, 22, 20, tzinfo=UTC)  # Monday in Shanghai
    assert mondays_until(sunday_evening_in_london, 2) == [date(2026, 11, 16), date(2026, 11, 23)]


def test_a_week_tells_what_came_and_what_was_done() -> None:
    by = make_triager()
    cases = [
        make_case(query, f"商品{query}", by=by, severity=level) for query, level in (("甲", 3), ("乙", 1), ("丙", 1))
    ]
    for case in cases[:2]:
        came(case, days_ago=1000)
    triage(by=by, cases=[cases[2].pk], to=Sorted(cause="brand"))
    fix(by=by, cases=[cases[2].pk], remedy=Remedy(entry="medicine/x/1"))
    settle_run(run="run:1", release=1, launched_at=timezone.now(), levels={cases[2].pair_id: "highly"})
    week = figures(weeks=2).weeks[-1]
    assert (week.arrived, week.harmful, week.reports, week.triaged, week.fixed, week.verified, week.regressed) == (
        1, 0, 3, 1, 1, 0, 1,
    )  # fmt: skip
    assert (week.days_to_triage, week.days_to_fix) == (pytest.approx(0, abs=0.01), pytest.approx(0, abs=0.01))
    assert (week.share_harmful, figures(weeks=2).weeks[0].share_harmful) == (0.0, None)


def test_how_things_stand_now() -> None:
    by = make_triager()
    cases = [
        make_case(query, f"商品{query}", by=by, severity=level) for query, level in (("甲", 3), ("乙", 3), ("丙", 1))
    ]
    for case, days in zip(cases, (4, 2, 9), strict=True):
        came(case, days_ago=days)
    now = standing()
    assert (now.open, now.harmful, now.overdue, now.by_state["new"]) == (3, 2, 2, 3)
    assert (now.median_age, now.oldest_harmful) == (pytest.approx(4, abs=0.01), pytest.approx(4, abs=0.01))


def test_categories_and_causes_are_told_apart_the_rest_together() -> None:
    by = make_triager()
    for number in range(14):
        case = make_case(f"查询{number}", f"商品{number}", by=by)
        name = f"c{number:02}" if number < 13 else ""
        BadCase.objects.filter(pk=case.pk).update(category=name, cause="brand" if number else "")
    by_category, by_cause = figures(weeks=1).groups, figures(weeks=1, by="cause").groups
    assert [(one.name, one.total, one.open) for one in by_category][-2:] == [("c11", 1, 1), ("", 2, 2)]
    assert [(one.name, one.total) for one in by_cause] == [("brand", 13), ("", 1)]


def test_figures_cost_the_same_however_many_cases(django_assert_max_num_queries: object) -> None:
    by = make_triager()
    for number in range(5):
        make_case(f"查询{number}", f"商品{number}", by=by)
    assert CaseAction.objects.count() == 0
    with django_assert_max_num_queries(14):
        figures()
