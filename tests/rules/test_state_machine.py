"""Whatever people, programs and the clock write in any order: nothing is ever in force that was not approved as it is."""

from pathlib import Path

import pytest
from django.contrib import admin
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from tests.rules.people import People, everybody
from tests.rules.writing import Writing

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> People:
    return everybody()


def test_nothing_is_in_force_that_was_not_approved_as_it_is(people: People, tmp_path: Path) -> None:
    Writing.people, Writing.folder = people, tmp_path
    tried = settings().max_examples
    measure = settings(
        max_examples=tried // 10, stateful_step_count=10 if tried < 100 else 50, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Writing, settings=measure)


def test_the_admin_writes_no_rules() -> None:
    assert [model for model in admin.site._registry if model._meta.app_label == "rules"] == []
