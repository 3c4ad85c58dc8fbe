"""Making a configuration whose judgments must be so sure, and running it."""

from dataclasses import replace

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from inference.models import PipelineConfig, Run
from inference.pipeline.parameters import Parameters
from inference.pipeline.thresholds import Thresholds
from inference.services.configurations import clean, refuse_bad, refuse_taken, subject_of, told
from inference.services.runs import launch_run
from rules.services.audit import record
from rules.services.permissions import require


@transaction.atomic
def configuration_held(*, by: User, config: PipelineConfig, name: str, thresholds: Thresholds) -> PipelineConfig:
    """Another configuration like one, in which a judgment must be so sure to keep its class.

    Of one in which a model gives the level they stand in how it is asked, else in the parameters; either way they are
    part of the key of every judgment. Raises PermissionDenied, and ValidationError for a name that is empty, too long
    or taken, and where nothing would change.
    """
    require(by, "inference.add_pipelineconfig")
    parameters, asked, sure = Parameters.from_json(config.parameters), config.asked, thresholds.named
    if thresholds == (asked or parameters).thresholds:
        raise ValidationError(_("These are the thresholds that it has."), code="same")
    if asked is None:
        parameters = replace(parameters, **sure)
    refuse_bad(name, parameters, config.canaries)
    made = PipelineConfig(
        name=clean(name),
        engine=config.engine,
        endpoint=config.endpoint,
        parameters=parameters.to_json(),
        model_settings=replace(asked, **sure).manner if asked else {},
        stages=config.stages,
        canaries=config.canaries,
    )
    refuse_taken(made)
    made.save()
    record(by=by, verb="config.created", subject=subject_of(made), data=told(made))
    return made


@transaction.atomic
def run_held(*, by: User, run: Run, name: str, thresholds: Thresholds) -> Run:
    """Such a configuration like that of a run, and a run of it over the same pairs under the same rules: both or none.

    Raises as both do, and ValidationError for a run on no benchmark.
    """
    if run.benchmark is None:
        raise ValidationError(_("Run %(run)s was not on a benchmark.") % {"run": run})
    made = configuration_held(by=by, config=run.config, name=name, thresholds=thresholds)
    return launch_run(by=by, release=run.release, benchmark=run.benchmark, config=made, baseline=run)
