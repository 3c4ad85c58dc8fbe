"""Which rules made a judgment so: of a stored one under the rules and the knowledge of its run, or of a pair as it is now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain as chained
from itertools import combinations
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from annotation.models import Pair
from inference.attribution import Attribution, Numbers, attribute
from inference.knowledge.pinned import found_again
from inference.models import Judgment
from inference.pipeline.case import Case, case_from_json
from inference.pipeline.chain import Chain, named
from inference.pipeline.key import key_of
from inference.pipeline.stability import Stability, stability_of
from inference.pipeline.trace import Agreement
from inference.pipeline.under_rules import Reading, reading_of, settled_level
from inference.pipeline.understanding import Understanding
from inference.selectors.cases import case_of
from inference.selectors.chains import chain_in_force, chain_of
from inference.selectors.replays import passages_read
from rules.engine.attributes import Attribute, Level
from rules.engine.decide import decide
from rules.engine.recall import Recalled
from rules.engine.rule import EngineRule
from rules.selectors import engine_rules

KEPT_AS = "attribution-1-"
"""What is kept of a judgment by its key. The number is raised when what is kept changes its shape."""
FEW = 7
"""Rules of which every set is looked up among what a model answered; of more, the sets that leave out or hold two."""
MISSED = (Agreement.DIFFERENT, Agreement.NOT_SHOWN)


@dataclass(frozen=True, slots=True)
class RulesAtWork:
    """The recalled rules of a judgment and what part each has. `attribution` is None where it can't be worked out any more.

    Of a model, what it answers under other rules is known only where it was asked or where hard effects settle it;
    `held` is what the hard effects do to the answer it gave, `answer`.
    """

    rules: tuple[EngineRule, ...]
    attribution: Attribution | None
    held: Attribution | None = None
    answer: Level | None = None
    stability: Stability | None = None


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


def pinned_case(judgment: Judgment) -> Case:
    """The texts that were judged; of a judgment older than their keeping, those of today."""
    return case_from_json(judgment.traced.case) if judgment.traced.case else case_of(judgment.pair)


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


def recalled_by(trace: Mapping[str, Any]) -> frozenset[tuple[int, int]]:
    """The number and version of every rule that a stored trace recalled."""
    return frozenset((rule["number"], rule["version"]) for rule in trace["recalled"])


def released_rules(judgment: Judgment) -> tuple[EngineRule, ...]:
    """The rules that a judgment recalled, as the release of its run has them."""
    run, wanted = judgment.run, recalled_by(judgment.trace)
    rules = engine_rules(run.release, on=timezone.localdate(run.created_at))
    return tuple(rule for rule in rules if (rule.number, rule.version) in wanted)


def missed_in(trace: Mapping[str, Any]) -> frozenset[Attribute]:
    """The attributes on which the product is not what the query asks for, by a stored trace."""
    return frozenset(Attribute(one["attribute"]) for one in trace["compared"] if one["agreement"] in MISSED)


def _reading_chain(judgment: Judgment, chain: Chain, texts: Mapping[str, Any]) -> Chain:
    """The chain over the passages that were read for a judgment; of one older than their keeping, over those of today."""
    evidence = judgment.traced.evidence
    return chain if evidence is None else chain.searching(found_again(evidence, texts))


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


def _of_model(judgment: Judgment) -> RulesAtWork:
    rules = {rule.number: rule for rule in released_rules(judgment)}
    if len(rules) < len(recalled_by(judgment.trace)):
        return NOT_KNOWN
    everyone, missed = frozenset(rules), missed_in(judgment.trace)
    known = {**answers_known(judgment, rules), everyone: Level(judgment.level)}
    answer = Level(judgment.trace["proposed"])
    return RulesAtWork(
        rules=tuple(rules[number] for number in sorted(rules)),
        attribution=attribute(everyone, lambda some: known.get(some) or settled_level(_of(rules, some), missed)),
        held=attribute(everyone, lambda some: clamped(answer, _of(rules, some), missed)),
        answer=answer,
        stability=repeated_answers(judgment.key),
    )


def clamped(answer: Level, rules: Iterable[EngineRule], missed: frozenset[Attribute]) -> Level:
    """What the hard effects of rules leave of a model's answer."""
    recalled = tuple(Recalled(rule, ()) for rule in rules)
    return decide(unwaived=answer, proposed=answer, recalled=recalled, mismatched=missed).level


def answers_known(judgment: Judgment, rules: Mapping[int, EngineRule]) -> dict[Numbers, Level]:
    """What the model is known to answer on this pair under some of the rules: judgments stored under such keys."""
    chain = chain_of(judgment.run)
    understood = read_again([judgment], chain).get(judgment.pk)
    if understood is None:
        return {}
    base = chain.keep(understood).base
    keys = {key_of(base, chain.judged_by, map(named, _of(rules, some))): some for some in _looked_up(rules)}
    if judgment.key not in keys:  # what was known of the pair has moved on, and with it every key
        return {}
    stored = Judgment.objects.filter(key__in=keys, failure="").order_by("pk").values_list("key", "level")
    return {keys[key]: Level(level) for key, level in stored}


def repeated_answers(key: str) -> Stability | None:
    """How steady the judge was where the same was asked more than once, as of canaries and of runs that judge all anew."""
    anew = Judgment.objects.filter(key=key, reused=False).order_by("pk").values_list("level", flat=True)
    answers = [Level(level) if level else None for level in anew]
    return stability_of(answers) if len(answers) > 1 else None


def _of(rules: Mapping[int, EngineRule], some: Numbers) -> list[EngineRule]:
    return [rules[number] for number in sorted(some)]


def _looked_up(rules: Collection[int]) -> set[Numbers]:
    everyone = frozenset(rules)
    sizes = range(len(everyone) + 1) if len(everyone) <= FEW else (0, 1, 2)
    small = chained.from_iterable(combinations(sorted(everyone), size) for size in sizes)
    sets = {frozenset(some) for some in small}
    return sets if len(everyone) <= FEW else sets | {everyone - some for some in sets}
