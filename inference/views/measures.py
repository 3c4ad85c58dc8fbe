"""The tables of the paper as a page lays them out, with their charts."""

from django.utils.translation import gettext as _

from annotation.category_names import category_name
from annotation.charts import Series, bars, columns
from inference.measures import Measures
from inference.models import Run
from inference.selectors.measures import measures
from inference.tables import class_lines


def measures_context(run: Run) -> dict[str, object]:
    """What `inference/_measures.html` shows of a run that has ended; nothing where no pair has a label."""
    found = measures(run)
    if not found.scores.pairs:
        return {}
    return {
        "measures": found,
        "overall": [(_("All pairs"), found.scores), (_("Hard pairs"), found.hard)],
        "hard_lines": class_lines(found.hard),
        "categories": [(category_name(name), scores) for name, scores in found.categories.items()],
        "category_chart": category_chart(found),
        "reliability_chart": reliability_chart(found),
    }


def category_chart(found: Measures) -> str:
    """Accuracy and macro F1 of every category."""
    scores = found.categories.values()
    series = [
        Series(_("Accuracy"), [one.accuracy for one in scores]),
        Series(_("Macro F1"), [one.macro_f1 for one in scores]),
    ]
    labels = [category_name(name) for name in found.categories]
    return bars(labels, series, title=_("Accuracy and macro F1 by category of the product"))


def reliability_chart(found: Measures) -> str:
    """The share right beside the mean confidence; nothing where judgments have no confidence."""
    if not found.reliability:
        return ""
    series = [
        Series(_("Share right"), [one.share for one in found.reliability]),
        Series(_("Mean confidence"), [one.confidence for one in found.reliability]),
    ]
    labels = [f"{100 * one.low:.0f}–{100 * one.high:.0f}%" for one in found.reliability]
    return columns(labels, series, title=_("Share of right judgments by confidence"))
