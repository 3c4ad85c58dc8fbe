"""Pipeline configurations: made, altered as long as no run used them, listed, and chosen for a run."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inference.forms import ConfigurationForm
from inference.models import PipelineConfig, Run
from inference.pipeline.parameters import Parameters
from inference.pipeline.stages import Stage
from inference.services.configurations import change_configuration, configuration_with, create_configuration
from inference.services.judging import judge_all
from inference.services.runs import default_config, launch_run
from rules.models import AuditEvent
from tests.factories import make_benchmark, make_release, make_user

pytestmark = pytest.mark.django_db
MAY = ("inference.add_pipelineconfig", "inference.change_pipelineconfig", "inference.launch_run")
WITHOUT_RULES = Parameters(name_overlap=0.25, off=(Stage.RULES,))
ROWS = [("布洛芬", "布洛芬片100片", "highly")]


@pytest.fixture
def visitor(client: Client) -> Client:
    client.force_login(make_user(*MAY))
    return client


def used(config: PipelineConfig) -> Run:
    return judge_all(run=launch_run(by=None, release=make_release(), benchmark=make_benchmark(*ROWS), config=config))


def test_a_configuration_is_made_once_and_audited() -> None:
    user = make_user(*MAY)
    made = create_configuration(by=user, name=" no\0 rules ", parameters=WITHOUT_RULES)
    assert (made.name, Parameters.from_json(made.parameters)) == ("no rules", WITHOUT_RULES)
    with pytest.raises(ValidationError, match="another configuration"):
        create_configuration(by=user, name="no rules", parameters=Parameters())
    event = AuditEvent.objects.get(verb="config.created")
    assert (event.actor, event.subject, event.data["off"]) == (user, f"config:{made.pk}", "rules")


@pytest.mark.parametrize(
    ("name", "overlap"), [("", 0.5), (" \0", 0.5), ("x" * 81, 0.5), ("x", 1.1), ("x", float("nan"))]
)
def test_what_cannot_be_is_refused(name: str, overlap: float) -> None:
    with pytest.raises(ValidationError):
        create_configuration(by=make_user(*MAY), name=name, parameters=Parameters(name_overlap=overlap))
    assert not PipelineConfig.objects.exists()


def test_a_configuration_is_altered_until_a_run_used_it() -> None:
    user = make_user(*MAY)
    config = create_configuration(by=user, name="mine", parameters=Parameters())
    for _time in range(2):
        changed = change_configuration(by=user, config=config, name="mine", parameters=WITHOUT_RULES)
    assert Parameters.from_json(changed.parameters) == WITHOUT_RULES
    assert AuditEvent.objects.filter(verb="config.changed").count() == 1
    used(changed)
    for one in (changed, default_config()):
        with pytest.raises(ValidationError, match="not altered"):
            change_configuration(by=user, config=one, name="mine", parameters=Parameters())


def test_writing_needs_the_permission() -> None:
    config = create_configuration(by=None, name="mine", parameters=Parameters())
    with pytest.raises(PermissionDenied):
        create_configuration(by=make_user(), name="x", parameters=Parameters())
    with pytest.raises(PermissionDenied):
        change_configuration(by=make_user(), config=config, name="x", parameters=Parameters())


def test_a_name_taken_by_other_parameters_gets_a_mark() -> None:
    first = configuration_with(name="step", parameters=Parameters())
    other = configuration_with(name="step", parameters=WITHOUT_RULES)
    assert configuration_with(name="step", parameters=Parameters()) == first
    assert configuration_with(name="step", parameters=WITHOUT_RULES) == other
    assert (first.name, other.name[:5], PipelineConfig.objects.count()) == ("step", "step ", 2)


def test_the_form_says_the_parameters_it_was_filled_with() -> None:
    form = ConfigurationForm(ConfigurationForm.values_of(WITHOUT_RULES, "x"))
    assert form.is_valid()
    assert form.parameters == WITHOUT_RULES


def test_the_pages_lead_from_a_new_one_to_a_run_with_it(visitor: Client) -> None:
    filled = ConfigurationForm.values_of(WITHOUT_RULES, "<b>mine")
    refused = visitor.post(reverse("inference:new_configuration"), filled | {"name_overlap": "7"})
    made = visitor.post(reverse("inference:new_configuration"), filled)
    config = PipelineConfig.objects.get()
    assert (refused.status_code, made["Location"]) == (422, reverse("inference:configuration", args=[config.pk]))
    again = visitor.post(reverse("inference:new_configuration"), filled)
    assert "another configuration" in again.content.decode()
    visitor.post(reverse("inference:change_configuration", args=[config.pk]), filled | {"name_overlap": "0.75"})
    chosen = {"release": make_release().pk, "benchmark": make_benchmark(*ROWS).pk, "config": config.pk}
    visitor.post(reverse("inference:launch"), chosen)
    assert Run.objects.get().config.parameters["name_overlap"] == 0.75
    pages = [reverse("inference:configurations"), reverse("inference:configuration", args=[config.pk])]
    pages += [reverse("inference:runs"), reverse("inference:new_configuration") + f"?like={config.pk}"]
    for address in pages:
        shown = visitor.get(address).content.decode()
        assert ("&lt;b&gt;mine" in shown, "<b>mine" in shown) == (True, False)
    late = visitor.post(reverse("inference:change_configuration", args=[config.pk]), filled)
    assert (late.status_code, "not altered" in late.content.decode()) == (422, True)


def test_a_list_costs_the_same_for_few_and_many(visitor: Client) -> None:
    costs = []
    for number in range(2):
        for place in range(1 + 3 * number):
            used(create_configuration(by=None, name=f"{number} {place}", parameters=Parameters()))
        addresses = (
            reverse("inference:configurations"),
            reverse("inference:configuration", args=[Run.objects.first().config_id]),
        )
        for address in addresses:
            visitor.get(address)
        with CaptureQueriesContext(connection) as captured:
            for address in addresses:
                visitor.get(address)
        costs.append(len(captured))
    assert costs[0] == costs[1]
