"""The check of coverage: on how many pairs each changed rule fires; on none, or on most of them, is suspicious."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Max

from annotation.models import Benchmark, Pair, Product
from inference.knowledge.lexicon import Lexicon
from inference.pipeline.trace import Failure
from inference.selectors.benchmark_pairs import labelled_pairs
from inference.selectors.cases import cases_of
from inference.selectors.chains import chain_with
from inference.selectors.check_examples import understood_examples
from inference.selectors.drafted import Drafted, Found
from inference.selectors.knowledge import lexicon_in_use
from rules.engine.attributes import Facts, gettext_noop
from rules.engine.content import Example
from rules.engine.recall import RuleIndex
from rules.enums import CheckState

CATALOGUE_PAIRS = 500
"""Pairs of the catalogue outside of the benchmark that are looked at, the newest."""
TOO_OFTEN = 0.5
"""A rule that fires on a larger share of the pairs than this is suspicious."""
ENOUGH = 20
"""Below so many pairs a share says nothing."""
SHOWN = 5
NONE_CHANGED = gettext_noop("No rule is added or worded anew.")
NEVER = gettext_noop("Rules that fire on none of %(pairs)s pairs and %(examples)s examples: %(rules)s.")
OFTEN = gettext_noop("Rules that fire on more than half of %(pairs)s pairs: %(rules)s.")
BOTH = gettext_noop("Rules that fire on none of %(pairs)s pairs: %(rules)s; on more than half: %(often)s.")
ALIKE = gettext_noop("Each changed rule fires on %(most)s of %(pairs)s pairs, or on a pinned example at least.")
PASSED = gettext_noop(
    "Each changed rule fires on %(least)s to %(most)s of %(pairs)s pairs, or on a pinned example at least."
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A pair that a rule may fire on; an example has no id."""

    pair_id: int | None
    query: str
    title: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Coverage:
    """On how many pairs and on how many pinned examples, its own and others', a rule fires; `shown` are some of them."""

    number: int
    title: str
    pairs: int
    of: int
    examples: int
    shown: tuple[tuple[Seen, tuple[str, ...]], ...]

    @property
    def never(self) -> bool:
        """Whether it fires on nothing there is."""
        return not self.pairs and not self.examples

    @property
    def often(self) -> bool:
        """Whether it fires suspiciously often."""
        return self.of >= ENOUGH and self.pairs > self.of * TOO_OFTEN


def check_coverage(drafted: Drafted) -> Found:
    """Whether every changed rule fires on something, and none on most of everything."""
    if not drafted.changed:
        return Found(CheckState.PASSED, NONE_CHANGED, {})
    pairs = known_pairs()
    examples = tuple(_examples(one for content in drafted.contents.values() for one in content.examples))
    found = covered(drafted, pairs, examples)
    never, often = ([f"R{one.number}" for one in found if wrong(one)] for wrong in (_never, _often))
    params = {
        "pairs": len(pairs),
        "examples": len(examples),
        "rules": _some(never or often),
        "often": _some(often),
        "least": min(one.pairs for one in found),
        "most": max(one.pairs for one in found),
    }
    if never or often:
        return Found(CheckState.FAILED, BOTH if never and often else NEVER if never else OFTEN, params, found)
    return Found(CheckState.PASSED, ALIKE if params["least"] == params["most"] else PASSED, params, found)


def covered(drafted: Drafted, pairs: tuple[Seen, ...], examples: tuple[Seen, ...]) -> tuple[Coverage, ...]:
    """Where each changed rule fires, on whatever day it is valid; the suspicious ones first."""
    index = RuleIndex(drafted.changed_rules)
    fired: dict[int, list[tuple[Seen, tuple[str, ...]]]] = {number: [] for number in sorted(drafted.changed)}
    for one in (*pairs, *examples):
        for recalled in index.recall(one.facts):
            fired[recalled.rule.number].append((one, tuple(word.word for word in recalled.words)))
    counted = (
        Coverage(
            number=number,
            title=drafted.contents[number].title,
            pairs=sum(one.pair_id is not None for one, _words in found),
            of=len(pairs),
            examples=sum(one.pair_id is None for one, _words in found),
            shown=tuple(found[:SHOWN]),
        )
        for number, found in fired.items()
    )
    return tuple(sorted(counted, key=lambda one: (not one.never, not one.often, one.number)))


def known_pairs() -> tuple[Seen, ...]:
    """The pairs of the first benchmark that can be understood, and some of the catalogue outside of it."""
    benchmark = Benchmark.objects.order_by("pk").first()
    labelled = labelled_pairs(benchmark) if benchmark else ()
    pairs = Pair.objects.exclude(memberships__benchmark=benchmark) if benchmark else Pair.objects.all()
    ids = tuple(pairs.order_by("-pk").values_list("pk", flat=True)[:CATALOGUE_PAIRS])
    changed = Product.objects.aggregate(newest=Max("updated_at"))["newest"]
    others = _others(ids, str(changed), str(benchmark and benchmark.created_at), lexicon_in_use())
    return (*(Seen(one.pair_id, one.query, one.title, one.facts) for one in labelled), *others)


@lru_cache(maxsize=2)
def _others(ids: tuple[int, ...], changed: str, benchmark: str, lexicon: Lexicon) -> tuple[Seen, ...]:
    """All but the ids is the key under which the pairs are kept: another one reads them again."""
    chain, found = chain_with(()), []
    for pair_id, case in cases_of(ids).items():
        understood = chain.understand(case)
        if not isinstance(understood, Failure):
            found.append(Seen(pair_id, case.query, case.title, understood.facts))
    return tuple(found)


def _examples(examples: Iterable[Example]) -> Iterable[Seen]:
    for example, understood in understood_examples(examples).items():
        if not isinstance(understood, Failure):
            yield Seen(None, example.query, example.title, understood.facts)


def _never(one: Coverage) -> bool:
    return one.never


def _often(one: Coverage) -> bool:
    return one.often and not one.never


def _some(numbers: list[str]) -> str:
    """The first few of some rules, and how many more there are."""
    more = len(numbers) - SHOWN
    return ", ".join(numbers[:SHOWN]) + (f" + {more}" if more > 0 else "")
