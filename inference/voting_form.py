"""What an address says of a vote: the runs that vote, and which of the pairs are shown."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from annotation.category_names import category_name
from inference.selectors.voting import MOST, RIGHT, UNDECIDED, WRONG, BallotFilter, Vote, categories_of
from inference.voting import Standing
from rules.engine.attributes import LevelClass

ALL = "all"
"""Every pair; an address that says nothing asks for the split ones."""
CHECKED = [("yes", "yes")]


class VoteFilter(forms.Form):
    """Which pairs are shown. What it doesn't understand is left out."""

    standing = forms.ChoiceField(required=False, choices=[(one, one) for one in (*(s.value for s in Standing), ALL)])
    against = forms.ChoiceField(required=False, choices=[(one, one) for one in (RIGHT, WRONG, UNDECIDED)])
    label = forms.ChoiceField(required=False, choices=[(one.value, one.value) for one in LevelClass])
    category = forms.CharField(required=False, max_length=40)
    hard = forms.ChoiceField(required=False, choices=CHECKED)

    @property
    def wanted(self) -> BallotFilter:
        """The filter that the address amounts to."""
        self.is_valid()
        said = self.cleaned_data
        standing = said.get("standing") or Standing.SPLIT.value
        return BallotFilter(
            standing="" if standing == ALL else standing,
            against=said.get("against", ""),
            label=said.get("label", ""),
            category=said.get("category", ""),
            hard=bool(said.get("hard")),
        )


def runs_chosen(said: QueryDict) -> list[int]:
    """The runs that an address names, each once, one more at most than can vote."""
    named = (value for value in said.getlist("run") if value.isascii() and value.isdecimal() and len(value) < 19)
    return list(dict.fromkeys(map(int, named)))[: MOST + 1]


def tabs(vote: Vote, wanted: BallotFilter) -> list[dict[str, Any]]:
    """How the judges may stand, with how many pairs there are of each."""
    part = vote.report.everyone
    words = [
        (Standing.SPLIT.value, _("Split"), part.split.part),
        (Standing.UNANIMOUS.value, _("Unanimous"), part.unanimous.part),
        (Standing.INCOMPLETE.value, _("Incomplete"), part.incomplete.part),
        (ALL, _("All"), part.pairs),
    ]
    current = wanted.standing or ALL
    return [{"value": value, "word": word, "count": n, "current": value == current} for value, word, n in words]


def facets(vote: Vote, wanted: BallotFilter) -> list[dict[str, Any]]:
    """The filters beside the standing, with what there is to choose from."""
    against = [(RIGHT, _("right")), (WRONG, _("wrong")), (UNDECIDED, _("undecided"))]
    classes = [(one.value, _(one.label)) for one in LevelClass]
    categories = [(name, category_name(name)) for name in categories_of(vote.ballots) if name]
    return [
        _facet("against", _("The vote against the label"), against, wanted.against),
        _facet("label", _("Label"), classes, wanted.label),
        _facet("category", _("Category"), categories, wanted.category),
        _facet("hard", _("Hard"), [("yes", _("yes"))], "yes" if wanted.hard else ""),
    ]


def _facet(name: str, label: str, choices: Sequence[tuple[str, str]], current: str) -> dict[str, Any]:
    return {"name": name, "label": label, "choices": choices, "current": current}
