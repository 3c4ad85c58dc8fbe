"""The chain: a case is understood once, and decided under any set of rules."""

import time
from dataclasses import dataclass
from functools import lru_cache

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.algorithm1 import mismatched
from inference.pipeline.align import align
from inference.pipeline.case import Case
from inference.pipeline.compare import Comparison, compare
from inference.pipeline.effects import apply_rules
from inference.pipeline.key import KeyMaterial, digest_of
from inference.pipeline.parameters import Parameters
from inference.pipeline.read_product import read_product
from inference.pipeline.read_query import read_query
from inference.pipeline.reading import Reading
from inference.pipeline.recall import facts_of, recalled_rules
from inference.pipeline.trace import Failure, SideReading, Trace
from rules.engine.attributes import Attribute, Facts
from rules.engine.recall import Recalled, RuleIndex
from rules.engine.text import normalise

LONGEST = 10_000
"""Characters that a query or a title may have, as given and as normalised."""
QUERIES_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that is known of a pair before any rule is looked at. Deciding it takes microseconds."""

    query: SideReading
    product: SideReading
    facts: Facts
    comparison: Comparison
    knowledge: str
    images: tuple[str, ...]

    @property
    def mismatched(self) -> frozenset[Attribute]:
        """The attributes on which the product is not what the query asks for."""
        return self.facts.mismatched


@dataclass(frozen=True, slots=True)
class Judged:
    """A trace or a failure, the key of the judgment, and how long it took."""

    result: Trace | Failure
    key: str
    milliseconds: float

    @property
    def trace(self) -> Trace | None:
        """The trace, or None for a failed judgment."""
        return self.result if isinstance(self.result, Trace) else None

    @property
    def failure(self) -> Failure | None:
        """Why there is no trace."""
        return self.result if isinstance(self.result, Failure) else None


class Chain:
    """The lexical pipeline over one lexicon, with the rules of one release unless told otherwise."""

    def __init__(self, lexicon: Lexicon, index: RuleIndex, parameters: Parameters | None = None) -> None:
        self.lexicon = lexicon
        self.index = index
        self.parameters = parameters or Parameters()
        self._read_query = lru_cache(maxsize=QUERIES_KEPT)(self._read_query_anew)

    def understand(self, case: Case) -> Understanding | Failure:
        """What the pair says, whatever the rules. Never raises: a pair that can't be read is a failure."""
        if failure := refused(case):
            return failure
        query_text, title = normalise(case.query), normalise(case.title)
        if failure := refused(Case(query_text, title)):
            return failure
        product = read_product(case, title, self.lexicon)
        query = align(self._read_query(query_text), product, self.lexicon)
        comparison = compare(query, product, self.lexicon, self.parameters)
        facts = facts_of(query, product, mismatched(comparison), self.lexicon)
        sides = query.side(), product.side()
        return Understanding(*sides, facts, comparison, knowledge_digest(*sides, comparison), case.images)

    def judge(self, case: Case) -> Judged:
        """Understand a case and decide it under the rules of this chain."""
        started = time.perf_counter()
        understood = self.understand(case)
        if isinstance(understood, Failure):
            return Judged(understood, self._failure_key(case), _milliseconds(started))
        recalled = self.index.recall(understood.facts)
        trace = self._decide(understood, recalled)
        return Judged(trace, self._key(understood, recalled), _milliseconds(started))

    def judge_understood(self, understood: Understanding, index: RuleIndex | None = None) -> Trace:
        """Decide an understood pair under the rules of `index`, or of this chain."""
        return self._decide(understood, (index or self.index).recall(understood.facts))

    def key(self, understood: Understanding, index: RuleIndex | None = None) -> str:
        """The key that judging the pair under these rules would have."""
        return self._key(understood, (index or self.index).recall(understood.facts))

    def _decide(self, understood: Understanding, recalled: tuple[Recalled, ...]) -> Trace:
        outcome = apply_rules(understood.comparison, recalled, understood.mismatched, self.parameters)
        related = understood.comparison.efficacy
        return Trace(
            query=understood.query,
            product=understood.product,
            compared=understood.comparison.compared,
            relation=related.relation,
            relation_on=(related.query, related.product),
            recalled=recalled_rules(recalled),
            line=outcome.proposal.line,
            proposed=outcome.proposal.level,
            steps=outcome.decision.steps,
            level=outcome.decision.level,
            waived=outcome.waived,
            evidence=outcome.proposal.evidence,
        )

    def _key(self, understood: Understanding, recalled: tuple[Recalled, ...]) -> str:
        return KeyMaterial(
            query=understood.query.text,
            title=understood.product.text,
            knowledge=understood.knowledge,
            rules=tuple(f"{r.rule.number}.{r.rule.version}.{r.rule.digest}" for r in recalled),
            parameters=tuple(self.parameters.to_json().items()),
            images=understood.images,
        ).digest()

    def _failure_key(self, case: Case) -> str:
        parameters = tuple(self.parameters.to_json().items())
        return KeyMaterial(case.query, case.title, "", (), parameters, case.images).digest()

    def _read_query_anew(self, text: str) -> Reading:
        return read_query(text, self.lexicon)


def refused(case: Case) -> Failure | None:
    """Why a case can't be judged at all, if so."""
    for side, text in (("query", case.query), ("title", case.title)):
        if not text.strip():
            return Failure(f"empty_{side}", f"The {side} is empty.")
        if len(text) > LONGEST:
            return Failure(f"long_{side}", f"The {side} has {len(text)} characters; at most {LONGEST} are read.")
    return None


def knowledge_digest(query: SideReading, product: SideReading, comparison: Comparison) -> str:
    """What of the lexicon and the catalogue this pair rests on: every value read and every relation found."""
    return digest_of([repr(query), repr(product), repr(comparison)])


def _milliseconds(started: float) -> float:
    return (time.perf_counter() - started) * 1000
