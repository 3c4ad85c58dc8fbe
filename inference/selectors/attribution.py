"""Which rules made a judgment so: of a stored one under the rules and the knowledge of its run, or of a pair as it is now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from annotation.models import Pair
from inference.attribution import Attribution, Numbers, attribute
from inference.models import Judgment
from inference.pipeline.chain import Chain
from inference.pipeline.stability import Stability
from inference.pipeline.under_rules import Reading, reading_of, settled_level
from inference.pipeline.understanding import Understanding
from inference.selectors.cases import case_of
from inference.selectors.chains import chain_in_force, chain_of
from inference.selectors.model_answers import clamped, levels_known, questioned, repeated_answers, sets_to_ask
from inference.selectors.rereading import missed_in, read_again, recalled_by, released_rules
from rules.engine.attributes import Level
from rules.engine.recall import Recalled
from rules.engine.rule import EngineRule

KEPT_AS = "attribution-1-"
"""What is kept of a judgment by its key. The number is raised when what is kept changes its shape."""


@dataclass(frozen=True, slots=True)
class RulesAtWork:
    """The recalled rules of a judgment and what part each has. `attribution` is None where it can't be worked out any more.

    Of a model, what it answers under other rules is known only where it was asked or where hard effects settle it:
    `calls` more would tell. `held` is what the hard effects do to the answer it gave, `answer`.
    """

    rules: tuple[EngineRule, ...]
    attribution: Attribution | None
    held: Attribution | None = None
    answer: Level | None = None
    stability: Stability | None = None
    calls: int = 0


NOT_KNOWN = RulesAtWork((), None)


def rules_at_work(judgment: Judgment) -> RulesAtWork:
    """Which rules made a stored judgment so. Of the lexical engine it is kept by the key, which all of it follows from."""
    if judgment.trace.get("model"):
        return _of_model(judgment)
    name = KEPT_AS + judgment.key
    kept: RulesAtWork | None = cache.get(name)
    if kept is not None:
        return kept
    found = _of_engine(judgment)
    if found.attribution is not None:
        cache.set(name, found, timeout=None)
    return found


def rules_at_work_now(pair: Pair) -> RulesAtWork:
    """Which rules make the level that the release in force gives a pair now."""
    chain = chain_in_force()
    understood = chain.understand(case_of(pair))
    return _worked_out(chain, understood) if isinstance(understood, Understanding) else NOT_KNOWN


def _of_engine(judgment: Judgment) -> RulesAtWork:
    """Read the pair again as its run did; nothing where that comes to another level or other rules by now."""
    chain = chain_of(judgment.run)
    understood = read_again([judgment], chain).get(judgment.pk)
    if understood is None:
        return NOT_KNOWN
    found = _worked_out(chain, understood)
    same = {(rule.number, rule.version) for rule in found.rules} == recalled_by(judgment.trace)
    return found if same and found.attribution and found.attribution.level == judgment.level else NOT_KNOWN


def _worked_out(chain: Chain, understood: Understanding) -> RulesAtWork:
    reading = reading_of(chain, understood, chain, chain)
    rules = tuple(reading.new[number] for number in sorted(reading.new))
    return RulesAtWork(rules, attribute(reading.new, lambda numbers: _level(reading, numbers)))


def _level(reading: Reading, numbers: Numbers) -> Level:
    return reading.level(reading.new[number] for number in numbers)


def answer_to_rules(trace: Mapping[str, Any]) -> Level:
    """The level that the rules of a judgment were applied to: what was answered, as far as it was sure enough."""
    unsure = trace.get("unsure")
    return Level(unsure["after"] if unsure else trace["proposed"])


def _of_model(judgment: Judgment) -> RulesAtWork:
    rules = released_rules(judgment)
    if len(rules) < len(recalled_by(judgment.trace)):
        return NOT_KNOWN
    recalled, missed = {rule.number: Recalled(rule, ()) for rule in rules}, missed_in(judgment.trace)
    everyone, answer = frozenset(recalled), answer_to_rules(judgment.trace)
    asked = questioned(judgment)
    known = {**(levels_known(asked) if asked else {}), everyone: Level(judgment.level)}

    def level(some: Numbers) -> Level | None:
        return known.get(some) or settled_level((recalled[number].rule for number in some), missed)

    def level_of_answer(some: Numbers) -> Level:
        return clamped(answer, [recalled[number] for number in some], missed)

    return RulesAtWork(
        rules=rules,
        attribution=attribute(everyone, level),
        held=attribute(everyone, level_of_answer),
        answer=answer,
        stability=repeated_answers(judgment),
        calls=len(sets_to_ask(asked, known)) * asked.settings.samples if asked else 0,
    )
