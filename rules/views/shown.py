"""What the pages show of a rule's content: its sentence, its problems, and the difference between two wordings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext as _

from rules.engine.content import RuleContent
from rules.engine.diff import Span, word_diff
from rules.engine.wording import Part
from rules.engine.wording import parts as worded_parts
from rules.engine.wording import sentence as worded


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One part of a rule in two wordings, as runs of words kept, added and removed."""

    label: str
    spans: tuple[Span, ...]


def sentence(content: RuleContent) -> str:
    """The rule in one sentence, in the language of the page."""
    return worded(content, language())


def sentence_parts(content: RuleContent) -> tuple[Part, ...]:
    """The same sentence in stretches, so that the page can mark values, attributes and levels."""
    return worded_parts(content, language())


def language() -> str:
    """The language that rules are worded in on this page."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def content_diff(before: RuleContent | None, after: RuleContent | None) -> tuple[DiffRow, ...]:
    """The parts in which two wordings differ. For a rule that is added or retired, its sentence alone."""
    if before is None or after is None:
        old, new = (sentence(content) if content else "" for content in (before, after))
        return (DiffRow(_("Rule"), word_diff(old, new)),)
    pairs = zip(parts(before), parts(after), strict=True)
    return tuple(DiffRow(label, word_diff(old, new)) for (label, old), (_label, new) in pairs if old != new)


def parts(content: RuleContent) -> Iterator[tuple[str, str]]:
    """The parts of a content that a person reads, each as text."""
    yield _("Rule"), sentence(content)
    yield _("Title"), content.title
    yield _("Instruction"), content.instruction
    yield _("Rationale"), content.rationale
    yield _("Source"), content.source
    yield (
        _("Valid"),
        " – ".join(str(day or pgettext("date", "open")) for day in (content.valid_from, content.valid_until)),
    )
    yield _("Examples"), "\n".join(example_texts(content))
    yield _("A matter of safety"), _("yes") if content.safety else _("no")


def example_texts(content: RuleContent) -> Iterable[str]:
    """Each pinned example on a line."""
    return (f"{one.query} / {one.title} = {gettext(one.level.label)}" for one in content.examples)
