"""What the recalled rules do to the proposal: Algorithm 1 with and without their waivers, then hard effects."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.pipeline.algorithm1 import Proposal, propose
from inference.pipeline.compare import Comparison
from inference.pipeline.parameters import Parameters
from rules.engine.attributes import Attribute
from rules.engine.decide import Decision, decide, waived_attributes
from rules.engine.recall import Recalled


@dataclass(frozen=True, slots=True)
class Outcome:
    """The proposal with waivers at work, the attributes waived, and what the rules left of it."""

    proposal: Proposal
    waived: tuple[Attribute, ...]
    decision: Decision


def apply_rules(
    comparison: Comparison, recalled: Sequence[Recalled], missed: frozenset[Attribute], parameters: Parameters
) -> Outcome:
    """Algorithm 1 under the rules recalled."""
    waived = waived_attributes(recalled)
    unwaived = propose(comparison, parameters)
    proposal = propose(comparison, parameters, waived) if waived else unwaived
    decision = decide(unwaived=unwaived.level, proposed=proposal.level, recalled=recalled, mismatched=missed)
    return Outcome(proposal, tuple(sorted(waived)), decision)
