"""The rule editor. Drafts save themselves: htmx posts the whole form while one types, a plain submit does the same."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from rules import selectors
from rules.engine.check import content_problems
from rules.engine.content import RuleContent
from rules.enums import OPEN, ChangeKind, ProposalState
from rules.forms import SLOTS, EditorForm, filled_editor, posted_editor, with_rows_changed
from rules.models import Change
from rules.problems import problem_message
from rules.services import proposals
from rules.services.errors import ConflictError
from rules.views.roles import actor, may_draft
from rules.views.shown import DiffRow, content_diff, sentence_parts

CONFLICT = 409
UNREADABLE = 422


@dataclass(slots=True)
class Saving:
    """What came of saving what was typed."""

    change: Change
    form: EditorForm
    content: RuleContent | None = None
    saved: bool = False
    refusals: list[str] = field(default_factory=list)
    conflict: ConflictError | None = None

    @property
    def status(self) -> int:
        """The HTTP status that says it."""
        return CONFLICT if self.conflict else 200 if self.saved else UNREADABLE


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int, change_pk: int) -> HttpResponse:
    """The editor of one change of a proposal."""
    related = Change.objects.select_related("proposal__base", "rule", "updated_by")
    found = get_object_or_404(related, pk=change_pk, proposal__pk=pk)
    closed = found.kind == ChangeKind.RETIRE or found.proposal.state not in OPEN
    if closed or not may_draft(request.user):
        return redirect("rules:proposal", pk)
    if request.method != "POST":
        return show(request, found)
    rearranged = with_rows_changed(request.POST)
    saving = save(request, found, posted_editor(rearranged or request.POST))
    if request.headers.get("HX-Request"):
        return fragment(request, saving, rearranged is not None)
    if saving.saved and not rearranged:
        messages.success(request, _("The draft was saved."))
        return redirect("rules:change", pk, change_pk)
    return render(request, "rules/editor.html", context_of(saving), status=200 if rearranged else saving.status)


def fragment(request: HttpRequest, saving: Saving, rearranged: bool) -> HttpResponse:
    """What changed on the page: the rows where some came or went, and always the sentence and the state of saving."""
    context = {**context_of(saving), "oob": True}
    if not rearranged:
        return render(request, "rules/editor.html#saved", context)
    prefix = (request.POST.get("add") or request.POST.get("remove", "")).partition("-")[0]
    response = render(request, "rules/editor.html#rearranged", {**context, "rearranged": prefix})
    return trigger_client_event(response, "rule-changed", after="settle")


def show(request: HttpRequest, change: Change) -> HttpResponse:
    """The editor with what the draft holds."""
    content = RuleContent.from_json(change.content)
    saving = Saving(change, filled_editor(content, change.edition), content=content)
    return render(request, "rules/editor.html", context_of(saving))


def save(request: HttpRequest, change: Change, form: EditorForm) -> Saving:
    """Save what was typed where it can be read as a rule, sound or not."""
    saving = Saving(change, form)
    if not form.is_valid():
        return saving
    saving.content = form.content()
    data = form.rule.cleaned_data
    edition = data["edition"] if data["over"] is None else data["over"]
    try:
        saving.change = proposals.save_change(by=actor(request), change=change, content=saving.content, edition=edition)
        saving.saved = True
    except ConflictError as conflict:
        saving.conflict = conflict
    except ValidationError as refusal:
        saving.refusals = list(refusal.messages)
    return saving


def context_of(saving: Saving) -> dict[str, object]:
    """What the editor's page and its fragments show."""
    number = selectors.drafted_number(saving.change)
    before = selectors.released_rule(saving.change.proposal.base, number)
    return {
        "saving": saving,
        "change": saving.change,
        "proposal": saving.change.proposal,
        "is_draft": saving.change.proposal.state == ProposalState.DRAFT,
        "form": saving.form,
        "number": number,
        "before": before,
        "diff": content_diff(before.content, saving.content) if before and saving.content else (),
        "parts": sentence_parts(saving.content) if saving.content else (),
        "errors": slot_errors(saving),
        "slots": slots(saving.form),
        "conflict": conflict_rows(saving.conflict),
        "edition": saving.change.edition if saving.saved else saving.form.rule["edition"].value(),
    }


def conflict_rows(conflict: ConflictError | None) -> tuple[DiffRow, ...]:
    """Their wording beside mine."""
    return content_diff(conflict.theirs, conflict.mine) if conflict else ()


FIXED_SLOTS = ("title", "conditions", "effect", "instruction", "rationale", "source", "examples", "validity")


def slots(form: EditorForm) -> list[str]:
    """Every place of the page where an error can be said."""
    rows = [*form.conditions.forms, *form.examples.forms]
    return [*FIXED_SLOTS, *(str(row.prefix) for row in rows)]


def slot_errors(saving: Saving) -> dict[str, list[str]]:
    """Where which error is said: what can't be read, or else what is missing before it can be published."""
    said: dict[str, list[str]] = {}
    for name, errors in unreadable(saving.form):
        said.setdefault(name, []).extend(errors)
    untouched = saving.change.edition <= 1 and not saving.saved and not saving.refusals
    if saving.content is None or untouched:
        return said
    rows = saving.form.row_numbers()
    for problem in content_problems(saving.content):
        said.setdefault(slot_of(problem.field, rows), []).append(problem_message(problem))
    return said


def unreadable(form: EditorForm) -> list[tuple[str, list[str]]]:
    """What can't be read as a rule, by the place it is said."""
    found = [(SLOTS.get(name, name), texts(errors)) for name, errors in form.rule.errors.items()]
    for prefix, rows in (("conditions", form.conditions), ("examples", form.examples)):
        found.append((prefix, texts(rows.non_form_errors())))
        for number, row in enumerate(rows.forms):
            found += [(f"{prefix}-{number}", texts(errors)) for errors in row.errors.values()]
    return [(name, errors) for name, errors in found if errors]


def texts(errors: ErrorList) -> list[str]:
    """Errors as plain text."""
    return [str(error) for error in errors]


def slot_of(field: str, rows: dict[str, list[int]]) -> str:
    """The place of a problem's field: its nth condition was typed in some row, blank ones not counted."""
    prefix, _dash, place = field.rpartition("-")
    if prefix in rows and place.isdecimal() and int(place) < len(rows[prefix]):
        return f"{prefix}-{rows[prefix][int(place)]}"
    return SLOTS.get(field, field) if field in FIXED_SLOTS or field in SLOTS else "title"
