"""What of the lexical engine can be set. A configuration stores it as JSON; it is part of a judgment's key."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from inference.pipeline.stages import Stage
from inference.pipeline.thresholds import Thresholds, without_idle


@dataclass(frozen=True, slots=True)
class Parameters:
    """`same_brand_is_weak`: another product of the brand asked for is weakly relevant, not irrelevant.
    `unknown_words_count`: words of the query that nothing is known of and the title lacks count as a mismatch.
    `name_overlap`: share of character pairs two unknown names need to count as variants of each other.
    `outside`: a search service is asked beside the documents. `off`: the stages switched off. `sure_highly`, `sure_less`,
    `sure_irrelevant`: how sure the lexical engine must be of a class to keep it (`inference.pipeline.thresholds`).
    """

    same_brand_is_weak: bool = True
    unknown_words_count: bool = True
    name_overlap: float = 0.5
    outside: bool = False
    sure_highly: float = 0.0
    sure_less: float = 0.0
    sure_irrelevant: float = 0.0
    off: tuple[Stage, ...] = ()

    @property
    def switched_off(self) -> frozenset[Stage]:
        """The stages that don't run."""
        return frozenset(self.off)

    @property
    def thresholds(self) -> Thresholds:
        """How sure a judgment must be to keep its class. Raises ValueError for what is no share."""
        return Thresholds(self.sure_highly, self.sure_less, self.sure_irrelevant)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Parameters":
        """The parameters that `data` names, the others as they come. Raises ValueError on a name or type unknown."""
        types = {field.name: type(field.default) for field in fields(cls) if field.name != "off"}
        plain = {name: value for name, value in data.items() if name != "off"}
        for name, value in plain.items():
            if name not in types or not isinstance(value, (int, float) if types[name] is float else types[name]):
                raise ValueError(f"{name}: {value!r}")
        return cls(**plain, off=tuple(sorted(map(Stage, data.get("off", ())))))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values. Searching outside is named where it is on: what was judged before there was any keeps its key."""
        said = {**without_idle(asdict(self)), "off": [stage.value for stage in self.off]}
        if not self.outside:
            del said["outside"]
        return said
