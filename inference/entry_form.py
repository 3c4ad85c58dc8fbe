"""The form of a knowledge entry, one control a field of its record, and the filter of the list of entries."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotation.category_names import category_name
from inference.enums import EntryOrigin
from inference.knowledge.faults import Names
from inference.knowledge.overlay import Content
from inference.knowledge.records import Kind
from inference.knowledge.schema import FIELDS, Field
from inference.selectors.shelf import FACETS, WITHDRAWN, Wanted

SEPARATORS = re.compile(r"[|\r\n]+")
LONGEST = 20_000
MOST_LINES = 8


class EntryForm(forms.Form):
    """What an entry is to say, with the reason. `expected_number` is the version that was edited."""

    expected_number = forms.IntegerField(min_value=0, initial=0, required=False, widget=forms.HiddenInput)
    over = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    """The version of somebody else's that is knowingly written over."""
    name = forms.CharField(label=_("Name"), max_length=1000, strip=False)
    source = forms.CharField(
        label=_("Source"),
        max_length=1000,
        help_text=_("Where this comes from: a leaflet, a guideline, a reference."),
    )
    note = forms.CharField(label=_("Why"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, kind: Kind, *args: Any, new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if not new:
            del self.fields["name"]
        for field in FIELDS[kind]:
            self.fields[field.name] = form_field(field)

    def facts(self) -> list[forms.BoundField]:
        """The fields of the entry's record."""
        return [self[field.name] for field in FIELDS[self.kind]]

    def content(self) -> dict[str, Any]:
        """What the fields of the record say, whether the rest of the form is complete or not."""
        return {field.name: said(self.data.get(field.name, ""), field) for field in FIELDS[self.kind]}

    def number(self) -> int:
        """The version that what was typed is to follow."""
        data = self.cleaned_data
        number = data.get("over") if data.get("over") is not None else data.get("expected_number")
        return int(number or 0)

    def refuse(self, refusal: ValidationError) -> None:
        """Show what a service refused at the fields that it speaks of."""
        said = refusal.message_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.messages}
        for name, messages in said.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


def form_field(field: Field) -> forms.CharField:
    """The control of one field of a record."""
    label, told = gettext(field.label), gettext(field.help) if field.help else ""
    if not field.many:
        line = forms.TextInput(attrs={"list": f"known-{field.name}"} if is_offered(field) else {})
        return forms.CharField(label=label, required=False, max_length=1000, help_text=told, widget=line)
    control = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, required=False, max_length=LONGEST, widget=control, help_text=told)


def is_offered(field: Field) -> bool:
    """Whether the words that a field takes are few enough to be offered while one types."""
    return field.closed or (field.names is not None and not field.free)


def offered(kind: Kind, names: Names) -> dict[str, list[str]]:
    """The words to offer for each field of one word."""
    return {
        field.name: sorted(names.closed_words(kind, field.name) if field.closed else names.records(field.names or kind))
        for field in FIELDS[kind]
        if not field.many and is_offered(field)
    }


def said(text: str, field: Field) -> str | list[str]:
    """What was typed into a control, as its record has it."""
    if not field.many:
        return text.strip()
    return [word.strip() for word in SEPARATORS.split(text) if word.strip()]


def filled(kind: Kind, content: Content, number: int) -> EntryForm:
    """The form with what an entry says."""
    form = EntryForm(kind, initial={"expected_number": number, **typed(kind, content)})
    for bound in form.facts():
        lines = str(bound.value() or "").count("\n") + 1
        bound.field.widget.attrs["rows"] = min(max(lines, 2), MOST_LINES)
    return form


def typed(kind: Kind, content: Content) -> dict[str, str]:
    """What an entry says, as one would type it."""
    return {
        field.name: "\n".join(content.get(field.name) or ()) if field.many else content.get(field.name) or ""
        for field in FIELDS[kind]
    }


def posted(kind: Kind, data: QueryDict, *, new: bool = False) -> EntryForm:
    """The form with what was sent."""
    return EntryForm(kind, data, new=new)


class KnowledgeFilter(forms.Form):
    """The facets of a list of knowledge entries. What is not a choice is left out, so that an old link still opens."""

    q = forms.CharField(required=False, max_length=100)
    group = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False, choices=[*EntryOrigin.choices, (WITHDRAWN, _("withdrawn"))])
    names = forms.CharField(required=False, max_length=300)

    def __init__(self, data: Any, *, kind: Kind, groups: Iterable[str]) -> None:
        super().__init__(data)
        self.kind = kind
        in_words = category_name if FACETS.get(kind) == "category" else str
        self.groups = [(value, in_words(value)) for value in groups]
        self.fields["group"].choices = self.groups  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """What is looked for."""
        self.is_valid()
        return Wanted(*(str(self.cleaned_data.get(name, "")) for name in ("q", "group", "state", "names")))

    def facets(self) -> list[dict[str, Any]]:
        """The choices with the current ones, for the filter bar."""
        wanted = self.wanted()
        states = self.fields["state"].choices  # type: ignore[attr-defined]
        found = [{"name": "state", "label": gettext("Origin"), "choices": states, "current": wanted.state}]
        if self.groups:
            label = next(field.label for field in FIELDS[self.kind] if field.name == FACETS[self.kind])
            facet = {"name": "group", "label": gettext(label), "choices": self.groups, "current": wanted.group}
            found.insert(0, facet)
        return found
