"""What an edit of one rule would change: taken alone, and together with the other changes of its draft."""

from dataclasses import dataclass

from annotation.models import Benchmark
from inference.selectors.preview import ExampleFault, Preview, example_faults, preview_rules
from inference.selectors.rerun_costs import RerunCost, rerun_costs
from rules.engine.content import RuleContent
from rules.models import Change
from rules.selectors import drafted_number, drafted_rules, engine_rules


@dataclass(frozen=True, slots=True)
class EditSeen:
    """`alone`: of the rules in force only this one is another; `together`: all that the draft changes are, None where
    there is nothing else. `costs` is what a rerun of the models would take for all of it. `faults` are examples of the rule that would not hold once the draft is published."""

    alone: Preview
    together: Preview | None
    faults: tuple[ExampleFault, ...]
    costs: tuple[RerunCost, ...] = ()


def preview_edit(*, benchmark: Benchmark, change: Change, content: RuleContent) -> EditSeen:
    """Look at a benchmark with `content` in the place of what `change` holds."""
    number = drafted_number(change)
    before, after = engine_rules(change.proposal.base), drafted_rules(change.proposal, change, content)
    edited = tuple(rule for rule in after if rule.number == number)
    only = tuple(rule for rule in before if rule.number != number) + edited
    alone = preview_rules(benchmark=benchmark, before=before, after=only, number=number)
    together = None
    if set(only) != set(after):
        together = preview_rules(benchmark=benchmark, before=before, after=after, number=number)
    touched = (together or alone).touched
    costs = rerun_costs(benchmark=benchmark, affected=touched, rules=after) if touched else []
    return EditSeen(alone, together, example_faults(content.examples, after), tuple(costs))
