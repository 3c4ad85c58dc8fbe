"""Chips, times, labels and links that every page shares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from django import template
from django.core.paginator import Page
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import get_language, gettext, gettext_noop, pgettext

from rules.engine.attributes import Attribute, Level, LevelClass, Side
from rules.engine.rule import EffectKind, Operator

register = template.Library()

NAMES: dict[str, type[Enum]] = {
    "level": Level,
    "class": LevelClass,
    "attribute": Attribute,
    "operator": Operator,
    "effect": EffectKind,
}
SIDES = {
    Side.QUERY: gettext_noop("query"),
    Side.PRODUCT: gettext_noop("product"),
    Side.BOTH: gettext_noop("both sides"),
}
DELTAS = {
    "fixed": gettext_noop("fixed"),
    "broken": gettext_noop("broken"),
    "changed": gettext_noop("changed"),
    "same": gettext_noop("same"),
    "undecided": gettext_noop("undecided"),
}
STATE_LOOKS = {
    "running": "is-running",
    "waiting": "is-running",
    "draft": "is-draft",
    "finished": "is-done",
    "done": "is-done",
    "published": "is-done",
    "in_review": "is-running",
    "approved": "is-done",
    "scheduled": "is-done",
    "passed": "is-done",
    "failed": "is-broken",
    "underpowered": "is-changed",
    "refused": "is-broken",
    "cancelled": "is-stopped",
    "works": "is-done",
    "unbound": "is-changed",
    "unknown": "is-broken",
    "withdrawn": "is-stopped",
    "new": "is-running",
    "triaged": "is-running",
    "in_proposal": "is-changed",
    "fixed": "is-done",
    "verified": "is-done",
    "regressed": "is-broken",
    "declined": "is-stopped",
    "duplicate": "is-stopped",
}
PLACES = (
    ("home", "home", gettext_noop("Home"), "h"),
    ("cases", "annotation:cases", gettext_noop("Bad cases"), "b"),
    ("rules", "rules:library", gettext_noop("Rules"), "r"),
    ("proposals", "rules:proposals", gettext_noop("Proposals"), "p"),
    ("runs", "inference:runs", gettext_noop("Runs"), "u"),
    ("benchmarks", "annotation:benchmarks", gettext_noop("Benchmarks"), "e"),
    ("knowledge", "inference:knowledge", gettext_noop("Knowledge"), "k"),
    ("products", "annotation:products", gettext_noop("Products"), "o"),
    ("imports", "annotation:imports", gettext_noop("Imports"), "i"),
    ("models", "inference:configurations", gettext_noop("Models"), "m"),
    ("try", "inference:try", gettext_noop("Try it"), "t"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail."""

    icon: str
    url: str
    label: str
    key: str
    current: bool


@register.simple_tag(takes_context=True)
def places(context: Context) -> list[Place]:
    """The entries of the rail; one whose address does not exist is left out."""
    path = context["request"].path
    found = [(icon, address(name), label, key) for icon, name, label, key in PLACES]
    known = [entry for entry in found if entry[1]]
    here = max((url for _, url, _, _ in known if is_within(path, url)), key=len, default="")
    return [Place(icon, url, gettext(label), key, url == here) for icon, url, label, key in known]


def address(name: str) -> str:
    """The path of a named page, or nothing where there is none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def is_within(path: str, url: str) -> bool:
    """Whether `path` is `url` or lies below it; everything would lie below the home page."""
    return path == url if url == "/" else path.startswith(url)


@register.inclusion_tag("_components/level_chip.html")
def level_chip(level: str | None, failure: str = "", large: bool = False) -> dict[str, object]:
    """A level (or a class) as a coloured word. `failure` marks a failed judgment; neither: not labelled."""
    if failure:
        return {"kind": "failed", "word": gettext("failed"), "rank": None, "large": large, "why": failure}
    if not level:
        return {"kind": "none", "word": gettext("no label"), "rank": None, "large": large}
    kind = str(getattr(level, "value", level))
    return {"kind": kind, "word": level_word(kind), "rank": LEVEL_BARS.get(kind), "large": large}


LEVEL_BARS = {level.value: level.rank for level in Level}


@register.filter
def level_word(level: str) -> str:
    """The translated name of a level or a class."""
    known = {member.value: member.label for kind in (LevelClass, Level) for member in kind}
    return gettext(known[level]) if level in known else level


@register.inclusion_tag("_components/effect_chip.html")
def effect_chip(kind: str, level: str | None = None, attributes: Iterable[str] = ()) -> dict[str, object]:
    """An effect as a coloured word, with the level or the attributes it names."""
    return {"kind": str(kind), "word": label(kind, "effect"), "level": level, "attributes": list(attributes or ())}


@register.inclusion_tag("_components/delta_chip.html")
def delta_chip(kind: str) -> dict[str, object]:
    """What a comparison says of a pair: fixed, broken, changed, same or undecided."""
    return {"kind": str(kind), "word": gettext(DELTAS.get(str(kind), str(kind)))}


@register.inclusion_tag("_components/state_chip.html")
def state_chip(state: str, word: str = "") -> dict[str, object]:
    """The state of a run, an import or a proposal; pass its translated `word` (get_state_display)."""
    return {"look": STATE_LOOKS.get(str(state), ""), "word": word or str(state)}


@register.filter
def label(value: object, kind: str = "") -> str:
    """The translated name of a member of an engine enum; for a plain value, `kind` says of which."""
    if not value:
        return ""
    member = value
    if kind == "side" or isinstance(value, Side):
        return gettext(SIDES[Side(str(value))])
    if kind and not isinstance(value, NAMES[kind]):
        try:
            member = NAMES[kind](str(value))
        except ValueError:
            return str(value)
    text = getattr(member, "label", str(member))
    return gettext(str(text)) if text else ""


@register.simple_tag
def ago(moment: datetime | None) -> SafeString | str:
    """A time as people say it, with the exact one on hover."""
    if moment is None:
        return "–"
    exact = formats.date_format(timezone.localtime(moment), "Y-m-d H:i:s")
    stamp = moment.astimezone(UTC).isoformat(timespec="seconds")
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, exact, elapsed(moment))


def elapsed(moment: datetime) -> str:
    """How long ago, in the largest unit."""
    if (timezone.now() - moment).total_seconds() < 60:
        return pgettext("time", "just now")
    return gettext("%(age)s ago") % {"age": timesince(moment, depth=1)}


@register.simple_tag(takes_context=True)
def query_replace(context: Context, **changes: object) -> str:
    """The address's query with some parameters replaced; one that is empty or None is dropped."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.filter
def percent(share: float | None, digits: int = 1) -> str:
    """A share of one as a percentage; a dash where there is none."""
    if share is None:
        return "–"
    return f"{formats.number_format(round(share * 100, digits), digits)}%"  # it cuts off what is not rounded


@register.filter
def interval(found: Any) -> str:
    """The low and high end of an interval of shares, as percentages."""
    low, high = (formats.number_format(round(share * 100, 1), 1) for share in (found.low, found.high))
    return f"{low}–{high}%"


@register.filter
def points(share: float | None) -> str:
    """A difference of two shares in points of a hundred, with its sign; a dash where there is none."""
    if share is None:
        return "–"
    rounded = round(share * 100, 1)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{formats.number_format(abs(rounded), 1)}"


@register.filter
def get(mapping: Mapping[Any, Any], key: object) -> object:
    """`mapping[key]`, or nothing."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def bracketed(words: object) -> str:
    """Words in the brackets of the language."""
    return gettext("(%(words)s)") % {"words": words}


@register.filter
def person(user: Any) -> str:
    """How a person is called on a page; the system where there is nobody."""
    return (user.get_full_name() or user.get_username()) if user else gettext("the system")


@register.simple_tag
def in_chinese() -> bool:
    """Whether the page is being written in Chinese."""
    return (get_language() or "").startswith("zh")


@register.simple_tag
def bar_width(value: float, most: float, width: int = 100) -> str:
    """The length of a bar: `value` of `most` on a scale of `width`, never so short that it vanishes."""
    if not most or not value:
        return "0"
    return f"{max(width * value / most, 0.5):.2f}"


@register.simple_tag
def page_numbers(page: Page[Any]) -> Iterable[int | str]:
    """The page numbers worth a link, with gaps."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
