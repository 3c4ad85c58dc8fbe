"""What the pages of bad cases read of a request."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from annotation.enums import Severity
from annotation.models.benchmark import LEVELS
from annotation.services.triage import LONGEST_NOTE

BIGGEST_ID = 2**53
MOST_QUERY, MOST_TITLE = 200, 500
"""Characters of a pair that somebody names."""
NAMELESS = ("", "")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks to be done: `deed` (and `value`, for some) to `cases`, with what was typed beside.

    `seen` are the editions that the person looked at, by case. `current` is the case that is open, 0 for none.
    """

    deed: str
    value: str
    cases: tuple[int, ...]
    current: int
    seen: dict[int, int]
    note: str
    why: str
    into: int
    proposal: int
    rule: int
    entry: str

    @classmethod
    def of(cls, said: QueryDict) -> "Asked":
        """What a form says; the marked cases, or the open one where none is marked. Nonsense is left out."""
        deed, _colon, value = said.get("do", "").partition(":")
        current = number(said.get("current"))
        marked = tuple(dict.fromkeys(pk for pk in map(number, said.getlist("cases")) if pk))
        return cls(
            deed=deed,
            value=value,
            cases=marked or ((current,) if current else ()),
            current=current,
            seen=editions(said.getlist("seen")),
            note=said.get("note", "").replace("\r\n", "\n"),
            why=said.get("why", "").strip(),
            into=number(said.get("into")),
            proposal=number(said.get("proposal")),
            rule=number(said.get("rule")),
            entry=said.get("entry", "").strip(),
        )


def number(said: str | None) -> int:
    """An id as somebody wrote it, with or without its #; 0 for anything else."""
    text = (said or "").strip().lstrip("#Rr")
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 17 else 0
    return found if found < BIGGEST_ID else 0


def editions(said: list[str]) -> dict[int, int]:
    """Editions as a page keeps them, `12:3`, by case."""
    found = {}
    for one in said:
        case, _colon, edition = one.partition(":")
        if number(case) and number(edition):
            found[number(case)] = number(edition)
    return found


class ReportForm(forms.Form):
    """A bad case as a person reports it. The pair is named by its id, or by its texts where nothing is stored."""

    pair = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_ID, widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=MOST_QUERY, widget=forms.HiddenInput)
    title = forms.CharField(required=False, max_length=MOST_TITLE, widget=forms.HiddenInput)
    given = forms.ChoiceField(required=False, choices=[("", "–"), *LEVELS], widget=forms.HiddenInput)
    place = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    severity = forms.ChoiceField(label=_("How harmful"), required=False, choices=Severity.choices)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )
    expected = forms.ChoiceField(required=False, choices=[("", _("I don't know")), *LEVELS])

    def __init__(self, *args: Any, **settings: Any) -> None:
        """The pair is asked for where nothing says which it is."""
        super().__init__(*args, **settings)
        said = self.data if self.is_bound else self.initial
        if not said.get("pair") and not (said.get("query") and said.get("title")):
            self.fields["query"] = forms.CharField(label=_("What was searched for"), max_length=MOST_QUERY)
            self.fields["title"] = forms.CharField(label=_("Title of the product"), max_length=MOST_TITLE)

    def clean(self) -> dict[str, Any]:
        """A report is about a pair."""
        said = super().clean() or {}
        if not said.get("pair") and not (said.get("query") and said.get("title")):
            raise forms.ValidationError(_("Say which query and which product this is about."))
        return said | {"severity": int(said.get("severity") or 0)}


class ViewForm(forms.Form):
    """A filter to be kept under a name."""

    name = forms.CharField(label=_("Name of the view"), max_length=80)
    shared = forms.BooleanField(label=_("for everybody"), required=False)
