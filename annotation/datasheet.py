"""The datasheet of a benchmark release: who labelled it, how, how far they agreed, what is in it, what it lacks. Pure.

What it says follows Gebru et al., Datasheets for Datasets (2021), as far as it can be counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.agreement import CLASSES, LEVELS, Agreement, Figure, agreement_of, in_classes
from annotation.manifest import Row, counted
from annotation.sampling import scaled
from rules.engine.attributes import Level, gettext_noop

LEAST_IN_CATEGORY = 30
"""With fewer rows than this, accuracy in a category is not told apart by less than some twenty points."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that rows of a release may lack. `words` is the key of the translation."""

    name: str
    words: str
    holds: Callable[[Row], bool]


LIMITS = (
    Limit(
        "imported",
        gettext_noop("imported or pinned, not labelled here"),
        lambda row: row.label.kind == "given",
    ),
    Limit(
        "one_person",
        gettext_noop("labelled by one person only"),
        lambda row: row.label.kind != "given" and len(row.label.answers) == 1,
    ),
    Limit(
        "no_guideline",
        gettext_noop("labelled without a written guideline"),
        lambda row: row.label.kind != "given" and row.label.guideline is None,
    ),
    Limit("no_category", gettext_noop("without a category"), lambda row: not row.category),
    Limit("no_image", gettext_noop("without a photograph of the product"), lambda row: not row.images),
)
SMALL_CATEGORIES = "small_categories"
SETTLED = {
    "unanimous": gettext_noop("everybody gave this level"),
    "level_majority": gettext_noop("all in one class; the level that most gave"),
    "lower": gettext_noop("all in one class, levels equally often; the lower one"),
    "class_majority": gettext_noop("classes differed; the one of more than half"),
    "alone": gettext_noop("given by one person"),
    "ruling": gettext_noop("ruled on"),
    "given": gettext_noop("imported or pinned"),
}
"""How a level came to count. The values are the keys of the translations."""


def datasheet_of(
    rows: Sequence[Row], *, settings: Mapping[str, object], quotas: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """The datasheet as plain JSON values.

    `settings`: how pairs were given out, as it stands; `quotas`: the shares that the categories were to have (as in
    Table 3 of the paper), in whatever measure.
    """
    wanted = scaled(quotas or {})
    return {
        "settings": dict(settings),
        "people": people(rows),
        "overlap": overlap(rows),
        "settled": counted(settled(row.label.kind, row.votes) for row in rows),
        "guidelines": guidelines(rows),
        "agreement": agreement(rows),
        "levels": {level.value: sum(row.level == level for row in rows) for level in Level},
        "classes": counted(Level(row.level).level_class for row in rows),
        "categories": counted(row.category for row in rows),
        "quotas": {name: share / sum(wanted.values()) for name, share in wanted.items()},
        "category_levels": category_levels(rows),
        "hard": hard(rows),
        "labelled": labelled_between(rows),
        "limits": limits(rows),
    }


def people(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Who gave how many of the answers, and who ruled on how many pairs; who did most first."""
    answered = Counter(answer.by for row in rows for answer in row.label.answers)
    ruled = Counter(row.label.by for row in rows if row.label.kind == "ruling")
    found = [{"by": by, "answers": answered[by], "rulings": ruled[by]} for by in answered.keys() | ruled.keys()]
    return sorted(found, key=lambda one: (-one["answers"], -one["rulings"], one["by"]))


def overlap(rows: Iterable[Row]) -> dict[str, int]:
    """How many rows so many people answered, by their number; imported votes count."""
    counts = Counter(len(row.label.answers) or len(row.votes) for row in rows)
    return {str(number): counts[number] for number in sorted(counts)}


def settled(kind: str, votes: Sequence[str]) -> str:
    """How a level came to count, a key of `SETTLED`; a kind of label that is none of them as it is."""
    if kind != "agreed":
        return kind
    given = Counter(Level(vote) for vote in votes)
    if len(given) < 2:
        return "unanimous" if len(votes) > 1 else "alone"
    if len({level.level_class for level in given}) > 1:
        return "class_majority"
    most = max(given.values())
    return "lower" if list(given.values()).count(most) > 1 else "level_majority"


def guidelines(rows: Iterable[Row]) -> dict[str, int]:
    """How many labels were given under each version of the guideline; the empty one is none."""
    return counted(str(row.label.guideline or "") for row in rows)


def agreement(rows: Sequence[Row]) -> dict[str, Any]:
    """How far the people agreed, on four levels and in three classes."""
    ratings = {place: answers_by(row) for place, row in enumerate(rows)}
    ratings = {place: given for place, given in ratings.items() if given}
    return {
        "levels": figures(agreement_of(ratings, LEVELS)),
        "classes": figures(agreement_of(in_classes(ratings), CLASSES)),
    }


def answers_by(row: Row) -> dict[str, str]:
    """The levels that people gave, by who gave them; imported votes by their place, which names nobody."""
    if row.label.answers:
        return {answer.by: answer.level for answer in row.label.answers}
    return {f"#{place}": level for place, level in enumerate(row.votes)}


def figures(found: Agreement) -> dict[str, Any]:
    """Figures of agreement as plain values."""
    return {
        "pairs": found.items,
        "people": found.raters,
        "percent": figure(found.percent),
        "fleiss": figure(found.fleiss),
        "alpha": figure(found.alpha),
    }


def figure(found: Figure) -> dict[str, float | None]:
    """One figure as plain values."""
    interval = found.interval
    return {
        "value": found.value,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


def category_levels(rows: Iterable[Row]) -> dict[str, dict[str, int]]:
    """The levels of each category."""
    found: dict[str, Counter[str]] = {}
    for row in rows:
        found.setdefault(row.category, Counter())[row.level] += 1
    return {name: dict(counts) for name, counts in sorted(found.items())}


def hard(rows: Iterable[Row]) -> dict[str, Any]:
    """The hard rows: how many, how many of them because people differed, and their levels."""
    found = [row for row in rows if row.hard]
    return {
        "rows": len(found),
        "split": sum(is_split(row) for row in found),
        "levels": counted(row.level for row in found),
        "kinds": counted(row.label.kind for row in found),
    }


def is_split(row: Row) -> bool:
    """Whether the people who were asked said different levels."""
    return len(set(row.votes)) > 1


def labelled_between(rows: Iterable[Row]) -> dict[str, str]:
    """When the first and the last label was given."""
    moments = [row.label.at for row in rows if row.label.at]
    return {"first": min(moments, default=""), "last": max(moments, default="")}


def limits(rows: Sequence[Row]) -> dict[str, int]:
    """What the release lacks, with how many rows do; nothing that no row lacks."""
    found = {limit.name: sum(map(limit.holds, rows)) for limit in LIMITS}
    sizes = Counter(row.category for row in rows if row.category)
    found[SMALL_CATEGORIES] = sum(size < LEAST_IN_CATEGORY for size in sizes.values())
    return {name: count for name, count in found.items() if count}
