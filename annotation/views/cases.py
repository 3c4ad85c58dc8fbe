"""The inbox of bad cases, one screen: the list with its filters, and beside it the case that is open."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from annotation.case_forms import ViewForm, number
from annotation.case_history import people_in, told_moves
from annotation.case_keys import TOOLS
from annotation.category_names import category_name
from annotation.clusters import cluster_words
from annotation.enums import CaseOrigin, CaseState, Cause, Severity
from annotation.models import BadCase
from annotation.selectors import case_pages
from annotation.selectors import cases as questions
from annotation.selectors.blind import cases_seen, sees_case
from annotation.selectors.cases import ALL, MINE, NOBODY, OPEN, CaseFilter, Matches

PAGE_SIZE = 50
PANEL = "case-rest"
"""The part of the page that a script asks for when another case is opened."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter of the inbox."""

    name: str
    label: str
    choices: list[tuple[str, str]]
    current: str


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def cases(request: HttpRequest) -> HttpResponse:
    """The cases that the filter shows; `case` names the one that is open, the first where none is."""
    chosen = CaseFilter.from_query(request.GET)
    named = questions.case_of(number(request.GET.get("case")))
    named = named if named and sees_case(named, request.user) else None
    if request.htmx.target == PANEL and named:  # type: ignore[attr-defined]
        return render(
            request, "annotation/_case_opened.html", {**panel_of(named, request.user), **tools(request, chosen)}
        )
    found = cases_seen(questions.inbox(chosen, by=request.user), request.user)  # type: ignore[arg-type]
    after = number(request.GET.get("after"))
    piece = case_pages.piece_after(found, after, size=PAGE_SIZE)
    first = questions.case_of(piece.cases[0].pk) if piece.cases and not named else None
    opened = named or first
    context = {
        "cases": piece.cases,
        "next_after": piece.cases[-1].pk if piece.more else 0,
        "after": after,
        "matches": questions.matches(found) if after or piece.more else Matches(len(piece.cases), more=False),
        "facets": facets(chosen),
        "q": chosen.q,
        "views": questions.views_for(request.user),  # type: ignore[arg-type]
        "view_form": ViewForm(initial={"shared": True}),
        "harmful": questions.open_harmful(),
        "overdue_harmful": questions.overdue_harmful(),
        "is_named": named is not None,
        "cluster_words": cluster_words(chosen.cluster),
        "last": questions.last_action(request.user),  # type: ignore[arg-type]
        **tools(request, chosen),
        **(panel_of(opened, request.user) if opened else {}),
    }
    return render(request, "annotation/cases.html", context)


@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: what it is, what was done to it, what it is linked to, what was merged into it."""
    one = questions.case_of(pk)
    if one is None:
        raise Http404
    if not sees_case(one, request.user):
        raise PermissionDenied(_("You may yet be asked to label this pair. Its bad case is shown after your answer."))
    history = questions.history(one)
    context = {
        **panel_of(one, request.user),
        **tools(request, CaseFilter()),
        "back": reverse("annotation:case", args=[pk]),
        "history": history,
        "moves": told_moves(history.moves, names_of(people_in(history.moves))),
        "duplicates": cases_seen(questions.duplicates_of(one), request.user)[:PAGE_SIZE],
        "last": questions.last_action(request.user),  # type: ignore[arg-type]
    }
    return render(request, "annotation/case.html", context)


def names_of(ids: set[int]) -> dict[int, str]:
    """How people are called, by id."""
    found = User.objects.filter(pk__in=ids)
    return {one.pk: one.get_full_name() or one.get_username() for one in found}


def head_of(one: BadCase) -> dict[str, Any]:
    """What the head of the open case shows."""
    return {
        "case": one,
        "is_overdue": questions.is_overdue(one),
        "cluster": cluster_words(one.cluster) if one.cluster else "",
        "links": list(questions.links_of([one.pk])),
    }


def panel_of(one: BadCase, by: User | AnonymousUser) -> dict[str, Any]:
    """What the open case shows."""
    return {
        **head_of(one),
        "alike": list(case_pages.alike(one, by)),
        "siblings": case_pages.siblings(one),
        "proposals": list(case_pages.open_proposals()),
        "fixing_label": case_pages.label_that_fixes(one),
    }


def tools(request: HttpRequest, chosen: CaseFilter) -> dict[str, Any]:
    """What one can do, with its keys, and where one comes back to."""
    query = chosen.to_query()
    return {
        "tools": TOOLS,
        "query": query,
        "back": f"{reverse('annotation:cases')}?{query}",
        "may_triage": request.user.has_perm("annotation.triage_case"),
        "may_draft": request.user.has_perm("rules.change_proposal"),
    }


def facets(chosen: CaseFilter) -> list[Facet]:
    """The filters with their choices."""
    states = [(OPEN, _("open")), (ALL, _("all")), *told(CaseState)]
    people = [(MINE, _("me")), (NOBODY, _("nobody"))]
    if chosen.assignee and chosen.assignee not in (MINE, NOBODY):
        people.append((chosen.assignee, chosen.assignee))
    return [
        Facet("state", _("State"), states, chosen.state),
        Facet(
            "severity", _("Severity"), [(str(one.value), str(one.label)) for one in reversed(Severity)], chosen.severity
        ),
        Facet("cause", _("Cause"), [(NOBODY, _("not said yet")), *told(Cause)], chosen.cause),
        Facet("assignee", _("Assignee"), people, chosen.assignee),
        Facet("category", _("Category"), [(one, category_name(one)) for one in categories(chosen)], chosen.category),
        Facet("origin", _("Source"), told(CaseOrigin), chosen.origin),
        Facet("overdue", _("Age"), [("yes", _("waits for too long"))], chosen.overdue),
    ]


def told(choices: Any) -> list[tuple[str, str]]:
    """Values with their words."""
    return [(str(value), str(word)) for value, word in choices.choices]


def categories(chosen: CaseFilter) -> list[str]:
    """The categories that can be chosen, with the one that is."""
    known = questions.categories()
    return known if not chosen.category or chosen.category in known else [chosen.category, *known]
