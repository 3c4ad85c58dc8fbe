"""What somebody was told, and where they want to be told it: for the person whose token it is, and nobody else."""

from dataclasses import asdict

from django.shortcuts import get_object_or_404
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from rules.api.reading import Pages, body, query
from rules.api.told import paged, told
from rules.selectors import notifications as selectors
from rules.selectors.notifications import Wish
from rules.serializers.notifications import (
    NotificationSerializer,
    NotificationsSerializer,
    PreferencesSerializer,
    ReadSerializer,
    UnreadSerializer,
)
from rules.services import notifications as service
from rules.views.notifications import shown


@told(paged(NotificationSerializer), asks=NotificationsSerializer, name="list_notifications")
@api_view(["GET"])
def notifications(request: Request) -> Response:
    """What you were told, unread first, then the newest."""
    found, pages = selectors.notifications_of(request.user), Pages()
    if query(request, NotificationsSerializer)["unread"]:
        found = found.filter(read_at=None)
    rows = [shown(one) for one in pages.paginate_queryset(found, request)]
    return pages.get_paginated_response(NotificationSerializer(rows, many=True).data)


@told(NotificationSerializer, name="read_notification")
@api_view(["POST"])
def read(request: Request, pk: int) -> Response:
    """Note that you read it. It is no decision, and is not in the audit trail."""
    own = selectors.notifications_of(request.user)
    service.mark_read(by=request.user, notification=get_object_or_404(own, pk=pk))
    return Response(NotificationSerializer(shown(own.get(pk=pk))).data)


@told(UnreadSerializer, takes=ReadSerializer, name="read_notifications")
@api_view(["POST"])
def read_all(request: Request) -> Response:
    """Note that you read everything up to one that you were given; how much is left."""
    service.mark_all_read(by=request.user, **body(request, ReadSerializer))
    return Response({"unread": selectors.unread_count(request.user)})


@told(PreferencesSerializer, method="GET", name="get_notification_settings")
@told(PreferencesSerializer, takes=PreferencesSerializer, method="PUT", name="set_notification_settings")
@api_view(["GET", "PUT"])
def notification_settings(request: Request) -> Response:
    """What you want to be told of, and where; or what you want from now on."""
    if request.method == "PUT":
        said = body(request, PreferencesSerializer)
        wanted = {kind: Wish(**wish) for kind, wish in said["kinds"].items()}
        service.set_preferences(by=request.user, language=said["language"], wanted=wanted)
    wishes = selectors.preferences_of(request.user)
    kinds = {kind: asdict(wish) for kind, wish in wishes.items()}
    return Response({"language": selectors.mail_language(request.user), "kinds": kinds})
