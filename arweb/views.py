"""What belongs to no app: language, theme, uploaded images, icons that browsers ask for at the root."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils._os import safe_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language as django_set_language

from arweb.context import THEMES

YEAR = 365 * 24 * 3600
IMAGE_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back."""
    return django_set_language(request)


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme in a cookie and go back."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    theme = request.POST.get("theme", "auto")
    response.set_cookie(
        "theme", theme if theme in THEMES else "auto", max_age=YEAR, samesite="Lax", secure=settings.HTTPS
    )
    return response


@login_not_required
@require_safe
def icon(_request: HttpRequest, name: str) -> HttpResponse:
    """Where an icon lies that browsers ask for at the root, whatever a page links to."""
    return HttpResponseRedirect(static(name))


def media(request: HttpRequest, name: str) -> FileResponse:
    """An uploaded image, to people who signed in, and never as anything but an image."""
    try:
        path = Path(safe_join(settings.MEDIA_ROOT, name))
    except (ValueError, SuspiciousFileOperation) as error:
        raise Http404 from error
    kind = IMAGE_TYPES.get(path.suffix.lower())
    if kind is None or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=kind)
    response["Cache-Control"] = "private, max-age=86400"
    return response
