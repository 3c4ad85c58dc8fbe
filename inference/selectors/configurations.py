"""Pipeline configurations: which there are, and how the runs made with them did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from inference.enums import RunState
from inference.models import ModelEndpoint, PipelineConfig, Run
from inference.models.pipeline import DEFAULT_CONFIG
from inference.pipeline.ablation import ABLATION
from inference.pipeline.parameters import Parameters
from inference.pipeline.stages import Stage
from inference.selectors.runs import RunSummary, summaries

OWN, STEPS = Q(runs__isnull=False, runs__ablation=None), Q(runs__ablation__isnull=False)


@dataclass(frozen=True, slots=True)
class Switch:
    """A stage, whether it is on, and the endpoint whose model performs it, if one does."""

    stage: Stage
    on: bool
    endpoint: ModelEndpoint | None = None


@dataclass(frozen=True, slots=True)
class ConfigurationRow:
    """A configuration with its switches, how many runs were made with it, and the newest of them that finished.

    Steps of ablations count in `steps` alone.
    """

    config: PipelineConfig
    parameters: Parameters
    switches: tuple[Switch, ...]
    runs: int
    steps: int
    latest: RunSummary | None

    @property
    def fixed(self) -> bool:
        """Whether it can't be altered any more."""
        return self.config.name == DEFAULT_CONFIG or bool(self.runs or self.steps)


def configurations_counted() -> QuerySet[PipelineConfig]:
    """Every configuration with how many runs were made with it, and the newest that finished."""
    return PipelineConfig.objects.select_related("endpoint").annotate(
        own=Count("runs", filter=OWN),
        steps=Count("runs", filter=STEPS),
        newest=Max("runs", filter=OWN & Q(runs__state=RunState.FINISHED)),
    )


def configuration_list(*, steps: bool = False) -> QuerySet[PipelineConfig]:
    """The configurations that people chose, or those that only ablations used."""
    counted = configurations_counted()
    only_steps = Q(own=0, steps__gt=0)
    return (counted.filter(only_steps) if steps else counted.exclude(only_steps)).order_by("pk")


def configuration_rows(configs: Iterable[PipelineConfig]) -> list[ConfigurationRow]:
    """Rows for some configurations of `configuration_list`, in three queries however many there are."""
    listed = list(configs)
    newest = [config.newest for config in listed if config.newest]  # type: ignore[attr-defined]
    endpoints = endpoints_of_stages(listed)
    runs = Run.objects.filter(pk__in=newest).select_related("release", "benchmark")
    latest = {one.run.config_id: one for one in summaries(runs)}
    return [
        ConfigurationRow(
            config=config,
            parameters=Parameters.from_json(config.parameters),
            switches=switches_of(config, endpoints),
            runs=config.own,  # type: ignore[attr-defined]
            steps=config.steps,  # type: ignore[attr-defined]
            latest=latest.get(config.pk),
        )
        for config in listed
    ]


def switches_of(config: PipelineConfig, endpoints: Mapping[int, ModelEndpoint]) -> tuple[Switch, ...]:
    """Every stage in the order of an ablation, whether the configuration has it on, and which model performs it."""
    off = Parameters.from_json(config.parameters).switched_off
    by = {stage: endpoints.get(one["endpoint"]) for stage, one in config.stages.items()}
    return tuple(Switch(stage, stage not in off, by.get(stage.value)) for stage in ABLATION)


def endpoints_of_stages(configs: Iterable[PipelineConfig]) -> dict[int, ModelEndpoint]:
    """The endpoints whose models perform stages of some configurations."""
    wanted = {one["endpoint"] for config in configs for one in config.stages.values()}
    return ModelEndpoint.objects.in_bulk(wanted) if wanted else {}


def selectable_configurations() -> QuerySet[PipelineConfig]:
    """What a launch may choose beside the default configuration."""
    return configuration_list().exclude(name=DEFAULT_CONFIG)
