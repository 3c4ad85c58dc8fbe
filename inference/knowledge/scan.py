"""Finding the words of a lexicon in a text: one pass of an Aho-Corasick automaton, then the longest matches."""

from collections.abc import Iterable, Iterator, Mapping

import ahocorasick

from inference.knowledge.records import Entry, Hit


def build_automaton(words: Mapping[str, tuple[Entry, ...]]) -> "ahocorasick.Automaton | None":
    """An automaton over normalised words, or None when there are none."""
    if not words:
        return None
    automaton = ahocorasick.Automaton()
    for text, entries in words.items():
        automaton.add_word(text, (len(text), entries))
    automaton.make_automaton()
    return automaton


def matches(automaton: "ahocorasick.Automaton | None", text: str) -> Iterator[Hit]:
    """Every word of the automaton in `text` that stands there as a word, overlaps included."""
    if automaton is None:
        return
    for last, (length, entries) in automaton.iter(text):
        start, end = last + 1 - length, last + 1
        if not _cuts(text, start) and not _cuts(text, end):
            yield Hit(start, end, entries)


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """The hits that remain when the longer one, then the earlier one, takes its place first."""
    taken: set[int] = set()
    kept = []
    for hit in sorted(hits, key=lambda hit: (hit.start - hit.end, hit.start)):
        # A span no longer than those placed overlaps one of them only if one of its ends lies in it.
        if hit.start in taken or hit.end - 1 in taken:
            continue
        taken.update(range(hit.start, hit.end))
        kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _cuts(text: str, at: int) -> bool:
    """Whether a boundary at `at` would cut a number or a Latin word in two."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if not (before.isascii() and after.isascii()):
        return False
    return (before.isalpha() and after.isalpha()) or (_is_figure(before) and _is_figure(after))


def _is_figure(char: str) -> bool:
    return char.isdigit() or char == "."
