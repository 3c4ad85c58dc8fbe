"""Which pairs another set of rules can judge differently, found without judging anything."""

from collections.abc import Iterable

from rules.engine.attributes import Facts
from rules.engine.recall import RuleIndex
from rules.engine.rule import EngineRule


class Affected:
    """Tells whether the rules recalled on a pair differ between two sets: a version came, went, or has another in its
    place. The others have the same key under both, and so the same judgment.
    """

    def __init__(self, before: Iterable[EngineRule], after: Iterable[EngineRule]) -> None:
        self._touched = RuleIndex(set(before) ^ set(after))
        self._any = bool(self._touched.rules)

    def __call__(self, facts: Facts) -> bool:
        """Whether one of the versions that only one of the sets has is recalled on these facts."""
        return self._any and bool(self._touched.fired(facts))
