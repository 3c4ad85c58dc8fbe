"""What every page's frame shows."""

from django.http import HttpRequest

from rules.selectors import current_release

THEMES = ("auto", "light", "dark")


def frame(request: HttpRequest) -> dict[str, object]:
    """The release in force and the chosen theme."""
    theme = request.COOKIES.get("theme", "auto")
    return {"theme": theme if theme in THEMES else "auto", "release_in_force": current_release}
