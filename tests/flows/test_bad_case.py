"""A bad case from the complaint to the rule that never lets it happen again, and back when somebody retires the rule."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from annotation.enums import CaseState
from annotation.models import BadCase, Benchmark
from annotation.services.cases import report_case
from inference.enums import RunState
from inference.models import Run
from inference.services.case_drafting import draft_rule_for
from inference.services.case_opening import take_up_run
from inference.services.examining import examine_cases
from inference.services.judging import judge_all
from rules.models import Notification, Proposal
from rules.services.proposals import open_proposal, retire_rule
from tests.annotation.cases import TRIAGER, state_of
from tests.factories import make_pair, make_user
from tests.rules.publishing import publish

pytestmark = pytest.mark.django_db
PAIR = ("儿童感冒药", "[感康]复方氨酚烷胺片12片")


def published(by: User, proposal: Proposal, capture: Callable[..., object]) -> None:
    """Publish, and judge what that launches to its end."""
    with capture(execute=True):
        publish(by=by, proposal=proposal)
    for run in Run.objects.filter(state=RunState.RUNNING):
        judge_all(run=run)
        take_up_run(run_id=run.pk)


def test_a_case_is_drafted_fixed_verified_and_comes_back(
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    by = make_user("rules.change_proposal", "rules.publish_release", *TRIAGER)
    case = report_case(by=by, pair=make_pair(*PAIR), expected="irrelevant", severity=3).case
    examine_cases()
    change = draft_rule_for(by=by, case=BadCase.objects.get(pk=case.pk))
    states = [state_of(case)["state"]]

    published(by, change.proposal, django_capture_on_commit_callbacks)
    states.append(state_of(case)["state"])
    assert Benchmark.objects.get(slug="bad-cases").members.get().label.level == "irrelevant"

    change.refresh_from_db()
    assert change.rule is not None
    back = open_proposal(by=by, title="Retire it")
    retire_rule(by=by, proposal=back, rule=change.rule)
    with django_capture_on_commit_callbacks(execute=True):
        published(by, back, django_capture_on_commit_callbacks)
    states.append(state_of(case)["state"])

    told = Notification.objects.get(kind="regressed")
    assert states == [CaseState.IN_PROPOSAL, CaseState.VERIFIED, CaseState.REGRESSED]
    assert (case.assignee_id, told.recipient_id, told.title) == (by.pk, by.pk, f"{PAIR[0]} / {PAIR[1]}")
