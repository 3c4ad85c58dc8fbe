"""The chain: a case is understood once, and decided under any set of rules."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.passages import Search, no_search
from inference.pipeline.case import Case
from inference.pipeline.confidence import confidence_of
from inference.pipeline.effects import apply_rules
from inference.pipeline.kept_reading import KeptReading, keep
from inference.pipeline.key import LEXICAL, KeyMaterial, key_of
from inference.pipeline.parameters import Parameters
from inference.pipeline.recall import recalled_rules, with_binding
from inference.pipeline.stages import Stage
from inference.pipeline.thresholds import hold
from inference.pipeline.told import ALL_LEXICAL, ByModel, NotTold, StageFailed, Told
from inference.pipeline.trace import Failure, Trace
from inference.pipeline.understanding import Reader, Understanding
from rules.engine.recall import Recalled, RuleIndex
from rules.engine.rule import EngineRule
from rules.engine.text import normalise

LONGEST = 10_000
"""Characters that a query or a title may have, as given and as normalised."""
NOT_TOLD = "stage_not_told"
"""The kind of failure of a pair at a stage of which no model was asked yet: it is no judgment, and never stored."""
ODD = ("ganmaolin", "感帽灵颗粒", "佈洛芬缓试胶囊")
"""Pinyin, a homophone, traditional characters with a typing error: reading them needs every part of the lexicon."""


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
    """The lexical pipeline over one lexicon and one search, with the rules of one release unless told otherwise.

    `judge` is the part of a key that names who decides (`inference.pipeline.key`); `by_model` the stages that models
    perform (`inference.pipeline.told`).
    """

    def __init__(
        self,
        lexicon: Lexicon,
        index: RuleIndex,
        parameters: Parameters | None = None,
        search: Search = no_search,
        judge: str = LEXICAL,
        by_model: ByModel = ALL_LEXICAL,
    ) -> None:
        self.parameters = parameters or Parameters()
        self.lexicon = lexicon
        self.search = search
        self.judged_by = judge
        self.index = index
        self.by_model = by_model
        self._reader = Reader(lexicon, self.parameters, search, by_model)
        self._told = tuple(self.parameters.to_json().items())

    def understand(self, case: Case) -> Understanding | Failure:
        """What the pair says, whatever the rules. Never raises: a pair that can't be read is a failure."""
        if failure := refused(case):
            return failure
        query, title = normalise(case.query), normalise(case.title)
        if failure := refused(Case(query, title)):
            return failure
        try:
            return self._reader.understand(query, title, case)
        except NotTold as missing:
            return Failure(NOT_TOLD, f"No model was asked yet: {missing}.", missing=missing.units)
        except StageFailed as error:
            failed = error.failed
            return Failure(f"stage_{error.stage.value}_{failed.kind}", failed.detail, failed.raw)

    def warm(self) -> None:
        """Build what is only built once some query needs it, such as how every name sounds."""
        for query in ODD:
            self.understand(Case(query, query))

    def judge(self, case: Case) -> Judged:
        """Understand a case and decide it under the rules of this chain."""
        started = time.perf_counter()
        understood = self.understand(case)
        if isinstance(understood, Failure):
            return Judged(understood, self.failure_key(case), _milliseconds(started))
        recalled = self.recall(understood)
        trace = self.decide(understood, recalled)
        return Judged(trace, self._key(understood, recalled), _milliseconds(started))

    def judge_understood(self, understood: Understanding, index: RuleIndex | None = None) -> Trace:
        """Decide an understood pair under the rules of `index`, or of this chain."""
        return self.decide(understood, self.recall(understood, index))

    def key(self, understood: Understanding, index: RuleIndex | None = None) -> str:
        """The key that judging the pair under these rules would have."""
        return self._key(understood, self.recall(understood, index))

    def searching(self, search: Search) -> "Chain":
        """The same chain with another search."""
        return Chain(self.lexicon, self.index, self.parameters, search, self.judged_by, self.by_model)

    def telling(self, told: Told) -> "Chain":
        """The same chain with other knowledge of what models said; it has read nothing yet."""
        return self.by_models(replace(self.by_model, told=told))

    def by_models(self, by_model: ByModel) -> "Chain":
        """The same chain with stages performed by models; it has read nothing yet."""
        return Chain(self.lexicon, self.index, self.parameters, self.search, self.judged_by, by_model)

    def keep(self, understood: Understanding) -> KeptReading:
        """What of an understood pair it takes to render its key again under any rules."""
        return keep(understood.facts, self._material(understood, ()).base, whole=understood.plain is None)

    def kept_key(self, kept: KeptReading) -> str:
        """The key under the rules of this chain of a pair that was read before."""
        recalled = {} if Stage.RULES in self.parameters.switched_off else self.index.fired(kept.facts)
        return key_of(kept.base, self.judged_by, map(named, recalled.values()))

    def recalled_key(self, kept: KeptReading, recalled: Iterable[Recalled]) -> str:
        """The key of a pair that was read before, with the rules recalled on it."""
        return key_of(kept.base, self.judged_by, (named(one.rule) for one in recalled))

    def recall(self, understood: Understanding, index: RuleIndex | None = None) -> tuple[Recalled, ...]:
        """The rules of `index`, or of this chain, that are recalled on a pair; none where that stage is switched off."""
        off = Stage.RULES in self.parameters.switched_off
        if off:
            return ()
        rules = index or self.index
        recalled = rules.recall(understood.facts)
        if understood.plain is None:
            return recalled
        return with_binding(recalled, rules.recall(understood.plain), understood.mismatched)

    def decide(self, understood: Understanding, recalled: tuple[Recalled, ...]) -> Trace:
        """Decide an understood pair under the rules recalled on it."""
        outcome = apply_rules(understood.comparison, recalled, understood.mismatched, self.parameters)
        confidence, proposed = confidence_of(understood, outcome), outcome.proposal.level
        held = hold(
            proposed,
            outcome.decision,
            confidence,
            self.parameters.thresholds,
            recalled=recalled,
            mismatched=understood.mismatched,
        )
        related = understood.comparison.efficacy
        return Trace(
            query=understood.query,
            product=understood.product,
            compared=understood.comparison.compared,
            relation=related.relation,
            relation_on=(related.query, related.product),
            recalled=recalled_rules(recalled),
            line=outcome.proposal.line,
            proposed=proposed,
            steps=held.decision.steps,
            level=held.decision.level,
            waived=outcome.waived,
            grounds=outcome.proposal.grounds,
            asked=understood.asked,
            check=understood.check,
            confidence=None if held.unsure else confidence,
            told=understood.told,
            missed_plainly=tuple(sorted(understood.missed_plainly)),
            flags=understood.flags,
            unsure=held.unsure,
        )

    def _key(self, understood: Understanding, recalled: tuple[Recalled, ...]) -> str:
        return self._material(understood, tuple(named(one.rule) for one in recalled)).digest()

    def _material(self, understood: Understanding, rules: tuple[str, ...]) -> KeyMaterial:
        return KeyMaterial(
            query=understood.asked.original,
            title=understood.product.text,
            knowledge=understood.knowledge,
            rules=rules,
            parameters=self._told,
            images=understood.images,
            judge=self.judged_by,
        )

    def failure_key(self, case: Case) -> str:
        """The key of a pair that can't be read."""
        images = tuple(picture.sha256 for picture in case.pictures if picture.is_read)
        return KeyMaterial(case.query, case.title, "", (), self._told, images, self.judged_by).digest()


def named(rule: EngineRule) -> str:
    """A rule version as a key names it. The number and the version count beside the words: of two rules the newer wins."""
    return f"{rule.number}.{rule.version}.{rule.digest}"


def refused(case: Case) -> Failure | None:
    """Why a case can't be judged at all, if so."""
    for side, text in (("query", case.query), ("title", case.title)):
        if not text.strip():
            return Failure(f"empty_{side}", f"The {side} is empty.")
        if len(text) > LONGEST:
            return Failure(f"long_{side}", f"The {side} has {len(text)} characters; at most {LONGEST} are read.")
    return None


def _milliseconds(started: float) -> float:
    return (time.perf_counter() - started) * 1000
