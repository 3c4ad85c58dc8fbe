"""The releases, and what one of them holds, changed and rests on; as a file; and back to it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateformat import format as worded_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rules import selectors
from rules.enums import CheckName
from rules.models import Proposal, Release, ReleaseEntry
from rules.selectors.behind import behind
from rules.selectors.exchange import release_text
from rules.services.exchange import restore_release
from rules.views.comparison import differences
from rules.views.moments import asked_moment
from rules.views.refusals import said_on
from rules.views.roles import actor, may_draft
from rules.views.shown import sentence_parts

PAGE_SIZE = 50
CHANGES_SHOWN = 20
NOTES_SHOWN = 400


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """Every release, newest first; as of a moment, those that there were then."""
    found = Release.objects.select_related("created_by", "proposal").order_by("-number")
    asked = asked_moment(request)
    if asked.moment:
        found = found.filter(created_at__lte=asked.moment)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    entries = ReleaseEntry.objects.filter(release__in=list(page)).values_list("release").annotate(count=Count("pk"))
    sizes = dict(entries.order_by())
    context = {
        "page": page,
        "rows": [(release, sizes.get(release.pk, 0)) for release in page],
        "asked": asked,
        "then": selectors.release_at(asked.moment) if asked.moment else None,
    }
    return render(request, "rules/releases.html", context)


@require_safe
def release(request: HttpRequest, number: int) -> HttpResponse:
    """One release: who stands behind it, what it changed, its rules."""
    found = get_object_or_404(Release.objects.select_related("base", "created_by"), number=number)
    rules = selectors.rules_in(found)
    page = Paginator(rules, PAGE_SIZE).get_page(request.GET.get("page"))
    changed = differences(found.base, found) if found.base else ()
    signed = behind(found)
    newest = selectors.current_release()
    today = timezone.localdate()
    context = {
        "release": found,
        "proposal": proposal_of(found),
        "approvals": signed.approvals,
        "overrides": [(one, CheckName(one.name).label) for one in signed.overrides],
        "is_in_force": newest == found,
        "newest": newest,
        "count": len(changed),
        "changes": [one.shown() for one in changed[:CHANGES_SHOWN]],
        "heads": (_("Before"), _("After")),
        "page": page,
        "rows": [(rule, sentence_parts(rule.content), rule.is_valid_on(today)) for rule in page],
        "idle": len(selectors.not_valid_on(found, today)),
        "may_draft": may_draft(request.user),
    }
    return render(request, "rules/release.html", context)


def proposal_of(release: Release) -> Proposal | None:
    """The proposal that became a release, with who scheduled it and what it goes back to."""
    return Proposal.objects.select_related("created_by", "scheduled_by", "restores").filter(published=release).first()


@require_safe
def export(request: HttpRequest, number: int) -> HttpResponse:
    """The rules of a release as a file."""
    found = get_object_or_404(Release, number=number)
    response = HttpResponse(release_text(found), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rules-{found.number}.yaml"'
    return response


@require_POST
def rollback(request: HttpRequest, number: int) -> HttpResponse:
    """Open a draft that goes back to a release."""
    found = get_object_or_404(Release, number=number)
    day = worded_date(timezone.localtime(found.created_at), "Y-m-d")
    words = {"number": number, "day": day, "notes": found.notes[:NOTES_SHOWN]}
    reason = _("Puts every rule back as it was in release %(number)s of %(day)s.") % words
    reason += "\n" + _("Its notes: %(notes)s") % words if found.notes else ""
    with said_on(request):
        title = _("Back to release %(number)s") % words
        draft = restore_release(by=actor(request), release=found, title=title, reason=reason)
        messages.success(request, _("This draft goes back to release %(number)s. Ask for a review of it.") % words)
        return redirect("rules:proposal", draft.pk)
    return redirect("rules:release", number)
