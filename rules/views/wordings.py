"""The parts of a rule in several wordings beside each other, with the words marked in which they differ."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext as _

from rules.engine.content import RuleContent
from rules.engine.diff import Span, word_diff
from rules.engine.rule import Condition, Effect, EffectKind
from rules.forms.editor import SIDES
from rules.views.shown import example_texts, sentence

SIDE_NAMES = dict(SIDES)


@dataclass(frozen=True, slots=True)
class Wording:
    """One part in one wording, in runs of words kept, added and removed. `head` says whose wording it is."""

    head: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of a rule in each wording."""

    label: str
    wordings: tuple[Wording, ...]


def before_and_after(before: RuleContent, after: RuleContent) -> tuple[PartRow, ...]:
    """The parts in which two wordings differ; what was removed is marked in the first, what was added in the second."""
    rows = []
    for (label, old), (_label, new) in zip(texts(before), texts(after), strict=True):
        if old != new:
            spans = word_diff(old, new)
            sides = Wording(_("Before"), _without(spans, "insert")), Wording(_("After"), _without(spans, "delete"))
            rows.append(PartRow(label, sides))
    return tuple(rows)


def three_ways(base: RuleContent | None, theirs: RuleContent | None, mine: RuleContent | None) -> tuple[PartRow, ...]:
    """The parts in which three wordings differ, the second and the third marked against the first."""
    rows = []
    for (label, first), (_l, second), (_m, third) in zip(whole(base), whole(theirs), whole(mine), strict=True):
        if len({first, second, third}) > 1:
            sides = (
                Wording(_("As it was"), (Span("keep", first),) if first else ()),
                Wording(_("In force"), word_diff(first, second)),
                Wording(_("In this proposal"), word_diff(first, third)),
            )
            rows.append(PartRow(label, sides))
    return tuple(rows)


def whole(content: RuleContent | None) -> list[tuple[str, str]]:
    """The sentence and every part; of a rule that is in no release, that it is in none."""
    if content is not None:
        return [(_("Rule"), sentence(content)), *texts(content)]
    return [(_("Rule"), _("no rule")), *((label, "") for label, _text in texts(NOTHING))]


def texts(content: RuleContent) -> Iterator[tuple[str, str]]:
    """Every part that an expert decides, as text."""
    yield _("Title"), content.title
    yield pgettext("condition", "When"), "\n".join(condition_text(one) for one in content.conditions)
    yield _("Then"), effect_text(content.effect)
    yield _("Instruction"), content.instruction
    yield _("Rationale"), content.rationale
    yield _("Source"), content.source
    yield _("Examples"), "\n".join(example_texts(content))
    yield _("Valid from"), str(content.valid_from or "")
    yield _("Valid until"), str(content.valid_until or "")
    yield _("A matter of safety"), _("yes") if content.safety else _("no")


def condition_text(condition: Condition) -> str:
    """A condition in a line."""
    side = str(SIDE_NAMES[condition.side.value])
    attribute = gettext(condition.attribute.label) if condition.attribute else ""
    told = [side, attribute, gettext(condition.operator.label), "、".join(condition.values)]
    return " ".join(one for one in told if one)


def effect_text(effect: Effect) -> str:
    """An effect with its level and its attributes in a line."""
    attributes = "、".join(gettext(one.label) for one in effect.attributes)
    level = gettext(effect.level.label) if effect.level else ""
    return " · ".join(one for one in (gettext(effect.kind.label), attributes, level) if one)


def _without(spans: tuple[Span, ...], kind: str) -> tuple[Span, ...]:
    return tuple(span for span in spans if span.kind != kind)


NOTHING = RuleContent(title="", conditions=(), effect=Effect(EffectKind.ADVISE))
