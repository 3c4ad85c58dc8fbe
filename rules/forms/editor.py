"""The rule editor's form: what was typed, as a `RuleContent` or as errors a field."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as pgettext

from rules.engine.attributes import Attribute, Level, Side
from rules.engine.check import (
    INSTRUCTION_LENGTH,
    MOST_CONDITIONS,
    MOST_EXAMPLES,
    PRODUCT_TITLE_LENGTH,
    QUERY_LENGTH,
    RATIONALE_LENGTH,
    SOURCE_LENGTH,
    TITLE_LENGTH,
)
from rules.engine.content import Example, RuleContent
from rules.engine.rule import ATTRIBUTED, LEVELLED, RELATIONAL, Condition, Effect, EffectKind, Operator

SEPARATORS = re.compile(r"[、,，;；\n\r]+")
MAX_ROWS = max(MOST_CONDITIONS, MOST_EXAMPLES)
SLOTS = {"level": "effect", "attributes": "effect", "valid_from": "validity", "valid_until": "validity"}
"""Fields whose errors the page says at another place than their own."""
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def named(kind: Iterable[Any]) -> list[tuple[str, Any]]:
    """The choices of an engine enum, worded when they are shown."""
    return [(member.value, gettext_lazy(member.label)) for member in kind]


SIDES = [
    (Side.QUERY.value, gettext_lazy("query")),
    (Side.PRODUCT.value, gettext_lazy("product")),
    (Side.BOTH.value, gettext_lazy("both sides")),
]
ATTRIBUTES = named(Attribute)
LEVELS = named(Level)


class ConditionForm(forms.Form):
    """One condition as a row. A row without attribute and values is not a condition yet."""

    side = forms.ChoiceField(label=gettext_lazy("side"), choices=SIDES, initial=Side.QUERY)
    attribute = forms.ChoiceField(
        label=gettext_lazy("attribute"), choices=[("", pgettext("attribute", "any words")), *ATTRIBUTES], required=False
    )
    operator = forms.ChoiceField(label=gettext_lazy("comparison"), choices=named(Operator), initial=Operator.IS)
    values = forms.CharField(
        label=gettext_lazy("values"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 1, "placeholder": " "}),
    )

    def condition(self) -> Condition | None:
        """What the row says, or None while it is blank."""
        data = self.cleaned_data
        values = split_values(data.get("values", ""))
        if not data.get("attribute") and not values:
            return None
        operator = Operator(data["operator"])
        attribute = None if operator is Operator.TEXT_CONTAINS else data["attribute"]
        side = Side.BOTH if operator in RELATIONAL else Side(data["side"])
        return Condition(side, operator, Attribute(attribute) if attribute else None, values)


class ExampleForm(forms.Form):
    """A pinned pair as a row. A row without query and title is not an example yet."""

    query = forms.CharField(label=gettext_lazy("query"), required=False, max_length=QUERY_LENGTH)
    title = forms.CharField(label=gettext_lazy("product title"), required=False, max_length=PRODUCT_TITLE_LENGTH)
    level = forms.ChoiceField(label=gettext_lazy("expected level"), choices=LEVELS, initial=Level.HIGHLY)

    def example(self) -> Example | None:
        """What the row says, or None while it is blank."""
        data = self.cleaned_data
        if not data.get("query") and not data.get("title"):
            return None
        return Example(data["query"], data["title"], Level(data["level"]))


class RuleForm(forms.Form):
    """Everything of a rule that is not a row."""

    edition = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    over = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    """The edition of somebody else's that is knowingly written over."""
    title = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=TITLE_LENGTH)
    effect = forms.ChoiceField(label=gettext_lazy("Effect"), choices=named(EffectKind), initial=EffectKind.ADVISE)
    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=[("", "–"), *LEVELS], required=False)
    attributes = forms.MultipleChoiceField(
        label=gettext_lazy("Attributes"), choices=ATTRIBUTES, required=False, widget=forms.CheckboxSelectMultiple
    )
    instruction = forms.CharField(
        label=gettext_lazy("Instruction"), required=False, max_length=INSTRUCTION_LENGTH, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What a model is told, in plain words."),
    )  # fmt: skip
    rationale = forms.CharField(
        label=gettext_lazy("Rationale"), required=False, max_length=RATIONALE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Why the rule is right."),
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("Source"), required=False, max_length=SOURCE_LENGTH,
        help_text=gettext_lazy("The label, guideline or reference it rests on."),
    )  # fmt: skip
    valid_from = forms.DateField(label=gettext_lazy("Valid from"), required=False, widget=DATE)
    valid_until = forms.DateField(label=gettext_lazy("Valid until"), required=False, widget=DATE)
    safety = forms.BooleanField(
        label=gettext_lazy("A matter of safety"), required=False,
        help_text=gettext_lazy("A wrong answer could hurt somebody, so that a change takes more approvals."),
    )  # fmt: skip

    def effect_said(self) -> Effect:
        """The effect with the level and the attributes that its kind reads, and no other."""
        data = self.cleaned_data
        kind = EffectKind(data["effect"])
        level = Level(data["level"]) if kind in LEVELLED and data["level"] else None
        attributes = tuple(Attribute(a) for a in data["attributes"]) if kind in ATTRIBUTED else ()
        return Effect(kind, level, attributes)


ConditionFormSet = formset_factory(ConditionForm, extra=0, max_num=MAX_ROWS, absolute_max=MAX_ROWS)
ExampleFormSet = formset_factory(ExampleForm, extra=0, max_num=MAX_ROWS, absolute_max=MAX_ROWS)


@dataclass(frozen=True, slots=True)
class EditorForm:
    """The three parts of the editor: the rule, its conditions, its examples."""

    rule: RuleForm
    conditions: "BaseFormSet[ConditionForm]"
    examples: "BaseFormSet[ExampleForm]"

    def is_valid(self) -> bool:
        """Whether what was typed can be read as a rule; whether that rule is sound is another question."""
        return all([self.rule.is_valid(), self.conditions.is_valid(), self.examples.is_valid()])

    def content(self) -> RuleContent:
        """What was typed. Ask `is_valid` first."""
        data = self.rule.cleaned_data
        return RuleContent(
            title=data["title"],
            conditions=tuple(c for row in self.conditions if (c := row.condition())),
            effect=self.rule.effect_said(),
            instruction=data["instruction"],
            rationale=data["rationale"],
            source=data["source"],
            examples=tuple(e for row in self.examples if (e := row.example())),
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            safety=data["safety"],
        )

    def row_numbers(self) -> dict[str, list[int]]:
        """For the conditions and the examples of the content: the row that each was typed in."""
        return {
            "conditions": [n for n, row in enumerate(self.conditions) if row.is_valid() and row.condition()],
            "examples": [n for n, row in enumerate(self.examples) if row.is_valid() and row.example()],
        }


def posted_editor(data: QueryDict) -> EditorForm:
    """The editor as it was sent."""
    editor = EditorForm(
        rule=RuleForm(data),
        conditions=ConditionFormSet(data, prefix="conditions"),
        examples=ExampleFormSet(data, prefix="examples"),
    )
    for form in (editor.rule, *editor.conditions, *editor.examples):
        link_errors(form)
    return editor


def link_errors(form: forms.Form) -> None:
    """Let each control name the place where the page says its errors."""
    for name, control in form.fields.items():
        place = f"errors-{form.prefix or SLOTS.get(name, name)}"
        help_place = f" {form[name].auto_id}_helptext" if control.help_text else ""
        control.widget.attrs["aria-describedby"] = place + help_place


def posted_content(data: QueryDict) -> RuleContent | None:
    """The rule that was typed, or None where it can't be read as one yet."""
    editor = posted_editor(data)
    return editor.content() if editor.is_valid() else None


def filled_editor(content: RuleContent, edition: int) -> EditorForm:
    """The editor showing `content`, by way of the same data that a browser would send."""
    return posted_editor(editor_data(content, edition))


def editor_data(content: RuleContent, edition: int) -> QueryDict:
    """`content` as the fields of the editor."""
    data = QueryDict(mutable=True)
    data.update(
        {
            "edition": str(edition),
            "title": content.title,
            "effect": content.effect.kind.value,
            "level": content.effect.level.value if content.effect.level else "",
            "instruction": content.instruction,
            "rationale": content.rationale,
            "source": content.source,
            "valid_from": content.valid_from.isoformat() if content.valid_from else "",
            "valid_until": content.valid_until.isoformat() if content.valid_until else "",
        }
    )
    if content.safety:
        data["safety"] = "on"
    data.setlist("attributes", [a.value for a in content.effect.attributes])
    write_rows(data, "conditions", [condition_row(c) for c in content.conditions] or [BLANK_ROWS["conditions"]])
    write_rows(data, "examples", [{"query": e.query, "title": e.title, "level": e.level} for e in content.examples])
    return data


def condition_row(condition: Condition) -> dict[str, str]:
    """A condition as the fields of its row."""
    return {
        "side": condition.side.value,
        "attribute": condition.attribute.value if condition.attribute else "",
        "operator": condition.operator.value,
        "values": "、".join(condition.values),
    }


BLANK_ROWS: Mapping[str, Mapping[str, str]] = {
    "conditions": {"side": Side.QUERY.value, "attribute": "", "operator": Operator.IS.value, "values": ""},
    "examples": {"query": "", "title": "", "level": Level.HIGHLY.value},
}


def read_rows(data: QueryDict, prefix: str) -> list[dict[str, str]]:
    """The rows of one kind as they were sent."""
    total = data.get(f"{prefix}-TOTAL_FORMS", "0")
    count = min(int(total[:4]), MAX_ROWS) if total.isdecimal() else 0
    return [{name: data.get(f"{prefix}-{n}-{name}", "") for name in BLANK_ROWS[prefix]} for n in range(count)]


def write_rows(data: QueryDict, prefix: str, rows: Iterable[Mapping[str, str]]) -> None:
    """Put rows into `data` in the way a formset reads them."""
    for name in [name for name in data if name.startswith(f"{prefix}-")]:
        del data[name]
    number = 0
    for number, row in enumerate(rows, start=1):
        data.update({f"{prefix}-{number - 1}-{name}": str(value) for name, value in row.items()})
    data.update({f"{prefix}-TOTAL_FORMS": str(number), f"{prefix}-INITIAL_FORMS": "0"})


def with_rows_changed(sent: QueryDict) -> QueryDict | None:
    """`sent` with the row added or removed that its button asked for; None where no such button was pressed."""
    add, remove = sent.get("add", ""), sent.get("remove", "")
    prefix, _dash, place = remove.rpartition("-")
    data = sent.copy()
    if add in BLANK_ROWS:
        write_rows(data, add, [*read_rows(sent, add), BLANK_ROWS[add]])
        return data
    if prefix in BLANK_ROWS and place.isdecimal():
        write_rows(data, prefix, [row for n, row in enumerate(read_rows(sent, prefix)) if str(n) != place])
        return data
    return None


def split_values(text: str) -> tuple[str, ...]:
    """The values of a condition: separated by 、 a comma, a semicolon or a line end, each once."""
    return tuple(dict.fromkeys(part.strip() for part in SEPARATORS.split(text) if part.strip()))
