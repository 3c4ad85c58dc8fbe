"""Analysis: what is wrong with a whole rule set, and each finding's witness run through the rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rules.engine.analysis import Analysis
from rules.engine.attributes import Attribute, Level
from rules.engine.decide import EffectStep, decide
from rules.engine.findings import Absent, Conflict, Finding, NeverFires, Shadowed
from rules.engine.recall import Recalled, RuleIndex
from rules.engine.rule import EffectKind
from rules.engine.situation import Situation
from rules.models import Proposal, Release
from rules.selectors import current_release
from rules.selectors.analysis import (
    MOST_RELEVANT,
    Overview,
    absent_words,
    conflicts_of,
    findings_about,
    overview_of,
    proposal_analysis,
    release_analysis,
)
from rules.witness import Said, address_of, said_of, situation_from, try_address

PAGE_SIZE = 25
PATIENCE = 2.0
"""Seconds that a page waits for an analysis before it says that one is under way."""
MOST_OF_A_RULE = 20
SHADOWED, NEVER = "shadowed", "never"
Words = Mapping[tuple[Attribute, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule set; `about` names it in an address."""

    analysis: Analysis | None
    about: str
    proposal: Proposal | None = None
    release: Release | None = None


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding as a page lays it out. `address` runs its witness, `tried` tries its words; `lacks` are values that
    nothing has, where that is why a rule never fires."""

    sort: str
    finding: Finding
    said: tuple[Said, ...] = ()
    address: str = ""
    tried: str = ""
    lacks: "tuple[Lack, ...]" = ()

    @property
    def witness(self) -> Situation | None:
        """Where it shows."""
        return None if isinstance(self.finding, NeverFires) else self.finding.witness


@dataclass(frozen=True, slots=True)
class Lack:
    """A value that nothing has, and how the pipeline calls it, if by another name."""

    absent: Absent
    instead: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fires on a witness, with what became of it."""

    recalled: Recalled
    step: EffectStep


@require_safe
def analysis(request: HttpRequest) -> HttpResponse:
    """The findings about the release in force, or about the rules as a proposal would leave them."""
    asked = asked_about(request.GET)
    overview = overview_of(asked.analysis, wait=PATIENCE) if asked.analysis else None
    context: dict[str, object] = {"proposal": asked.proposal, "release": asked.release, "overview": overview}
    if asked.analysis is None or overview is None:
        return render(request, "rules/analysis.html", {**context, "under_way": asked.analysis is not None})
    sizes, kind = sizes_of(overview), chosen_kind(overview, request.GET.get("kind", ""))
    page = page_of(overview, kind, request.GET.get("page"))
    words = absent_words(asked.analysis) if kind == NEVER else {}
    context |= {
        "kind": kind,
        "counts": [(one, name, sizes[one], one == kind) for one, name in kind_names().items()],
        "listed": sizes[kind],
        "page": page,
        "shown": [shown_finding(one, asked.about, words) for one in laid_out(asked.analysis, page)],
    }
    return render(request, "rules/analysis.html", context)


@require_safe
def rule_findings(request: HttpRequest, number: int) -> HttpResponse:
    """What the analysis says of one rule in force, for its page."""
    release = current_release()
    analysed = release_analysis(release) if release else None
    under_way = analysed is not None and overview_of(analysed, wait=PATIENCE) is None
    found = findings_about(analysed, number, MOST_OF_A_RULE) if analysed and not under_way else ()
    words = absent_words(analysed) if analysed and found else {}
    context = {
        "number": number,
        "shown": [shown_finding(one, "", words) for one in found],
        "most": MOST_OF_A_RULE,
        "under_way": under_way,
    }
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(request, f"rules/findings.html{'#findings' if htmx else ''}", context)


@require_safe
def witness(request: HttpRequest) -> HttpResponse:
    """Run a witness through the rules: which fire, and which win. The address holds all of it."""
    asked = asked_about(request.GET)
    situation = situation_from(request.GET, today=timezone.localdate())
    if situation is None:
        raise Http404
    start = request.GET.get("start", "")
    level = Level(start) if start in set(Level) else Level.HIGHLY
    context = {
        "proposal": asked.proposal,
        "release": asked.release,
        "situation": situation,
        "said": said_of(situation),
        "tried": try_address(situation),
        "level": level,
        "levels": list(Level),
        "kept": [(name, value) for name, values in request.GET.lists() if name != "start" for value in values],
        **run(asked.analysis, situation, level),
    }
    return render(request, "rules/witness.html", context)


def asked_about(data: QueryDict) -> Asked:
    """The rule set that an address is about: a proposal's, a release's, or the one in force."""
    if number := number_in(data, "proposal"):
        proposal = get_object_or_404(Proposal.objects.select_related("base"), pk=number)
        return Asked(proposal_analysis(proposal), f"proposal={proposal.pk}&", proposal=proposal)
    if "release" in data:
        release = get_object_or_404(Release, number=number_in(data, "release"))
        return Asked(release_analysis(release), f"release={release.number}&", release=release)
    in_force = current_release()
    return Asked(release_analysis(in_force) if in_force else None, "", release=in_force)


def number_in(data: QueryDict, name: str) -> int | None:
    """The number that an address gives; 404 for what is none."""
    value = data.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise Http404
    return int(value)


def chosen_kind(overview: Overview, kind: str) -> str:
    """The sort of finding asked for, or else the most relevant that there is any of."""
    sizes = sizes_of(overview)
    return kind if kind in sizes else next((one for one in kind_names() if sizes[one]), MOST_RELEVANT[0].value)


def sizes_of(overview: Overview) -> dict[str, int]:
    """How many findings there are of each sort."""
    counts = {settled.value: count for settled, count in overview.counts.items()}
    return counts | {SHADOWED: len(overview.shadowed), NEVER: len(overview.never)}


def kind_names() -> dict[str, str]:
    """The sorts of findings, the most relevant first."""
    return {
        "age": _("Conflicts that only age settles"),
        SHADOWED: _("Overruled wherever they fire"),
        NEVER: _("Never fire"),
        "specificity": _("Conflicts settled by being more specific"),
        "kind": _("Conflicts settled by the kind of effect"),
    }


def page_of(overview: Overview, kind: str, number: str | None) -> "Page[object]":
    """A page of findings of one sort."""
    return Paginator(rows_of(overview, kind), PAGE_SIZE).get_page(number)


def rows_of(overview: Overview, kind: str) -> Sequence[object]:
    """The findings of one sort; conflicts as pairs of numbers."""
    rows: dict[str, Sequence[object]] = {settled.value: found for settled, found in overview.pairs.items()}
    rows |= {SHADOWED: overview.shadowed, NEVER: overview.never}
    return rows[kind]


def laid_out(found: Analysis, page: Iterable[object]) -> Iterable[Finding]:
    """The findings of a page; those that are conflicts with their witnesses."""
    rows = tuple(page)
    return conflicts_of(found, rows) if rows and isinstance(rows[0], tuple) else rows  # type: ignore[arg-type,return-value]


def shown_finding(finding: Finding, about: str, words: Words) -> ShownFinding:
    """A finding with its witness in words and in an address. `about` names the rule set in the address; `words` says
    how values are called that nothing has under the name given."""
    if isinstance(finding, NeverFires):
        lacks = tuple(Lack(one, words.get((one.attribute, one.value), ())) for one in finding.absent)
        return ShownFinding(NEVER, finding, lacks=lacks)
    assert isinstance(finding, Conflict | Shadowed)
    sort = "conflict" if isinstance(finding, Conflict) else SHADOWED
    situation = finding.witness
    return ShownFinding(sort, finding, said_of(situation), about + address_of(situation), try_address(situation))


def run(found: Analysis | None, situation: Situation, level: Level) -> dict[str, object]:
    """What the rules do to a level in a situation, where every attribute that they speak of is a mismatch."""
    valid = [rule for rule in found.rules if rule.is_valid_on(situation.day)] if found else []
    recalled = RuleIndex(valid).recall(situation.facts)
    settled = {one for r in recalled if r.rule.effect.kind is not EffectKind.ADVISE for one in r.rule.effect.attributes}
    decision = decide(unwaived=level, proposed=level, recalled=recalled, mismatched=frozenset(settled))
    by_number = {one.rule.number: one for one in recalled}
    fired = [Fired(by_number[step.number], step) for step in reversed(decision.steps)]
    return {"fired": fired, "result": decision.level, "rules": len(valid)}
