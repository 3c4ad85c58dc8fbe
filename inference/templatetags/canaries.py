"""What canaries say of the judge, as a notice on any page that holds two runs against each other."""

from typing import Any

from django import template
from django.template import Context

from annotation.selectors.blind import hidden_pairs
from inference.models import Run
from inference.selectors.canaries import canary_of

register = template.Library()


@register.inclusion_tag("inference/_canary.html", takes_context=True)
def canary(context: Context, before: Run | None, after: Run) -> dict[str, Any]:
    """Whether the judge moved between two runs, and on which pairs; nothing where no canary tells."""
    found = canary_of(before, after) if before else None
    moved = found.moved if found else ()
    hidden = hidden_pairs(context["request"].user, [one.pair for one in moved])
    return {"canary": found, "moved": [one for one in moved if one.pair not in hidden]}
