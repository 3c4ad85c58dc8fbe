"""The query-change check (QC): why a change of the query's words would leave what the query means."""

import re
from collections import Counter
from dataclasses import dataclass

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.pinyin import plain, pronounced, sounds_like
from inference.knowledge.records import Hit, Kind
from inference.pipeline.reading import kinds_named
from inference.pipeline.recognise import Recognised
from inference.pipeline.steps import RewriteKind
from rules.engine.attributes import gettext_noop

REASONS = {
    "not_typed": gettext_noop("those words do not stand in the query"),
    "ambiguous": gettext_noop("it may be several things"),
    "loses_known": gettext_noop("a word that was understood would be lost"),
    "other_medicine": gettext_noop("another medicine would be asked for"),
    "figure_changed": gettext_noop("a figure or a code would change"),
    "population_changed": gettext_noop("whom it is for would change"),
    "negation_changed": gettext_noop("what is ruled out would change"),
    "unlike": gettext_noop("it shares too little with what was typed"),
    "explains_nothing": gettext_noop("no more of the query would be understood"),
}
"""Why a change is refused, by the name a `Rewrite` carries."""

FIGURES = re.compile(r"\d+(?:\.\d+)?")
TONES = re.compile(r"(?<=[^\W\d_])[1-5](?!\d)")
NEGATIONS = "不无非没未免勿除忌"
SHORT = 3
"""Characters of a word that may sound like another by chance."""
LONG = 6
"""Characters of a word in which one that neither sounds nor stands alike makes no other word."""
HEADS = frozenset("炎癌瘤病症痛痒疮疹癣酸钠钾钙")
"""Characters that say what kind of a thing a word names; another one in their place is another thing."""


ALIKE = ("丁汀町酊订仃", "拔拨", "疑凝", "己已巳", "未末", "戊戌戍", "苄卞", "茶荼", "酰醘", "嗪溱秦", "喹奎", "它他")
"""Characters of names of medicines that are easily taken for each other by their shape."""


@dataclass(frozen=True, slots=True)
class Change:
    """`text[start:end]` of a query would become `after`; `candidates` are all it may be."""

    kind: RewriteKind
    start: int
    end: int
    candidates: tuple[str, ...]

    @property
    def after(self) -> str:
        """The words it would become."""
        return self.candidates[0]

    def applied(self, text: str) -> str:
        """The query with the change made."""
        return text[: self.start] + self.after + text[self.end :]


def refusal(change: Change, text: str, lexicon: Lexicon) -> str:
    """The first reason against a change for its own sake, or an empty text."""
    if not is_like(change, text[change.start : change.end], lexicon):
        return "unlike"
    return "ambiguous" if len(change.candidates) > 1 else ""


def loss(change: Change, before: Recognised, after: Recognised, lexicon: Lexicon) -> str:
    """The first reason against a change for what it does to the rest of the query, or an empty text."""
    if figures(change, before.text) != figures(change, after.text):
        return "figure_changed"
    if negations(before.text) != negations(after.text):
        return "negation_changed"
    lost = [hit for hit in before.hits if not _survives(hit, change, before.text, after)]
    kinds = {entry.kind for hit in lost for entry in hit.entries}
    if Kind.POPULATION in kinds:
        return "population_changed"
    if kinds & {Kind.MEDICINE, Kind.BRAND} or _adds_medicine(change, before, after, lexicon):
        return "other_medicine"
    if lost:
        return "loses_known"
    if change.kind is not RewriteKind.TRADITIONAL and unknown(after) >= unknown(before):
        return "explains_nothing"
    return ""


def is_like(change: Change, typed: str, lexicon: Lexicon) -> bool:
    """Whether the new words are what was typed in another writing, or share enough sound and characters with it."""
    after = change.after
    if change.kind is RewriteKind.PINYIN:
        return plain(typed)[:1] in {one[0][:1] for one in pronounced(after)}
    if len(typed) != len(after):
        return False
    wrong = [one for one, two in zip(typed, after, strict=True) if one != two]
    if HEADS & set(wrong) and sorted(typed) != sorted(after):
        return False
    same = len(typed) - len(wrong)
    if change.kind is RewriteKind.TYPO:
        seen = all(
            any({one, two} <= set(group) for group in ALIKE)
            for one, two in zip(typed, after, strict=True)
            if one != two
        )
        long = seen or len(typed) >= LONG or (len(typed) <= SHORT + 1 and Kind.FORM in kinds_of(after, lexicon))
        return sorted(typed) == sorted(after) or (same == len(typed) - 1 and long)
    if len(typed) > SHORT:
        return same > 0
    return 3 * same >= len(typed) and _is_heard(typed, after, lexicon)


def _is_heard(typed: str, name: str, lexicon: Lexicon) -> bool:
    """Whether a short word may be taken for a name that sounds the same: brands and makers are full of neighbours."""
    if not sounds_like(typed, name, tones=True):
        return False
    return Kind.POPULATION in kinds_of(name, lexicon) or (len(typed) == SHORT and typed[0] == name[0])


def kinds_of(word: str, lexicon: Lexicon) -> set[Kind]:
    """What kinds of things a word of the lexicon names."""
    return {entry.kind for entry in lexicon.sounds.means(word)}


def figures(change: Change, text: str) -> Counter[str]:
    """The figures of a query, those that stand for tones left out."""
    return Counter(FIGURES.findall(TONES.sub("", text) if change.kind is RewriteKind.PINYIN else text))


def negations(text: str) -> Counter[str]:
    """How often each word of negation stands in a text."""
    return Counter(char for char in text if char in NEGATIONS)


def _adds_medicine(change: Change, before: Recognised, after: Recognised, lexicon: Lexicon) -> bool:
    """Whether a short word beside a medicine would name another one: it mostly is a brand nothing is known of."""
    if change.kind is RewriteKind.TRADITIONAL or change.end - change.start > SHORT:
        return False
    named = medicines(before, lexicon)
    return bool(named) and not medicines(after, lexicon) <= named


def medicines(found: Recognised, lexicon: Lexicon) -> set[str]:
    """The medicines that a query names, by their trade names too."""
    entries = [entry for hit in found.names for entry in hit.entries]
    named = {lexicon.brands[entry.value].stands_for for entry in entries if entry.kind is Kind.BRAND}
    return (named | {entry.value for entry in entries if entry.kind is Kind.MEDICINE}) - {""}


def unknown(found: Recognised) -> int:
    """How many characters of a query nothing is known of."""
    return sum(len(word) for _, _, word in found.rest)


def _survives(hit: Hit, change: Change, text: str, after: Recognised) -> bool:
    """Whether a word is still understood where it stands after the change: by itself, or in a name with the new words.

    瑞舒伐他丁|钙片 is 瑞舒伐他汀钙|片.
    """
    if hit.start < change.end and change.start < hit.end:
        return kinds_named(hit) == {Kind.FORM} or text[hit.start : hit.end] in change.after
    moved = len(change.after) - (change.end - change.start) if hit.start >= change.end else 0
    start, end = hit.start + moved, hit.end + moved
    new = change.start, change.start + len(change.after)
    return any(
        (other.start <= start and end <= other.end)
        or (other.start < end and start < other.end and other.start < new[1] and new[0] < other.end)
        for other in after.hits
    )
