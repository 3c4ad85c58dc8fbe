"""Audit events in words, with a link to what they are about."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_noop

from inference.models.pipeline import name_in_words
from inference.pipeline.stages import STAGE_LABELS

register = template.Library()

DEEDS = {
    "proposal.opened": gettext_noop("opened proposal"),
    "proposal.described": gettext_noop("described proposal"),
    "proposal.rebased": gettext_noop("brought up to date proposal"),
    "proposal.published": gettext_noop("published proposal"),
    "proposal.withdrawn": gettext_noop("withdrew proposal"),
    "change.added": gettext_noop("drafted a new rule in proposal"),
    "change.opened": gettext_noop("opened a rule for change in proposal"),
    "change.retired": gettext_noop("drafted that a rule is retired in proposal"),
    "change.restored": gettext_noop("drafted an old wording again in proposal"),
    "change.saved": gettext_noop("saved a draft in proposal"),
    "change.discarded": gettext_noop("discarded a change in proposal"),
    "rule.written": gettext_noop("put into force a version of rule"),
    "rule.retired": gettext_noop("retired rule"),
    "release.published": gettext_noop("published release"),
    "run.launched": gettext_noop("launched run"),
    "run.cancelled": gettext_noop("cancelled run"),
    "run.finished": gettext_noop("finished run"),
    "step.launched": gettext_noop("launched step of an ablation, run"),
    "step.cancelled": gettext_noop("cancelled step of an ablation, run"),
    "step.finished": gettext_noop("finished step of an ablation, run"),
    "ablation.launched": gettext_noop("launched ablation"),
    "ablation.cancelled": gettext_noop("cancelled ablation"),
    "config.created": gettext_noop("made configuration"),
    "config.changed": gettext_noop("changed configuration"),
    "import.started": gettext_noop("started import"),
    "import.done": gettext_noop("finished import"),
    "import.refused": gettext_noop("refused import"),
    "benchmark.created": gettext_noop("made benchmark"),
    "documents.stored": gettext_noop("stored documents"),
    "document.removed": gettext_noop("removed document"),
    "user.created": gettext_noop("made user"),
    "entry.corrected": gettext_noop("corrected knowledge entry"),
    "entry.added": gettext_noop("added knowledge entry"),
    "entry.withdrawn": gettext_noop("withdrew knowledge entry"),
    "entry.restored": gettext_noop("restored knowledge entry"),
    "entries.learned": gettext_noop("learned knowledge entries"),
    "entries.unlearned": gettext_noop("withdrew learned knowledge entries"),
    "picture.read": gettext_noop("read picture"),
    "picture.read_again": gettext_noop("read again picture"),
    "picture.readings_imported": gettext_noop("imported readings of pictures, first"),
}
FACTS = {
    "base": gettext_noop("base release"),
    "baseline": gettext_noop("earlier run"),
    "benchmark": gettext_noop("benchmark"),
    "change": gettext_noop("change"),
    "config": gettext_noop("configuration"),
    "created": gettext_noop("created"),
    "edition": gettext_noop("edition"),
    "engine": gettext_noop("engine"),
    "failed": gettext_noop("not readable"),
    "file": gettext_noop("file"),
    "from": gettext_noop("from release"),
    "images_missing": gettext_noop("images missing"),
    "kind": gettext_noop("kind"),
    "knowledge": gettext_noop("knowledge"),
    "name": gettext_noop("name"),
    "notes": gettext_noop("notes"),
    "passages": gettext_noop("passages"),
    "pictures": gettext_noop("pictures"),
    "reason": gettext_noop("reason"),
    "rejected": gettext_noop("rejected"),
    "release": gettext_noop("release"),
    "role": gettext_noop("role"),
    "rule": gettext_noop("rule"),
    "rules": gettext_noop("rules"),
    "runs": gettext_noop("runs"),
    "same_brand_is_weak": gettext_noop("another product of the brand is weakly relevant"),
    "unknown_words_count": gettext_noop("unknown words count"),
    "name_overlap": gettext_noop("overlap of unknown names"),
    "off": gettext_noop("switched off"),
    "source": gettext_noop("source"),
    "added": gettext_noop("added"),
    "changed": gettext_noop("changed"),
    "title": gettext_noop("title"),
    "to": gettext_noop("to release"),
    "total": gettext_noop("pairs"),
    "unchanged": gettext_noop("unchanged"),
    "updated": gettext_noop("updated"),
    "version": gettext_noop("version"),
    "withdrawn": gettext_noop("withdrawn"),
}
HIDDEN = {"content", "digest", "content_before", "content_after"}
KINDS = {
    "add": gettext_noop("added"),
    "edit": gettext_noop("edited"),
    "retire": gettext_noop("retired"),
    "expert": gettext_noop("expert"),
    "reviewer": gettext_noop("reviewer"),
    "annotator": gettext_noop("annotator"),
    "lead": gettext_noop("lead"),
    "True": gettext_noop("yes"),
    "False": gettext_noop("no"),
}
WORDED = {"kind", "reason", "role", "same_brand_is_weak", "unknown_words_count"}
"""Facts whose value may be one of ours, and then has a translation."""
PAGES = {
    "proposal": "rules:proposal",
    "rule": "rules:rule",
    "release": "rules:release",
    "run": "inference:run",
    "ablation": "inference:ablation",
    "config": "inference:configuration",
    "import": "annotation:import",
    "document": "inference:document",
    "benchmark": "annotation:benchmark",
    "entry": "inference:entry_named",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about; without `url` there is no page of it."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that an event keeps about what was done."""

    name: str
    value: str


@register.filter
def deed(verb: str) -> str:
    """What was done, in words; an unknown verb as it is."""
    return gettext(DEEDS[verb]) if verb in DEEDS else verb


@register.filter
def facts(data: Mapping[str, object]) -> list[Fact]:
    """What an event keeps, in words; what it leaves empty and what only a machine reads is left out."""
    told = [(key, value) for key, value in data.items() if key not in HIDDEN and value not in (None, "")]
    return [Fact(gettext(FACTS.get(key, key)), _worded(key, str(value))) for key, value in told]


def _worded(key: str, value: str) -> str:
    if key in ("config", "name"):
        return name_in_words(value)
    if key == "off":
        return gettext(", ").join(gettext(str(STAGE_LABELS.get(one, one))) for one in value.split(", "))  # type: ignore[call-overload]
    return gettext(KINDS.get(value, value)) if key in WORDED else value


@register.filter
def subject_page(subject: str) -> Subject:
    """The name of what an event is about, and where its page is."""
    kind, _colon, name = subject.partition(":")
    shown = f"R{name}" if kind == "rule" else name.partition("/")[2] if kind == "entry" else name
    if kind not in PAGES:
        return Subject("" if kind == "knowledge" else shown, "")
    try:
        return Subject(shown, reverse(PAGES[kind], args=[name]))
    except NoReverseMatch:
        return Subject(shown, "")
