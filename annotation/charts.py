"""Charts as SVG in the page: drawn by pygal, without its styles and scripts, which the Content-Security-Policy refuses.

The stylesheet of the application colours them, so that they are light or dark as the page is. What they say stands in
a table beside them too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10
from xml.etree import ElementTree

import pygal
from django.utils.safestring import SafeString, mark_safe
from pygal.style import Style

WIDTH, HEIGHT, LINES_HEIGHT = 640, 320, 290
LABEL, BAR = 12, 14
"""Pixels of the height of a chart that a label and each of its bars take."""
MARGINS = 90
MOST_LABELS = 10
"""Values along a line that have their label."""
TICKS = 4
QUARTERS = (0, 0.25, 0.5, 0.75, 1)
DROPPED = ("defs", "desc", "title")
STYLE = Style(label_font_size=14, major_label_font_size=14, value_font_size=13, legend_font_size=14)
"""What pygal leaves room for; the stylesheet sets the same sizes."""


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one colour, one for each label: shares of one, or numbers in lines; None where there is nothing."""

    name: str
    values: Sequence[float | None]


def bars(labels: Sequence[str], series: Sequence[Series], *, title: str) -> SafeString:
    """Horizontal bars of shares, the first label on top."""
    chart = _chart(
        pygal.HorizontalBar, many=len(series) > 1, height=MARGINS + (LABEL + BAR * len(series)) * len(labels)
    )
    chart.x_labels = list(reversed(labels))
    for one in series:
        chart.add(one.name, list(reversed(one.values)))
    return _drawn(chart, title)


def columns(labels: Sequence[str], series: Sequence[Series], *, title: str) -> SafeString:
    """Upright bars of shares, those of one label beside each other."""
    chart = _chart(pygal.Bar, many=len(series) > 1, height=HEIGHT, show_y_guides=True)
    chart.x_labels = list(labels)
    for one in series:
        chart.add(one.name, list(one.values))
    return _drawn(chart, title)


def lines(
    labels: Sequence[str], series: Sequence[Series], *, title: str, unit: str, along: str, up_to: int = 1
) -> SafeString:
    """Lines of numbers over time, from 0 up; at most three of them can be told apart.

    `unit` is what the numbers are of, `along` what the labels are, `up_to` how far they go at least.
    """
    values = [value for one in series for value in one.values if value]
    most = max([up_to, *values]) if up_to > 1 else max(values, default=1)
    ticks = whole_ticks(int(most)) if all(isinstance(value, int) for value in values) else None
    numbers = {"range": (0, most), "y_labels": ticks, "value_formatter": lambda value: f"{value:g}", "max_scale": 5}
    titles = {"y_title": unit, "x_title": along}
    chart = _chart(pygal.Line, many=len(series) > 1, height=LINES_HEIGHT, show_y_guides=True, **numbers, **titles)
    chart.x_labels = list(labels)
    for one in series:
        chart.add(one.name, list(one.values))
    return _drawn(chart, title)


def curves(labels: Sequence[str], series: Sequence[Series], *, title: str, along: str) -> SafeString:
    """Lines of shares against a value, which `along` names; of many values some have their label."""
    every = 1 + (len(labels) - 1) // MOST_LABELS
    thinned = {"x_labels_major_every": every, "show_minor_x_labels": False, "x_title": along}
    chart = _chart(pygal.Line, many=len(series) > 1, height=LINES_HEIGHT, show_y_guides=True, **thinned)
    chart.x_labels = list(labels)
    for one in series:
        chart.add(one.name, list(one.values))
    return _drawn(chart, title)


def whole_ticks(most: int) -> list[int]:
    """Some whole numbers from 0 to at least `most`, evenly apart."""
    rough = max(1, most / TICKS)
    scale = 10 ** floor(log10(rough))
    step = next(scale * nice for nice in (1, 2, 5, 10) if scale * nice >= rough)
    return list(range(0, most + step, step))


def _chart(kind: Callable[..., pygal.Graph], *, many: bool, **options: object) -> pygal.Graph:
    shares: dict[str, object] = {
        "range": (0, 1),
        "value_formatter": lambda share: f"{100 * share:.0f}%",
        "y_labels": QUARTERS,
    }
    return kind(
        width=WIDTH,
        js=[],
        no_prefix=True,
        style=STYLE,
        show_legend=many,
        legend_at_bottom=True,
        truncate_label=-1,
        truncate_legend=-1,
        margin_right=30,
        **(shares | options),
    )


def _drawn(chart: pygal.Graph, title: str) -> SafeString:
    """The chart as a picture with a text of its own. Every text in it was escaped when it was written out."""
    root = chart.render_tree()
    for parent in list(root.iter()):
        parent.attrib.pop("id", None)
        for child in list(parent):
            if not isinstance(child.tag, str) or _name(child) in DROPPED or "style" in child.attrib:
                parent.remove(child)
    root.attrib |= {"class": "chart", "role": "img", "aria-label": title}
    return mark_safe(ElementTree.tostring(root, encoding="unicode"))  # noqa: S308


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
