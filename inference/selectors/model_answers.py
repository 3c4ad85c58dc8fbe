"""What a served model is known to answer on a pair it judged, under any of the rules recalled there."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain as chained
from itertools import combinations

from inference.attribution import NONE, Numbers
from inference.engines.protocol import ChatRequest
from inference.enums import Engine
from inference.models import Judgment, ModelReply
from inference.pipeline.chain import named
from inference.pipeline.key import key_of
from inference.pipeline.model_judge import Answer, request_of
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.stability import Stability, agreed, stability_of
from inference.pipeline.thresholds import hold
from inference.pipeline.under_rules import settled_level
from inference.pipeline.understanding import Understanding
from inference.selectors.chains import chain_of
from inference.selectors.model_judges import asks_as, settings_of
from inference.selectors.model_replies import ReplyKey, answer_in, replies_by_key
from inference.selectors.rereading import read_again
from rules.engine.attributes import Attribute, Level
from rules.engine.decide import decide
from rules.engine.recall import Recalled

FEW = 7
"""Rules of which every set is looked up; of more, the sets that hold or leave out two at most."""
FEW_ASKED = 4
"""Rules of which the model is asked under every set; of more, under each alone, without each, and without any."""


@dataclass(frozen=True, slots=True)
class Questioned:
    """A pair as a model was asked about it, so that it can be asked again with other rules.

    `judge` names the model as a judgment's key does, `asks_as` as that of a reply does.
    """

    understood: Understanding
    recalled: Mapping[int, Recalled]
    settings: ModelSettings
    base: str
    judge: str
    asks_as: str

    def key(self, some: Numbers) -> str:
        """The key of a judgment under some of the rules."""
        return key_of(self.base, self.judge, (named(one.rule) for one in self._rules(some)))

    def reply_key(self, some: Numbers) -> str:
        """What the replies under some of the rules are kept under."""
        return key_of(self.base, self.asks_as, (named(one.rule) for one in self._rules(some)))

    def requests(self, some: Numbers) -> dict[ReplyKey, ChatRequest]:
        """What the model is asked under some of the rules, sample by sample, by what its replies are kept under."""
        key, rules = self.reply_key(some), self._rules(some)
        samples = range(self.settings.samples)
        return {ReplyKey(key, n): request_of(self.understood, rules, self.settings, n) for n in samples}

    def level(self, some: Numbers, answers: Collection[Answer]) -> Level:
        """The level that comes of the answers under some of the rules."""
        answer, rules, missed = agreed(list(answers)), self._rules(some), self.understood.mismatched
        decided = decide(unwaived=answer.level, proposed=answer.level, recalled=rules, mismatched=missed)
        thresholds = self.settings.thresholds
        held = hold(answer.level, decided, answer.confidence, thresholds, recalled=rules, mismatched=missed)
        return held.decision.level

    def settled(self, some: Numbers) -> Level | None:
        """The level under some of the rules where their hard effects leave but one."""
        return settled_level((one.rule for one in self._rules(some)), self.understood.mismatched)

    def _rules(self, some: Numbers) -> tuple[Recalled, ...]:
        return tuple(self.recalled[number] for number in sorted(some))


def questioned(judgment: Judgment) -> Questioned | None:
    """A pair as a model was asked about it; None where that can't be told any more."""
    config = judgment.run.config
    if config.engine != Engine.LLM or config.endpoint is None:
        return None
    chain = chain_of(judgment.run)
    understood = read_again([judgment], chain).get(judgment.pk)
    if understood is None:
        return None
    recalled = {one.rule.number: one for one in chain.recall(understood)}
    base = chain.keep(understood).base
    found = Questioned(understood, recalled, settings_of(config), base, chain.judged_by, asks_as(config))
    return found if found.key(frozenset(recalled)) == judgment.key else None


def levels_known(asked: Questioned) -> dict[Numbers, Level]:
    """The level under sets of the rules, where such a judgment or a reply of the model is stored."""
    keys = {asked.key(some): some for some in _looked_up(asked.recalled)}
    stored = Judgment.objects.filter(key__in=keys, failure="").order_by("-pk").values_list("key", "level")
    known = {keys[key]: Level(level) for key, level in stored}
    return _replied(asked, keys.values()) | known


def sets_to_ask(asked: Questioned, known: Collection[Numbers]) -> list[Numbers]:
    """The sets of rules that the model would have to be asked under, the largest first."""
    everyone = frozenset(asked.recalled)
    few = len(everyone) <= FEW_ASKED
    sets = set(_sets(everyone, range(len(everyone)))) if few else {NONE, *_sets(everyone, (1, len(everyone) - 1))}
    return sorted((some for some in sets if some not in known and not asked.settled(some)), key=lambda s: (-len(s), *s))


def repeated_answers(judgment: Judgment) -> Stability | None:
    """How steady the model answered where it was asked the same more than once: samples, canaries, pairs judged anew."""
    replies = ModelReply.objects.filter(key=judgment.replied_as).order_by("pk")
    answers: list[Answer | Level | None] = [_answer(row) for row in replies]
    if len(answers) < 2:
        anew = Judgment.objects.filter(key=judgment.key, reused=False).order_by("pk").values_list("level", flat=True)
        answers = [Level(level) if level else None for level in anew]
    return stability_of(answers) if len(answers) > 1 else None


def clamped(answer: Level, recalled: Iterable[Recalled], missed: frozenset[Attribute]) -> Level:
    """What the hard effects of rules leave of a model's answer."""
    return decide(unwaived=answer, proposed=answer, recalled=tuple(recalled), mismatched=missed).level


def _replied(asked: Questioned, sets: Iterable[Numbers]) -> dict[Numbers, Level]:
    """The levels under the sets of rules for which every sample of the model's reply is kept."""
    keys = {asked.reply_key(some): some for some in sets}
    rows = replies_by_key(keys.keys())
    found: dict[Numbers, Level] = {}
    for key, some in keys.items():
        kept = (rows.get(ReplyKey(key, sample)) for sample in range(asked.settings.samples))
        answers = [answer for row in kept if row and (answer := _answer(row))]
        if len(answers) == asked.settings.samples:
            found[some] = asked.level(some, answers)
    return found


def _answer(row: ModelReply) -> Answer | None:
    read = None if row.failure else answer_in(row)
    return read if isinstance(read, Answer) else None


def _looked_up(rules: Collection[int]) -> set[Numbers]:
    everyone = frozenset(rules)
    if len(everyone) <= FEW:
        return set(_sets(everyone, range(len(everyone) + 1)))
    small = set(_sets(everyone, (0, 1, 2)))
    return small | {everyone - some for some in small}


def _sets(everyone: Numbers, sizes: Iterable[int]) -> Iterable[Numbers]:
    return map(frozenset, chained.from_iterable(combinations(sorted(everyone), size) for size in sizes))
