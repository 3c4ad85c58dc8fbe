"""A benchmark release as its page shows it: manifest and datasheet in words and charts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from annotation.category_names import category_name
from annotation.charts import Series, bars
from annotation.datasheet import LEAST_IN_CATEGORY, LIMITS, SETTLED, SMALL_CATEGORIES, settled
from annotation.drift import OTHERS, Finding, Share
from annotation.enums import LabelKind
from annotation.models import BenchmarkRelease, ReleasedPair
from annotation.selectors.benchmark_drift import PIECES, RecentDrift
from rules.engine.attributes import CLASS_LABELS, Level, LevelClass, gettext_noop

MOST_CATEGORIES = 20
MOST_PEOPLE = 20
MOST_SHARES = 10
FIGURES = {
    "percent": gettext_noop("two people say the same"),
    "fleiss": gettext_noop("Fleiss' kappa"),
    "alpha": gettext_noop("Krippendorff's alpha, ordered"),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A value in words, how often it occurs and its share."""

    words: str
    count: int
    share: float
    look: str = ""
    wanted: float | None = None


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure of agreement on four levels, or in three classes."""

    words: str
    levels: Mapping[str, float | None]
    classes: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class ShownDatasheet:
    """The datasheet in words."""

    levels: list[Counted]
    classes: list[Counted]
    kinds: list[Counted]
    overlap: list[Counted]
    guidelines: list[Counted]
    categories: list[Counted]
    more_categories: int
    is_wanted: bool
    category_chart: SafeString | None
    agreement: list[ShownFigure]
    pairs_agreed_on: int
    people: list[Mapping[str, Any]]
    more_people: int
    hard: list[Counted]
    hard_rows: int
    hard_split: int
    limits: list[tuple[str, int]]
    labelled: Mapping[str, str]
    settings: Mapping[str, Any]


def datasheet_shown(release: BenchmarkRelease) -> ShownDatasheet:
    """The datasheet of a release in words."""
    sheet, rows = release.datasheet, release.manifest["rows"]
    categories = categories_shown(sheet["categories"], sheet.get("quotas", {}), rows)
    agreed = sheet["agreement"]
    return ShownDatasheet(
        levels=levels(sheet["levels"], rows),
        classes=[counted_one(_(CLASS_LABELS[one]), sheet["classes"].get(one.value, 0), rows) for one in LevelClass],
        kinds=kinds(sheet.get("settled") or release.manifest["kinds"], rows),  # one cut earlier has only kinds
        overlap=[counted_one(overlap_words(name), count, rows) for name, count in in_numbers(sheet["overlap"])],
        guidelines=[counted_one(guideline_words(name), count, rows) for name, count in in_numbers(sheet["guidelines"])],
        categories=categories[:MOST_CATEGORIES],
        more_categories=max(0, len(categories) - MOST_CATEGORIES),
        is_wanted=bool(sheet.get("quotas")),
        category_chart=category_chart(categories),
        agreement=[
            ShownFigure(_(words), agreed["levels"][name], agreed["classes"][name]) for name, words in FIGURES.items()
        ],
        pairs_agreed_on=agreed["levels"]["pairs"],
        people=sheet["people"][:MOST_PEOPLE],
        more_people=max(0, len(sheet["people"]) - MOST_PEOPLE),
        hard=levels(sheet["hard"]["levels"], sheet["hard"]["rows"]),
        hard_rows=sheet["hard"]["rows"],
        hard_split=sheet["hard"]["split"],
        limits=limits(sheet["limits"]),
        labelled={end: day_of(moment) for end, moment in sheet["labelled"].items()},
        settings=sheet["settings"],
    )


def day_of(moment: str) -> str:
    """The day of a moment in files, where the reader is; empty for none."""
    return f"{timezone.localtime(datetime.fromisoformat(moment)):%Y-%m-%d}" if moment else ""


def counted_one(words: str, count: int, rows: int, look: str = "") -> Counted:
    """One value with its share."""
    return Counted(words, count, count / rows if rows else 0, look)


def categories_shown(counts: Mapping[str, int], quotas: Mapping[str, float], rows: int) -> list[Counted]:
    """Categories with their shares and those that were wanted, the most frequent first, those without one last."""
    both = {name: counts.get(name, 0) for name in counts.keys() | quotas.keys()}
    ordered = sorted(both.items(), key=lambda one: (not one[0], -one[1], one[0]))
    found = [
        (name, counted_one(category_name(name) or _("without a category"), count, rows)) for name, count in ordered
    ]
    return [replace(one, wanted=quotas.get(name)) for name, one in found]


def levels(counts: Mapping[str, int], rows: int) -> list[Counted]:
    """The four levels, each in its colour."""
    return [counted_one(_(one.label), counts.get(one.value, 0), rows, f"level-{one.value}") for one in Level]


def kinds(counts: Mapping[str, int], rows: int) -> list[Counted]:
    """How labels came about, the most frequent way first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [counted_one(kind_words(name), count, rows) for name, count in ordered]


def in_numbers(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Counts by a number that is a key of JSON, in the order of the numbers."""
    return sorted(counts.items(), key=lambda one: int(one[0] or 0))


def overlap_words(number: str) -> str:
    """How many people a pair was labelled by."""
    if number == "0":
        return _("not known")
    return _("by 1 person") if number == "1" else _("by %(n)s people") % {"n": number}


def guideline_words(number: str) -> str:
    """Which guideline a label was given under."""
    return _("guideline %(number)s") % {"number": number} if number else _("none written down")


def category_chart(categories: Sequence[Counted]) -> SafeString | None:
    """The shares of the categories as bars; nothing where there is but one."""
    if len(categories) < 2:
        return None
    shown = categories[:MOST_CATEGORIES]
    title = _("Share of pairs, by category")
    series = [Series(_("in the release"), [one.share for one in shown])]
    if any(one.wanted is not None for one in shown):
        series.append(Series(_("wanted"), [one.wanted or 0 for one in shown]))
    return bars([one.words for one in shown], series, title=title)


def limits(found: Mapping[str, int]) -> list[tuple[str, int]]:
    """What the release lacks, with how many pairs do; at the end how many categories are too small."""
    said = [(_(one.words), found[one.name]) for one in LIMITS if one.name in found]
    if count := found.get(SMALL_CATEGORIES):
        said.append((_("categories of fewer than %(n)s pairs") % {"n": LEAST_IN_CATEGORY}, count))
    return said


def drift_chart(found: RecentDrift) -> SafeString | None:
    """What moved most, in the release and lately."""
    shares = moved(found)
    if not shares:
        return None
    names = [feature_words(found, share.name) for share in shares]
    series = [
        Series(_("in the release"), [share.released for share in shares]),
        Series(_("in the last %(n)s days") % {"n": found.days}, [share.recent for share in shares]),
    ]
    return bars(names, series, title=_("Share of queries"))


def feature_words(found: RecentDrift, name: str) -> str:
    """A category in the language of the page, or a piece as it is."""
    return (name if found.by == PIECES else category_name(name)) or _("others")


def moved(found: RecentDrift) -> list[Share]:
    """The features furthest apart; the others only where they are told by category, and are any."""
    shares = [share for share in found.drift.shares if share.released or share.recent]
    named = [share for share in shares if share.name != OTHERS or found.by != PIECES]
    return named[:MOST_SHARES]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as its line has it, with how and on which day its label came about, and the votes in words."""

    row: ReleasedPair
    said: Mapping[str, Any]
    kind: str
    day: str
    votes: list[str]


def row_shown(row: ReleasedPair) -> ShownRow:
    """A row in words."""
    said = json.loads(row.line)
    kind = kind_words(settled(said["label"]["kind"], said["votes"]))
    return ShownRow(row, said, kind, day_of(said["label"]["at"]), [level_words(vote) for vote in said["votes"]])


def kind_words(kind: str) -> str:
    """How a label came about; one that is not known as it is."""
    if kind in SETTLED:
        return _(SETTLED[kind])
    return str(LabelKind(kind).label) if kind in LabelKind.values else kind


def level_words(level: str) -> str:
    """A level in words; one that is not known as it is."""
    return _(Level(level).label) if level in list(Level) else level


def finding_words(finding: Finding) -> str:
    """What a comparison with recent queries says."""
    return {
        Finding.TOO_FEW: _("Too few queries to tell."),
        Finding.ALIKE: _("No difference shows that chance would not make."),
        Finding.DRIFTED: _("Shoppers ask for other things now than this release holds."),
    }[finding]
