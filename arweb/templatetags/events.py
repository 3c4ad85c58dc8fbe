"""Audit events in words, with a link to what they are about."""

from dataclasses import dataclass

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop

register = template.Library()

DEEDS = {
    "proposal.opened": noop("opened proposal"),
    "proposal.described": noop("described proposal"),
    "proposal.rebased": noop("brought up to date proposal"),
    "proposal.published": noop("published proposal"),
    "proposal.withdrawn": noop("withdrew proposal"),
    "change.added": noop("drafted a new rule in proposal"),
    "change.opened": noop("opened a rule for change in proposal"),
    "change.retired": noop("drafted that a rule is retired in proposal"),
    "change.restored": noop("drafted an old wording again in proposal"),
    "change.saved": noop("saved a draft in proposal"),
    "change.discarded": noop("discarded a change in proposal"),
    "rule.written": noop("put into force a version of rule"),
    "rule.retired": noop("retired rule"),
    "release.published": noop("published release"),
    "run.launched": noop("launched run"),
    "run.cancelled": noop("cancelled run"),
    "run.finished": noop("finished run"),
    "import.started": noop("started import"),
    "import.done": noop("finished import"),
    "import.refused": noop("refused import"),
    "benchmark.created": noop("made benchmark"),
    "user.created": noop("made user"),
}
PAGES = {
    "proposal": "rules:proposal",
    "rule": "rules:rule",
    "release": "rules:release",
    "run": "inference:run",
    "import": "annotation:import",
    "benchmark": "annotation:benchmark",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about; without `url` there is no page of it."""

    name: str
    url: str


@register.filter
def deed(verb: str) -> str:
    """What was done, in words; an unknown verb as it is."""
    return gettext(DEEDS[verb]) if verb in DEEDS else verb


@register.filter
def subject_page(subject: str) -> Subject:
    """The name of what an event is about, and where its page is."""
    kind, _colon, name = subject.partition(":")
    shown = f"R{name}" if kind == "rule" else name
    if kind not in PAGES:
        return Subject(shown, "")
    try:
        return Subject(shown, reverse(PAGES[kind], args=[name]))
    except NoReverseMatch:
        return Subject(shown, "")
