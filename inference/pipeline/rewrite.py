"""Rewriting a query (QI): traditional characters, pinyin, homophones and typing errors in the words of the lexicon.

Only words in which nothing is recognised are rewritten, and what the query-change check (QC) refuses is not.
"""

import re
from collections.abc import Iterator

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.pinyin import is_chinese, plain, sounds_like
from inference.knowledge.records import Kind
from inference.knowledge.traditional import simplified
from inference.pipeline.change_check import Change, kinds_of, loss, refusal
from inference.pipeline.reading import kinds_named
from inference.pipeline.recognise import Recognised, recognise
from inference.pipeline.steps import Rewrite, RewriteKind, Rewritten

LONGEST = 100
"""Characters of a query in which words are mended; nobody types a longer one, and it would take too long."""
MOST_TOLD = 20
"""Changes that a trace lists."""
GOODS = frozenset({Kind.MEDICINE, Kind.CATEGORY})
NAMES = frozenset({Kind.MEDICINE, Kind.BRAND})
SHORTEST_END = 4
"""Characters of a name that is looked for behind words nothing is known of."""
SHORTEST_BESIDE = 3
SHORTEST_PINYIN = 5
SHORTEST_INITIALS = 4
MOST_TOKENS = 12
LETTERS = "a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹ"
LATIN = re.compile(rf"[{LETTERS}]+(?:(?:[1-5][ '’-]*|[ '’-]+)[{LETTERS}]+)*(?:(?<=[{LETTERS}])[1-5](?![\d.a-z%]))?")
TOKEN = re.compile(rf"[{LETTERS}]+[1-5]?")


def rewrite(text: str, lexicon: Lexicon, *, checked: bool = True) -> Rewritten:
    """The normalised query in the words of the lexicon. With `checked` off every change is kept."""
    found = recognise(text, lexicon)
    tried: dict[tuple[str, str], Rewrite] = {}
    if found.rest:
        found = _simplified(found, lexicon, tried, checked=checked)
    passes = 0
    while found.rest and len(found.text) <= LONGEST and passes < len(text):
        changed = _mended(found, lexicon, tried, checked=checked)
        if changed is None:
            break
        found = changed
        passes += 1
    return Rewritten(text, found.text, tuple(tried.values())[:MOST_TOLD])


def _simplified(
    found: Recognised, lexicon: Lexicon, tried: dict[tuple[str, str], Rewrite], *, checked: bool
) -> Recognised:
    """The query with its unknown words in simplified characters, all of them or none."""
    text = simplified(found.text)
    words = [(start, end, word) for start, end, word in found.rest if text[start:end] != word]
    if not words:
        return found
    before, pieces = 0, []
    for start, end, _ in words:
        pieces += [found.text[before:start], text[start:end]]
        before = end
    after = recognise("".join(pieces) + found.text[before:], lexicon)
    why = loss(Change(RewriteKind.TRADITIONAL, 0, 0, ("",)), found, after, lexicon) if checked else ""
    for start, end, word in words:
        tried[word, text[start:end]] = Rewrite(RewriteKind.TRADITIONAL, word, text[start:end], not why, why)
    return found if why else after


def _mended(
    found: Recognised, lexicon: Lexicon, tried: dict[tuple[str, str], Rewrite], *, checked: bool
) -> Recognised | None:
    """The query after the first change that may be made; None where there is none. What was tried is noted."""
    for change in changes(found, lexicon):
        before = found.text[change.start : change.end]
        why = refusal(change, found.text, lexicon) if checked else ""
        after = found if why else recognise(change.applied(found.text), lexicon)
        why = why or (loss(change, found, after, lexicon) if checked else "")
        tried[before, change.after] = Rewrite(change.kind, before, change.after, not why, why)
        if not why:
            return after
    return None


def changes(found: Recognised, lexicon: Lexicon) -> Iterator[Change]:
    """What may be meant by the words nothing is recognised in, the surest first."""
    yield from pinyin(found, lexicon)
    yield from forms(found, lexicon)
    named = any(kinds_named(hit) & GOODS for hit in found.names)
    for start, _, word in found.rest:
        if len(word) > 1 and is_chinese(word):
            yield from meant(word, start, lexicon, whole=named)
    yield from beside(found, lexicon)


def forms(found: Recognised, lexicon: Lexicon) -> Iterator[Change]:
    """A dosage form of which an unknown word in front is a part: 肠容片 with 肠容 unknown is 肠溶片.

    One that does not sound so has to stand behind a name.
    """
    unknown = {end: start for start, end, _ in found.rest}
    ends = {hit.end for hit in found.names}
    for hit in found.forms:
        start = unknown.get(hit.start, hit.start)
        candidates = lexicon.form_slips.candidates(found.text[start : hit.end]) if hit.start - start > 1 else ()
        if candidates:
            kind = _kind(found.text[start : hit.end], candidates[0])
            if kind is RewriteKind.HOMOPHONE or start in ends:
                yield Change(kind, start, hit.end, candidates)


def meant(word: str, at: int, lexicon: Lexicon, *, whole: bool) -> Iterator[Change]:
    """The names that an unknown word sounds or looks like; unless `whole`, the end of it may be a name as well."""
    for start in range(1 if whole else max(1, len(word) - SHORTEST_END + 1)):
        part = word[start:]
        heard, seen = lexicon.sounds.alike(part), lexicon.medicine_slips.candidates(part)
        swapped = tuple(name for name in seen if sorted(name) == sorted(part))
        candidates = lexicon.sounds.apart((*closest(part, heard), *swapped)) if heard else closest(part, seen)
        if candidates:
            yield Change(_kind(part, candidates[0]), at + start, at + len(word), candidates)


def beside(found: Recognised, lexicon: Lexicon) -> Iterator[Change]:
    """Names that known words and an unknown one beside them sound like, the known ones unchanged: 感冒|凌 is 感冒灵."""
    starting, ending = {hit.start: hit for hit in found.names}, {hit.end: hit for hit in found.names}
    for start, end, word in found.rest:
        first, last = ending.get(start), starting.get(end)
        stretches = {(first.start if first else start, last.end if last else end)}
        if first and last:
            stretches |= {(first.start, end), (start, last.end)}
        for low, high in sorted(stretches, key=lambda one: one[0] - one[1]):
            typed = found.text[low:high]
            if not (first or last) or high - low < SHORTEST_BESIDE or not is_chinese(word):
                continue
            names = [
                name
                for name in lexicon.sounds.alike(typed)
                if typed[: start - low] == name[: start - low] and typed[end - low :] == name[end - low :]
            ]
            if len(word) == 1:
                names = [name for name in names if kinds_of(name, lexicon) & NAMES]
            if names and sounds_like(typed, names[0]):
                yield Change(RewriteKind.HOMOPHONE, low, high, tuple(names))


def closest(typed: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the names, as long as what was typed, that share most characters with it."""
    shared = {name: sum(one == two for one, two in zip(typed, name, strict=True)) for name in names}
    most = max(shared.values(), default=0)
    return tuple(name for name in names if shared[name] == most)


def _kind(typed: str, name: str) -> RewriteKind:
    return RewriteKind.HOMOPHONE if sounds_like(typed, name, accent=True) else RewriteKind.TYPO


def pinyin(found: Recognised, lexicon: Lexicon) -> Iterator[Change]:
    """Names typed in Latin letters, syllables apart or not: the longest stretch of unknown Latin words first."""
    masked = found.text
    for hit in found.hits:
        masked = masked[: hit.start] + "|" * (hit.end - hit.start) + masked[hit.end :]
    for run in LATIN.finditer(masked):
        tokens = [(run.start() + one.start(), run.start() + one.end()) for one in TOKEN.finditer(run[0])][:MOST_TOKENS]
        yield from _of_tokens(found.text, tokens, lexicon)


def _of_tokens(text: str, tokens: list[tuple[int, int]], lexicon: Lexicon) -> Iterator[Change]:
    """The names that stretches of Latin words spell, none inside another; no syllable of another word may touch them."""
    taken: set[int] = set()
    stretches = [(first, last) for first in range(len(tokens)) for last in range(first, len(tokens))]
    for first, last in sorted(stretches, key=lambda one: (one[0] - one[1], one[0])):
        beside = [tokens[at] for at in (first - 1, last + 1) if 0 <= at < len(tokens)]
        if taken & set(range(first, last + 1)) or any(lexicon.sounds.has_syllable(text[a:b]) for a, b in beside):
            continue
        start, end = tokens[first][0], tokens[last][1]
        if candidates := _of_letters(text[start:end], lexicon):
            taken.update(range(first, last + 1))
            yield Change(RewriteKind.PINYIN, start, end, candidates)


def _of_letters(typed: str, lexicon: Lexicon) -> tuple[str, ...]:
    """What typed letters may be: the pinyin of a word, of a word and one behind it, or the initials of a name."""
    letters = plain(typed)
    if len(letters) < SHORTEST_INITIALS:
        return ()
    if len(letters) >= SHORTEST_PINYIN:
        if found := lexicon.sounds.of_letters(letters):
            return found
        for at in range(len(letters) - 3, 3, -1):
            first, second = lexicon.sounds.of_letters(letters[:at]), lexicon.sounds.of_letters(letters[at:])
            if first and second:
                return tuple(one + two for one in first for two in second)
    return lexicon.sounds.of_initials(letters) if letters == typed else ()
