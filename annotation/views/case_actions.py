"""What the keys of the inbox do: one deed on the marked cases or on the open one, and the answer that a page shows."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from annotation.case_forms import Asked, number
from annotation.enums import CaseState, CaseVerb
from annotation.models import CaseAction
from annotation.selectors import case_pages
from annotation.selectors import cases as questions
from annotation.selectors.cases import NOBODY, CaseFilter
from annotation.services import case_remedies, triage
from annotation.services.triage import Sorted
from annotation.views.cases import head_of, tools
from rules.models import Proposal, ReleaseEntry
from rules.selectors import current_release
from rules.services.permissions import require

WAITING = (CaseState.NEW, CaseState.REGRESSED)
MOST_ROWS = 100
"""Rows that an answer brings up to date; a page shows fewer."""


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Do what is asked; a script gets the rows and the open case as they are now, others go back to where they were."""
    asked = Asked.of(request.POST)
    said, action, wrong = "", None, False
    try:
        action = done(request.user, asked)  # type: ignore[arg-type]
        said = told(action, asked)
    except ValidationError as error:
        said, wrong = " ".join(error.messages), True
    except PermissionDenied:
        said, wrong = _("You may not do this."), True
    if request.htmx:  # type: ignore[attr-defined]
        return swapped(request, asked, action, said, wrong=wrong)
    (messages.error if wrong else messages.success)(request, said)
    return HttpResponseRedirect(back_to(request, asked))


def done(by: User, asked: Asked) -> CaseAction | None:
    """Do it. Raises ValidationError with what to tell the person."""
    if asked.deed == "enter":
        asked = entered(asked)
    deed = DEEDS.get(asked.deed)
    if deed is None:
        raise ValidationError(_("Choose what to do."), code="unknown")
    return deed(by, asked)


def entered(asked: Asked) -> Asked:
    """What Enter in one of the fields means: whichever field is filled."""
    if asked.why:
        return replace(asked, deed="decline")
    if asked.into:
        return replace(asked, deed="merge")
    return replace(asked, deed="note")


def triaged(by: User, asked: Asked, to: Sorted) -> CaseAction | None:
    return triage.triage(by=by, cases=asked.cases, to=to, seen=asked.seen)


def assigned(by: User, asked: Asked) -> CaseAction | None:
    return triaged(by, asked, Sorted(assignee=None if asked.value == NOBODY else by))


def looked_at(by: User, asked: Asked) -> CaseAction | None:
    """Say of those that wait for it that somebody looked; the others are left as they are."""
    waiting = [one.pk for one in case_pages.cases_by_id(asked.cases) if one.state in WAITING]
    if not waiting:
        require(by, triage.PERMISSION)
        return None
    return triaged(by, replace(asked, cases=tuple(waiting)), Sorted(state=CaseState.TRIAGED))


def merged(by: User, asked: Asked) -> CaseAction | None:
    """Merge the marked ones into the case named, or into the one that is open."""
    into = number(asked.value) or asked.into or asked.current
    if not into or set(asked.cases) <= {into}:
        raise ValidationError(_("Mark the cases that are the same as the open one, or name the one it belongs to."))
    return triage.merge(by=by, cases=asked.cases, into=into)


def undone(by: User, asked: Asked) -> CaseAction | None:
    """Take back the action named, or this person's last one."""
    if asked.value:
        action: CaseAction | None = get_object_or_404(CaseAction, pk=number(asked.value))
    else:
        require(by, triage.PERMISSION)
        action = questions.last_action(by)
    if action is None:
        raise ValidationError(_("There is nothing to undo."), code="nothing")
    return triage.undo(by=by, action=action)


def linked(by: User, asked: Asked) -> CaseAction | None:
    proposal = proposal_of(asked)
    return case_remedies.link_proposal(by=by, cases=asked.cases, proposal=proposal)


def unlinked(by: User, asked: Asked) -> CaseAction | None:
    return case_remedies.unlink_proposal(by=by, cases=asked.cases, proposal=proposal_of(asked))


def fixed(by: User, asked: Asked) -> CaseAction | None:
    """Say what fixed the cases: a rule in force, a knowledge correction, or the label of the open case."""
    if asked.value == "label":
        case = questions.case_of(asked.current)
        remedy = case_remedies.Remedy(label=case_pages.label_that_fixes(case) if case else None)
    elif asked.rule:
        entry = ReleaseEntry.objects.filter(release=current_release(), rule__number=asked.rule)
        found = entry.select_related("version__rule").first()
        if found is None:
            raise ValidationError(_("Rule R%(rule)s is not in force.") % {"rule": asked.rule}, code="not_in_force")
        remedy = case_remedies.Remedy(version=found.version)
    else:
        remedy = case_remedies.Remedy(entry=asked.entry[:240])
    return case_remedies.fix(by=by, cases=asked.cases, remedy=remedy)


def proposal_of(asked: Asked) -> Proposal:
    """The proposal that is named."""
    found = Proposal.objects.filter(pk=number(asked.value) or asked.proposal).first()
    if found is None:
        raise ValidationError(_("Choose a proposal."), code="proposal")
    return found


DEEDS: dict[str, Callable[[User, Asked], CaseAction | None]] = {
    "cause": lambda by, asked: triaged(by, asked, Sorted(cause=asked.value)),
    "severity": lambda by, asked: triaged(by, asked, Sorted(severity=number(asked.value))),
    "expected": lambda by, asked: triaged(by, asked, Sorted(expected=asked.value)),
    "note": lambda by, asked: triaged(by, asked, Sorted(note=asked.note)),
    "assign": assigned,
    "state": looked_at,
    "merge": merged,
    "decline": lambda by, asked: triage.decline(by=by, cases=asked.cases, note=asked.why, seen=asked.seen),
    "reopen": lambda by, asked: triage.reopen(by=by, cases=asked.cases),
    "undo": undone,
    "link": linked,
    "unlink": unlinked,
    "fix": fixed,
}


def told(action: CaseAction | None, asked: Asked) -> str:
    """What was done, in words."""
    if action is None:
        return _("It was so before.")
    count = len(asked.cases)
    if action.verb == CaseVerb.UNDO:
        count = action.moves.count()
        return ngettext("Undone: %(count)d case is as it was.", "Undone: %(count)d cases are as they were.", count) % {
            "count": count
        }
    words = {"count": count, "verb": action.get_verb_display(), "case": asked.cases[0]}
    if count == 1:
        return _("#%(case)d: %(verb)s.") % words
    return ngettext("%(count)d case: %(verb)s.", "%(count)d cases: %(verb)s.", count) % words


def swapped(request: HttpRequest, asked: Asked, action: CaseAction | None, said: str, *, wrong: bool) -> HttpResponse:
    """The rows that changed, the open case's head, and what was done."""
    ids = set(asked.cases) | ({asked.current} if asked.current else set())
    if action:
        ids |= set(action.moves.values_list("case_id", flat=True)[:MOST_ROWS])
    opened = questions.case_of(asked.current) if asked.current else None
    context = {
        "cases": case_pages.cases_by_id(sorted(ids)[:MOST_ROWS]),
        "said": said,
        "wrong": wrong,
        "oob": True,
        **tools(request, CaseFilter.from_query(dict(parse_qsl(request.POST.get("next", "").partition("?")[2])))),
        **(head_of(opened) if opened else {}),
    }
    return render(request, "annotation/_case_done.html", context, status=422 if wrong else 200)


def back_to(request: HttpRequest, asked: Asked) -> str:
    """The page that the form stood on, with the same case open."""
    said = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(said, {request.get_host()}, request.is_secure()):
        said = reverse("annotation:cases")
    if not asked.current or not said.startswith(f"{reverse('annotation:cases')}?"):
        return said
    return f"{said}&case={asked.current}"
