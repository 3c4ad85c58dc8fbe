"""The ordered values that ratings have: the four levels, or the three classes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from rules.engine.attributes import Level, LevelClass

ItemT = TypeVar("ItemT")
RaterT = TypeVar("RaterT")


@dataclass(frozen=True, slots=True)
class Scale:
    """Values in their order, the lowest first. Levels and classes are strings, and equal to the strings stored."""

    values: tuple[str, ...]

    @property
    def places(self) -> dict[str, int]:
        """How high each value is, from 0."""
        return {value: at for at, value in enumerate(self.values)}


LEVELS = Scale((Level.IRRELEVANT, Level.WEAKLY, Level.MODERATELY, Level.HIGHLY))
CLASSES = Scale((LevelClass.IRRELEVANT, LevelClass.LESS, LevelClass.HIGHLY))


def in_classes(ratings: Mapping[ItemT, Mapping[RaterT, str]]) -> dict[ItemT, dict[RaterT, LevelClass]]:
    """Ratings by level as ratings by class, to be measured on `CLASSES`."""
    classes = {level.value: level.level_class for level in Level}
    return {item: {who: classes[level] for who, level in given.items()} for item, given in ratings.items()}
