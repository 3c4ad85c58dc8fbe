"""What audit events are about: by its name and with its page, in one query a kind however many events there are."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from annotation.models import Benchmark, Import
from arweb.event_words import PAGES, SUBJECTS
from inference.models import Ablation, Document, ModelEndpoint, PipelineConfig, Run
from inference.models.pipeline import name_in_words
from rules.models import AuditEvent, Proposal, RuleVersion

LONGEST_ID = 18
"""Digits of an id that every database can be asked for."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about; without `url` there is no page of it."""

    name: str
    url: str = ""


def subjects_of(events: Iterable[AuditEvent]) -> Mapping[str, Subject]:
    """The subjects of events, by how the trail has them. What is gone, or has no name, is called as the trail has it."""
    asked: dict[str, set[str]] = defaultdict(set)
    for event in events:
        kind, _colon, key = event.subject.partition(":")
        asked[kind].add(key)
    found = {f"{kind}:{key}": one for kind, keys in asked.items() for key, one in _named(kind, keys).items()}
    return {event.subject: found.get(event.subject) or plain(event.subject) for event in events}


def plain(subject: str) -> Subject:
    """A subject without its name."""
    kind, _colon, key = subject.partition(":")
    shown = f"R{key}" if kind == "rule" else key.partition("/")[2] if kind == "entry" else key
    if kind in ("case", "cases"):
        shown = f"{gettext(SUBJECTS[kind])}{f' #{key}' if kind == 'case' else ''}"
    return Subject("" if kind == "knowledge" else shown, page_of(kind, key))


def page_of(kind: str, key: str) -> str:
    """The address of the page of something; empty where it has none."""
    try:
        return reverse(PAGES[kind], args=[key]) if kind in PAGES else ""
    except NoReverseMatch:
        return ""


def _named(kind: str, keys: Collection[str]) -> Mapping[str, Subject]:
    find = NAMES.get(kind)
    return find(keys) if find else {}


def _ids(keys: Collection[str]) -> list[int]:
    return [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) <= LONGEST_ID]


def _quoted(name: object) -> str:
    return gettext("“%(words)s”") % {"words": name}


def _proposals(keys: Collection[str]) -> Mapping[str, Subject]:
    rows = Proposal.objects.filter(pk__in=_ids(keys)).values_list("pk", "title")
    return {str(pk): Subject(f"{pk} {_quoted(title)}", page_of("proposal", str(pk))) for pk, title in rows}


def _rules(keys: Collection[str]) -> Mapping[str, Subject]:
    """Rules by their newest title."""
    rows = RuleVersion.objects.filter(rule__number__in=_ids(keys)).order_by("version")
    titles = dict(rows.values_list("rule__number", "title"))
    return {str(n): Subject(f"R{n} {_quoted(title)}", page_of("rule", str(n))) for n, title in titles.items()}


def _runs(keys: Collection[str]) -> Mapping[str, Subject]:
    found = Run.objects.select_related("config", "benchmark").in_bulk(_ids(keys))
    return {
        str(pk): Subject(_told(pk, run.config, run.benchmark), page_of("run", str(pk))) for pk, run in found.items()
    }


def _ablations(keys: Collection[str]) -> Mapping[str, Subject]:
    found = Ablation.objects.select_related("benchmark").in_bulk(_ids(keys))
    return {str(pk): Subject(_told(pk, None, one.benchmark), page_of("ablation", str(pk))) for pk, one in found.items()}


def _told(pk: int, config: PipelineConfig | None, benchmark: Benchmark | None) -> str:
    parts = (str(pk), config and name_in_words(config.name), benchmark and str(benchmark))
    return " · ".join(part for part in parts if part)


def _configurations(keys: Collection[str]) -> Mapping[str, Subject]:
    rows = PipelineConfig.objects.filter(pk__in=_ids(keys)).values_list("pk", "name")
    return {str(pk): Subject(_quoted(name_in_words(name)), page_of("config", str(pk))) for pk, name in rows}


def _endpoints(keys: Collection[str]) -> Mapping[str, Subject]:
    rows = ModelEndpoint.objects.filter(pk__in=_ids(keys)).values_list("pk", "name")
    return {str(pk): Subject(_quoted(name), page_of("endpoint", str(pk))) for pk, name in rows}


def _imports(keys: Collection[str]) -> Mapping[str, Subject]:
    rows = Import.objects.filter(pk__in=_ids(keys)).values_list("pk", "name")
    return {str(pk): Subject(f"{pk} {_quoted(name)}", page_of("import", str(pk))) for pk, name in rows}


def _documents(keys: Collection[str]) -> Mapping[str, Subject]:
    rows = Document.objects.filter(pk__in=_ids(keys)).values_list("pk", "title")
    return {str(pk): Subject(_quoted(title), page_of("document", str(pk))) for pk, title in rows}


def _benchmarks(keys: Collection[str]) -> Mapping[str, Subject]:
    """By id; older events have the short name."""
    found = Benchmark.objects.filter(Q(pk__in=_ids(keys)) | Q(slug__in=keys)).order_by("pk")
    named = [(one, Subject(_quoted(one), page_of("benchmark", one.slug))) for one in found]
    return {one.slug: subject for one, subject in named} | {str(one.pk): subject for one, subject in named}


def _people(keys: Collection[str]) -> Mapping[str, Subject]:
    """By id; events of tokens have the name of the account."""
    rows = User.objects.filter(pk__in=_ids(keys)).values_list("pk", "username")
    return {str(pk): Subject(name) for pk, name in rows}


NAMES: Mapping[str, Callable[[Collection[str]], Mapping[str, Subject]]] = {
    "proposal": _proposals,
    "rule": _rules,
    "run": _runs,
    "ablation": _ablations,
    "config": _configurations,
    "endpoint": _endpoints,
    "import": _imports,
    "document": _documents,
    "benchmark": _benchmarks,
    "user": _people,
}
