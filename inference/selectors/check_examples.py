"""The check of pinned examples: each is judged under the drafted rules, and has to have the level it pins."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.passages import Search
from inference.pipeline.case import Case
from inference.pipeline.chain import Chain
from inference.pipeline.trace import Failure
from inference.pipeline.understanding import Understanding
from inference.selectors.drafted import Drafted, Found
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.passages import document_search
from rules.engine.attributes import Level, gettext_noop
from rules.engine.content import Example
from rules.engine.recall import RuleIndex
from rules.enums import CheckState

NONE = gettext_noop("No rule pins an example.")
ALL_HOLD = gettext_noop("All %(count)s pinned examples hold.")
OTHERS_NEVER_HELD = gettext_noop(
    "%(holding)s of %(count)s pinned examples hold; the others belong to rules that stay, and do not hold now either."
)
FAILED = gettext_noop("%(failed)s of %(count)s pinned examples would not hold.")
KEPT = 2048


@dataclass(frozen=True, slots=True)
class ExampleFound:
    """A pinned example under the drafted rules, `was` its level under those in force. `failure`: it can't be judged.

    `fires`: the rule that pins it is recalled on it, on `words`.
    """

    number: int
    title: str
    example: Example
    level: Level | None
    was: Level | None
    failure: str
    fires: bool
    words: tuple[str, ...]
    changed: bool

    @property
    def holds(self) -> bool:
        """Whether it has the level it pins."""
        return self.level is self.example.level

    @property
    def fails(self) -> bool:
        """Whether it is the proposal's doing that it does not hold."""
        return not self.holds and (self.changed or self.was is self.example.level)


def check_examples(drafted: Drafted) -> Found:
    """Whether the examples of all drafted rules hold. One of an unchanged rule that did not before fails nothing."""
    rows = sorted(_examples(drafted), key=lambda one: (not one.fails, one.holds, one.fires, one.number))
    failed, holding = sum(one.fails for one in rows), sum(one.holds for one in rows)
    params = {"failed": failed, "holding": holding, "count": len(rows)}
    if failed:
        return Found(CheckState.FAILED, FAILED, params, tuple(rows))
    summary = NONE if not rows else ALL_HOLD if holding == len(rows) else OTHERS_NEVER_HELD
    return Found(CheckState.PASSED, summary, params, tuple(rows))


def understood_examples(examples: Iterable[Example]) -> dict[Example, Understanding | Failure]:
    """Examples as the pipeline understands them with the knowledge in use."""
    lexicon, search = lexicon_in_use(), document_search()
    return {example: _understood(example.query, example.title, lexicon, search) for example in examples}


@lru_cache(maxsize=KEPT)
def _understood(query: str, title: str, lexicon: Lexicon, search: Search) -> Understanding | Failure:
    return _chain(lexicon, search).understand(Case(query, title))


@lru_cache(maxsize=2)
def _chain(lexicon: Lexicon, search: Search) -> Chain:
    return Chain(lexicon, RuleIndex(()), None, search)


def _examples(drafted: Drafted) -> Iterator[ExampleFound]:
    """Every example, on the first day that its rule can be in force on."""
    chain = _chain(lexicon_in_use(), document_search())
    understood = understood_examples(one for content in drafted.contents.values() for one in content.examples)
    days: dict[date, tuple[RuleIndex, RuleIndex]] = {}
    for number, content in sorted(drafted.contents.items()):
        day = max(content.valid_from or drafted.day, drafted.day)
        if content.valid_until is not None and content.valid_until < day:
            continue
        if content.examples and day not in days:
            days[day] = (drafted.index_before(day), drafted.index_after(day))
        for example in content.examples:
            known = understood[example]
            if isinstance(known, Failure):
                changed = number in drafted.changed
                yield ExampleFound(number, content.title, example, None, None, known.kind, False, (), changed)
            else:
                yield _judged(chain, known, example, number, content.title, days[day], number in drafted.changed)


def _judged(
    chain: Chain,
    understood: Understanding,
    example: Example,
    number: int,
    title: str,
    rules: tuple[RuleIndex, RuleIndex],
    changed: bool,
) -> ExampleFound:
    before, after = rules
    own = next((one for one in after.recall(understood.facts) if one.rule.number == number), None)
    return ExampleFound(
        number=number,
        title=title,
        example=example,
        level=chain.judge_understood(understood, after).level,
        was=chain.judge_understood(understood, before).level,
        failure="",
        fires=own is not None,
        words=tuple(one.word for one in own.words) if own else (),
        changed=changed,
    )
