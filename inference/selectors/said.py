"""What models are known to have said at stages, found by the key of the unit. Nobody is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inference.models import ModelReply, PipelineConfig
from inference.pipeline.model_answer import Fault
from inference.pipeline.model_stages.registry import MODEL_STAGES, stages_identity
from inference.pipeline.stages import Stage
from inference.pipeline.told import ALL_LEXICAL, ByModel, Failed, NotTold, Said, Unit
from inference.selectors.model_judges import StageModel, stage_models
from inference.selectors.model_replies import ReplyKey, replies_by_key

MOST_KEPT = 20_000
"""Units kept in memory for each set of models."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A unit with what a reply about it is kept under."""

    unit: Unit
    key: str


class Known:
    """What models said at the stages that they perform: looked up once, then remembered. Failures are not known."""

    def __init__(self, models: Mapping[Stage, StageModel]) -> None:
        self.models = models
        self._said: dict[Unit, Said] = {}

    def __call__(self, unit: Unit) -> Said | Failed:
        """What was said of a unit. Raises NotTold."""
        said = self._said.get(unit)
        if said is None:
            if self.look_up([unit]):
                raise NotTold(unit)
            said = self._said[unit]
        return said

    def held(self, unit: Unit) -> Said | None:
        """What was said of a unit, as far as it is remembered; nothing is looked up."""
        return self._said.get(unit)

    def look_up(self, units: Iterable[Unit]) -> list[Keyed]:
        """Find what was said of units, and say of which nothing is kept."""
        keyed = [Keyed(unit, self.key(unit)) for unit in dict.fromkeys(units) if unit not in self._said]
        by_key = {one.key: one.unit for one in keyed}
        rows = replies_by_key(by_key.keys(), lambda row: self.read(by_key[row.key], row) is not None)
        left = []
        for one in keyed:
            row = rows.get(ReplyKey(one.key))
            said = self.read(one.unit, row) if row else None
            if said is None:
                left.append(one)
            else:
                self.put(one.unit, said)
        return left

    def key(self, unit: Unit) -> str:
        """What a reply about a unit is kept under."""
        return MODEL_STAGES[unit.stage].key(unit, self.models[unit.stage].settings)

    def read(self, unit: Unit, row: ModelReply) -> Said | None:
        """What a kept reply says; None where it can't be read any more."""
        output = MODEL_STAGES[unit.stage].read(row.text, row.finish_reason)
        return None if isinstance(output, Fault) else self.said(unit.stage, output, row.endpoint.name)

    def said(self, stage: Stage, output: object, endpoint: str) -> Said:
        """An output with who said it."""
        settings = self.models[stage].settings
        prompts = MODEL_STAGES[stage].prompts(settings)
        return Said(output, endpoint, settings.model, settings.revision, prompts)

    def put(self, unit: Unit, said: Said) -> None:
        """Remember what was said. Emptied when full: whoever still needs some of it finds it again."""
        if len(self._said) >= MOST_KEPT:
            self._said = {}
        self._said[unit] = said


def by_model_of(config: PipelineConfig | None) -> ByModel:
    """The stages that models perform with a configuration, with what they are known to have said."""
    models = stage_models(config)
    if not models:
        return ALL_LEXICAL
    settings = {stage: one.settings for stage, one in models.items()}
    return ByModel(frozenset(models), stages_identity(settings), Known(models))
