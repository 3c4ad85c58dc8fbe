"""How sure a judgment is: the share of judgments on the same kind of grounds that are right."""

from inference.pipeline.effects import Outcome
from inference.pipeline.understanding import Understanding


def confidence_of(understood: Understanding, outcome: Outcome) -> float:
    """Between 0 and 1."""
    return 1.0
