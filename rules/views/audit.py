"""The audit trail: a page with filters, and the same events as a file."""

from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rules import selectors
from rules.origin import Channel
from rules.selectors.audit import SYSTEM, EventFilter, audit_people, audit_verbs, contents_written
from rules.services.permissions import require
from rules.views.audit_files import FILES
from rules.views.audit_shown import shown_event
from rules.views.roles import actor

PAGE_SIZE = 50
EXPORT = "rules.export_audit"
CHANNELS = (
    (Channel.PAGE, _("a page")),
    (Channel.API, _("the API")),
    (Channel.COMMAND, _("a command")),
    (Channel.TASK, _("a task")),
)


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first, and whether those shown are whole. Addresses are shown to who may export."""
    where = filter_of(request.GET)
    page = Paginator(selectors.audit_events(where=where), PAGE_SIZE).get_page(request.GET.get("page"))
    contents = contents_written(page)
    may_export = actor(request).has_perm(EXPORT)
    context = {
        "page": page,
        "rows": [shown_event(event, contents, with_address=may_export) for event in page],
        "where": where,
        "broken": selectors.verify_events(page),
        "people": audit_people(),
        "verbs": audit_verbs(),
        "channels": CHANNELS,
        "may_export": may_export,
        "query": request.GET.urlencode(),
    }
    return render(request, "rules/audit.html", context)


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The events that the filters of the address let through, written as they are read."""
    require(actor(request), EXPORT)
    if kind not in FILES:
        raise Http404
    file = FILES[kind]
    events = selectors.audit_events(where=filter_of(request.GET)).iterator(chunk_size=500)
    response = StreamingHttpResponse(file.lines(events), content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="audit.{kind}"'
    return response


def filter_of(query: QueryDict) -> EventFilter:
    """The filters in an address; what makes no sense is left out."""
    given = {name: value.replace("\0", "").strip() for name, value in query.items() if isinstance(value, str)}
    channel = given.get("channel", "")
    return EventFilter(
        subject=given.get("subject", ""),
        verb=given.get("verb", ""),
        person=_person(given.get("person", "")),
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
        channel=channel if channel in {one.value for one in Channel} else "",
    )


def _person(text: str) -> int | None:
    if text == "system":
        return SYSTEM
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
