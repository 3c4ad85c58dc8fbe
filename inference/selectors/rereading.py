"""Stored judgments read again as they were when they were made: the texts, the passages, the rules they recalled."""

from collections.abc import Mapping, Sequence
from typing import Any

from inference.knowledge.pinned import found_again
from inference.models import Judgment
from inference.pipeline.case import Case, case_from_json
from inference.pipeline.chain import Chain
from inference.pipeline.trace import Agreement
from inference.pipeline.understanding import Understanding
from inference.selectors.cases import case_of
from inference.selectors.replays import passages_read
from rules.engine.attributes import Attribute
from rules.engine.rule import EngineRule
from rules.selectors import engine_rules

MISSED = (Agreement.DIFFERENT, Agreement.NOT_SHOWN)


def read_again(judgments: Sequence[Judgment], chain: Chain) -> dict[int, Understanding]:
    """What the chain of their run understands of judgments, from the texts and the passages that each of them read."""
    texts = passages_read(judgments)
    chains: dict[str, Chain] = {}
    found: dict[int, Understanding] = {}
    for one in judgments:
        evidence = repr(one.traced.evidence)  # a chain remembers the queries it read, and many pairs share one
        if evidence not in chains:
            chains[evidence] = _reading_chain(one, chain, texts)
        understood = chains[evidence].understand(pinned_case(one))
        if isinstance(understood, Understanding):
            found[one.pk] = understood
    return found


def pinned_case(judgment: Judgment) -> Case:
    """The texts that were judged; of a judgment older than their keeping, those of today."""
    return case_from_json(judgment.traced.case) if judgment.traced.case else case_of(judgment.pair)


def recalled_by(trace: Mapping[str, Any]) -> frozenset[tuple[int, int]]:
    """The number and version of every rule that a stored trace recalled."""
    return frozenset((rule["number"], rule["version"]) for rule in trace["recalled"])


def released_rules(judgment: Judgment) -> tuple[EngineRule, ...]:
    """The rules that a judgment recalled, as the release of its run has them."""
    run, wanted = judgment.run, recalled_by(judgment.trace)
    rules = engine_rules(run.release, on=run.day)
    return tuple(rule for rule in rules if (rule.number, rule.version) in wanted)


def missed_in(trace: Mapping[str, Any]) -> frozenset[Attribute]:
    """The attributes on which the product is not what the query asks for, by a stored trace."""
    missed = [one["attribute"] for one in trace["compared"] if one["agreement"] in MISSED]
    return frozenset(map(Attribute, (*missed, *trace.get("missed_plainly", ()))))


def _reading_chain(judgment: Judgment, chain: Chain, texts: Mapping[str, Any]) -> Chain:
    """The chain over the passages that were read for a judgment; of one older than their keeping, over those of today."""
    evidence = judgment.traced.evidence
    return chain if evidence is None else chain.searching(found_again(evidence, texts))
