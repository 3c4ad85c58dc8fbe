"""What a person was told, and what they want to be told."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rules.enums import NotificationKind
from rules.models import Notification
from rules.notices import detail, sentence
from rules.selectors import notifications as selectors
from rules.selectors.notifications import Wish
from rules.services import notifications as service
from rules.services.mails import page_of
from rules.views.refusals import said_on
from rules.views.roles import actor

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ShownNotification:
    """A notification in words. `url`: the page of what it is about."""

    notification: Notification
    sentence: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class ShownPreference:
    """One kind with where a person wants to be told of it."""

    kind: str
    label: str
    wish: Wish


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """What this person was told, unread first."""
    person = actor(request)
    page = Paginator(selectors.notifications_of(person), PAGE_SIZE).get_page(request.GET.get("page"))
    newest = max((one.pk for one in page if one.read_at is None), default=0)
    context = {"page": page, "rows": [shown(one) for one in page], "newest": newest}
    return render(request, "rules/notifications.html", context)


def shown(notification: Notification) -> ShownNotification:
    """A notification in the language of the page."""
    by = notification.actor
    person = (by.get_full_name() or by.get_username()) if by else _("the system")
    words = sentence(notification.kind, notification.params, title=notification.title, person=person)
    return ShownNotification(notification, words, detail(notification.params), page_of(notification))


@require_POST
def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notification as read and go to what it is about."""
    found = get_object_or_404(Notification.objects.select_related("proposal__published"), pk=pk, recipient=request.user)
    service.mark_read(by=actor(request), notification=found)
    return redirect(page_of(found))


@require_POST
def read_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notification as read and stay."""
    found = get_object_or_404(Notification, pk=pk, recipient=request.user)
    service.mark_read(by=actor(request), notification=found)
    return redirect("rules:notifications")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read that this person was shown."""
    newest = request.POST.get("newest", "")
    service.mark_all_read(by=actor(request), newest=int(newest) if newest.isdecimal() and len(newest) < 19 else 0)
    return redirect("rules:notifications")


@require_http_methods(["GET", "HEAD", "POST"])
def notification_settings(request: HttpRequest) -> HttpResponse:
    """Where a person wants to be told of each kind, and in which language."""
    person = actor(request)
    if request.method == "POST":
        wanted = {kind: Wish(f"app-{kind}" in request.POST, f"mail-{kind}" in request.POST) for kind in KINDS}
        with said_on(request):
            service.set_preferences(by=person, language=request.POST.get("language", ""), wanted=wanted)
            messages.success(request, _("The settings were saved."))
        return redirect("rules:notification_settings")
    wishes = selectors.preferences_of(person)
    context = {
        "rows": [ShownPreference(kind, str(NotificationKind(kind).label), wishes[kind]) for kind in KINDS],
        "languages": settings.LANGUAGES,
        "language": selectors.mail_language(person),
        "address": person.email,
    }
    return render(request, "rules/notification_settings.html", context)


KINDS = NotificationKind.values
