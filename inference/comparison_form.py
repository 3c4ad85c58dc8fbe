"""The filters over the rows of a comparison, as an address names them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from annotation.category_names import category_name
from inference.models import Comparison
from inference.selectors.comparisons import FAILED, SHOWN, UNKNOWN, RowFilter
from rules.engine.attributes import LevelClass

RULES_LISTED = 100
"""Rules to choose from; of more the address can still name any."""
CHECKED = [("yes", "yes")]
SIDES = [(one, one) for one in (*(name.value for name in LevelClass), FAILED)]


class ComparisonFilter(forms.Form):
    """Which rows are shown. What it doesn't understand is left out."""

    change = forms.ChoiceField(required=False, choices=[(name, name) for name in SHOWN])
    category = forms.CharField(required=False, max_length=40)
    rule = forms.IntegerField(required=False, min_value=0, max_value=2**31)
    hard = forms.ChoiceField(required=False, choices=CHECKED)
    must_hold = forms.ChoiceField(required=False, choices=CHECKED)
    was = forms.ChoiceField(required=False, choices=SIDES)
    now = forms.ChoiceField(required=False, choices=SIDES)
    q = forms.CharField(required=False, max_length=200)

    @property
    def wanted(self) -> RowFilter:
        """The filter that the address amounts to."""
        self.is_valid()
        said = self.cleaned_data
        return RowFilter(
            change=said.get("change", ""),
            category=said.get("category", ""),
            rule=said.get("rule"),
            hard=bool(said.get("hard")),
            must_hold=bool(said.get("must_hold")),
            was=said.get("was", ""),
            now=said.get("now", ""),
            q=said.get("q", ""),
        )


def facets(comparison: Comparison, wanted: RowFilter) -> list[dict[str, Any]]:
    """The filters beside the change and the words, with what there is to choose from."""
    yes = [("yes", _("yes"))]
    sides = [*((one.value, _(one.label)) for one in LevelClass), (FAILED, _("failed"))]
    return [
        _facet("rule", _("Because of"), _rules(comparison, wanted), "" if wanted.rule is None else str(wanted.rule)),
        _facet("was", _("Before"), sides, wanted.was),
        _facet("now", _("After"), sides, wanted.now),
        _facet("category", _("Category"), _categories(comparison), wanted.category),
        _facet("hard", _("Hard"), yes, "yes" if wanted.hard else ""),
        _facet("must_hold", _("Must hold"), yes, "yes" if wanted.must_hold else ""),
    ]


def _facet(name: str, label: str, choices: list[tuple[str, str]], current: str) -> dict[str, Any]:
    return {"name": name, "label": label, "choices": choices, "current": current}


def _categories(comparison: Comparison) -> list[tuple[str, str]]:
    return [(name or UNKNOWN, category_name(name) if name else _("not known")) for name in comparison.categories]


def _rules(comparison: Comparison, wanted: RowFilter) -> list[tuple[str, str]]:
    """The rules behind the most rows, and the one chosen."""
    listed = list(comparison.rules)[:RULES_LISTED]
    if wanted.rule is not None and wanted.rule not in listed:
        listed.append(wanted.rule)
    counts, none = comparison.rules, _("no rule")
    return [(str(one), f"{f'R{one}' if one else none} ({counts.get(one, 0)})") for one in listed]
