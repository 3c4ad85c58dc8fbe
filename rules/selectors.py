"""Questions about rules and releases. Nothing here writes."""

from rules.models import Release


def current_release() -> Release | None:
    """The release in force, or None before the first."""
    return Release.objects.order_by("-number").first()
