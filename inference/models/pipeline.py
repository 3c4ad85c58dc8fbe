"""How the pipeline is set up."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inference.enums import Engine
from inference.models.endpoint import ModelEndpoint
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.stages import Stage

DEFAULT_CONFIG = "lexical"
"""The name of the configuration that judges unless another is chosen: the lexical engine as it comes."""
CANARIES = 20
"""How many pairs every run judges anew unless a configuration says otherwise."""


class PipelineConfig(models.Model):
    """Which engine judges, with which parameters. A configuration that a run used is not altered.

    `canaries`: how many pairs of a benchmark every run judges anew, to see whether the judge moved; 0 for none.
    `endpoint` is the server of the model that gives the level, with the engine LLM alone, asked as `model_settings` say
    (`inference.pipeline.model_settings`, without the model and its revision, which are the endpoint's). `stages` are
    those before the level that a model performs: `{stage: {"endpoint": id, "settings": {…}}}`.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    engine = models.CharField(_("engine"), max_length=10, choices=Engine.choices, default=Engine.LEXICAL)
    parameters = models.JSONField(default=dict)
    endpoint = models.ForeignKey(ModelEndpoint, on_delete=models.PROTECT, null=True, related_name="configurations")
    model_settings = models.JSONField(default=dict)
    stages = models.JSONField(default=dict)
    canaries = models.PositiveSmallIntegerField(_("canaries"), default=CANARIES)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(engine=Engine.LLM, endpoint__isnull=False)
                | models.Q(engine=Engine.LEXICAL, endpoint=None),
                name="a_model_has_an_endpoint",
            )
        ]

    def __str__(self) -> str:
        """Its name; of one that the system made, in the language of the reader."""
        return name_in_words(self.name)

    @property
    def is_default(self) -> bool:
        """Whether it judges unless another is chosen."""
        return self.name == DEFAULT_CONFIG

    @property
    def asked(self) -> ModelSettings | None:
        """The model that gives the level and how it is asked; None where the lexical engine gives it."""
        if self.endpoint is None:
            return None
        model = {"model": self.endpoint.model, "revision": self.endpoint.revision}
        return ModelSettings.from_json({**self.model_settings, **model})


def name_in_words(name: str) -> str:
    """The name of a configuration; of one that the system made, in the language of the reader."""
    kind, _colon, step = name.partition(": ")
    if kind == "ablation":
        return step_words(step)
    return gettext(name) if name == DEFAULT_CONFIG else name


def step_words(step: str) -> str:
    """The step of an ablation that a configuration was made for, in the language of the reader."""
    if step == "everything on":
        return gettext("ablation: everything on")
    if step == "everything off":
        return gettext("ablation: everything off")
    how, _space, name = step.rpartition(" ")
    if name not in set(Stage) or how not in ("without", "up to"):
        return f"ablation: {step}"
    words = {"stage": gettext(Stage(name).label)}
    return (
        gettext("ablation: without %(stage)s") if how == "without" else gettext("ablation: up to %(stage)s")
    ) % words
