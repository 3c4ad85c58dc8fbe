"""What the stages around the reading found, for a page. Traces older than a stage show nothing of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inference.knowledge.outside import DOCUMENT as OUTSIDE
from inference.pipeline.change_check import REASONS
from inference.pipeline.stages import Stage
from inference.pipeline.steps import RewriteKind
from inference.pipeline.tricks import TRICKS
from inference.traces.facts import Json, part
from inference.traces.wording import worded
from rules.engine.attributes import Attribute

STEPS = {
    "query": (Stage.ENTITIES, Stage.COMMON_NAME, Stage.REWRITE, Stage.CHANGE_CHECK),
    "product": (Stage.PRODUCT, Stage.IMAGES),
    "evidence": (Stage.SEARCH, Stage.IDENTITY, Stage.SIMILARITY, Stage.CONSISTENCY),
    "rules": (Stage.RULES,),
}
"""The step of the page at which a stage that is switched off is said to be so."""
PASSAGES = {
    "same_page": gettext_noop("nearly the same as another passage"),
    "dissimilar": gettext_noop("too little of what was asked for is in it"),
    "inconsistent": gettext_noop("it is about something else"),
}
"""Why a passage found is no evidence."""


MOST_SHOWN = 3
"""Passages of evidence that the page shows at once."""


@dataclass(frozen=True, slots=True)
class RewriteView:
    """One change of the query's words; `why` says what refused it."""

    kind: str
    before: str
    after: str
    kept: bool
    why: str


@dataclass(frozen=True, slots=True)
class PassageView:
    """A passage the search found; `why` says what dropped it."""

    document: str
    title: str
    source: str
    dated: date | None
    heading: str
    excerpt: str
    why: str
    detail: str
    terms: tuple[str, ...]

    @property
    def outside(self) -> bool:
        """Whether a search service found it, so that there is no document of ours to show."""
        return self.document.startswith(OUTSIDE)


@dataclass(frozen=True, slots=True)
class QueryView:
    """What became of the query before it was held against the product.

    `kept` are the first passages read as evidence, those that told a use in front; `further` the others.
    """

    original: str
    rewrites: tuple[RewriteView, ...]
    tags: tuple[str, ...]
    common_names: tuple[tuple[str, str], ...]
    excluded: tuple[str, ...]
    kept: tuple[PassageView, ...]
    further: tuple[PassageView, ...]
    dropped: tuple[PassageView, ...]


@dataclass(frozen=True, slots=True)
class TrickView:
    """Words of the title that don't count: what they claim, why they don't count, what the title says instead."""

    words: str
    attribute: Attribute
    value: str
    why: str
    against: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """What the product stage found. `pictures` are as the trace holds them."""

    standard_name: str
    tricks: tuple[TrickView, ...]
    pictures: tuple[Mapping[str, Any], ...]


def off_view(off: Collection[Stage]) -> Mapping[str, tuple[Stage, ...]]:
    """The stages that did not run, by the step of the page they belong to."""
    return {step: tuple(stage for stage in stages if stage in off) for step, stages in STEPS.items()}


def query_view(trace: Json) -> QueryView:
    """The stages of the query."""
    asked = part(trace, "asked")
    passages: Sequence[Json] = asked.get("passages", ())
    kept = tuple(sorted((_passage(one) for one in passages if one["kept"]), key=lambda one: not one.terms))
    return QueryView(
        original=asked.get("original", ""),
        rewrites=tuple(map(_rewrite, asked.get("rewrites", ()))),
        tags=tuple(asked.get("tags", ())),
        common_names=tuple((one["said"], one["name"]) for one in asked.get("common_names", ())),
        excluded=tuple(dict.fromkeys(one["value"] for one in trace["query"].get("excluded") or ())),
        kept=kept[:MOST_SHOWN],
        further=kept[MOST_SHOWN:],
        dropped=tuple(_passage(one) for one in passages if not one["kept"]),
    )


def check_view(trace: Json) -> CheckView:
    """The stages of the product."""
    check = part(trace, "check")
    return CheckView(
        standard_name=check.get("standard_name", ""),
        tricks=tuple(_trick(one, trace["product"]["text"]) for one in check.get("tricks", ())),
        pictures=tuple(check.get("pictures", ())),
    )


def _rewrite(one: Json) -> RewriteView:
    kinds = {kind.value: kind.label for kind in RewriteKind}
    return RewriteView(
        worded(one["kind"], kinds), one["before"], one["after"], one["kept"], worded(one["why"], REASONS)
    )


def _trick(one: Json, title: str) -> TrickView:
    return TrickView(
        words=title[one["start"] : one["end"]] or one["value"],
        attribute=Attribute(one["attribute"]),
        value=one["value"],
        why=worded(one["kind"], TRICKS),
        against=one["against"],
    )


def _passage(one: Json) -> PassageView:
    return PassageView(
        document=one["document"],
        title=one["title"],
        source=one["source"],
        dated=_day(one["dated"]),
        heading=one["heading"],
        excerpt=one["excerpt"],
        why=worded(one["why"], PASSAGES),
        detail=_detail(one["detail"]),
        terms=tuple(one["terms"]),
    )


def _detail(text: str) -> str:
    """What dropped a passage, an attribute in words in front: `core_name:阿胶` is the core name 阿胶."""
    name, colon, value = text.partition(":")
    return f"{_(Attribute(name).label)} {value}" if colon and name in set(Attribute) else text


def _day(text: str) -> date | None:
    """An ISO date, or None where there is none or it can't be read."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
