"""What every page's frame shows."""

from django.contrib.auth.models import User
from django.http import HttpRequest

from rules.selectors import current_release
from rules.selectors.notifications import unread_count

THEMES = ("auto", "light", "dark")


def frame(request: HttpRequest) -> dict[str, object]:
    """The release in force, the chosen theme and how much is unread; what a page does not show is not asked for."""
    theme = request.COOKIES.get("theme", "auto")
    return {
        "theme": theme if theme in THEMES else "auto",
        "release_in_force": current_release,
        "unread": lambda: unread_count(request.user) if isinstance(request.user, User) else 0,
    }
