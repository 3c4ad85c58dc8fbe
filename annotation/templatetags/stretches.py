"""Stretches of time in words."""

from django import template
from django.utils import formats
from django.utils.translation import gettext, ngettext

register = template.Library()

HOURS = 24
IN_HOURS = 2
"""Below so many days a stretch is told in hours."""


@register.filter
def stretch(days: float | None) -> str:
    """So many days in the unit that tells most; a dash where there are none."""
    if days is None:
        return "–"
    if days < IN_HOURS:
        hours = int(days * HOURS)
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours} if hours else gettext("under an hour")
    return gettext("%(n)s days") % {"n": formats.number_format(round(days, 1), 1)}
