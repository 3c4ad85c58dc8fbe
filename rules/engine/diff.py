"""What changed between two wordings, and between two sets of rules."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rules.engine.content import RuleContent

WORDS = re.compile(r"[^\W\u2e80-\U0003ffff]+|\s+|.", re.DOTALL)
"""A word of letters and digits, white space, or one character: Chinese is compared character by character."""
SENTENCES = re.compile(r"[^.。；;!！?？\n]+[.。；;!！?？\n]?|[.。；;!！?？\n]")
MOST_COMPARISONS = 1_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that was kept (`keep`), added (`insert`) or removed (`delete`)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class RuleSetDiff:
    """The numbers of the rules by which one set differs from another."""

    added: tuple[int, ...]
    changed: tuple[int, ...]
    retired: tuple[int, ...]


def word_diff(before: str, after: str) -> tuple[Span, ...]:
    """How `before` became `after`. The kept and removed spans make the one, the kept and added the other."""
    old, new = _tokens(before, after)
    spans: list[Span] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            spans.append(Span("keep", "".join(old[a:b])))
            continue
        spans += [s for s in (Span("delete", "".join(old[a:b])), Span("insert", "".join(new[c:d]))) if s.text]
    return _without_crumbs(spans)


def diff_rule_sets(before: Mapping[int, RuleContent], after: Mapping[int, RuleContent]) -> RuleSetDiff:
    """Which rules were added, changed and retired between two sets, by number."""
    return RuleSetDiff(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(n for n in before.keys() & after.keys() if before[n] != after[n])),
        retired=tuple(sorted(before.keys() - after.keys())),
    )


def _tokens(before: str, after: str) -> tuple[Sequence[str], Sequence[str]]:
    """Both texts in words; in sentences where comparing every word with every other would take too long."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if len(old) * len(new) <= MOST_COMPARISONS:
        return old, new
    return SENTENCES.findall(before), SENTENCES.findall(after)


def _without_crumbs(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Fold a single character kept between two changes into them: islands of one letter can't be read."""
    folded: list[Span] = []
    removed = added = ""
    for place, span in enumerate(spans):
        crumb = span.kind == "keep" and len(span.text.strip()) < 2 and 0 < place < len(spans) - 1
        if span.kind == "keep" and not crumb:
            folded += [*_changed(removed, added), span]
            removed = added = ""
            continue
        removed += "" if span.kind == "insert" else span.text
        added += "" if span.kind == "delete" else span.text
    return (*folded, *_changed(removed, added))


def _changed(removed: str, added: str) -> Iterator[Span]:
    if removed:
        yield Span("delete", removed)
    if added:
        yield Span("insert", added)
