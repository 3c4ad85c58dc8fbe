"""What canaries say of the judge, as a notice on any page that holds two runs against each other."""

from typing import Any

from django import template

from inference.models import Run
from inference.selectors.canaries import canary_of

register = template.Library()


@register.inclusion_tag("inference/_canary.html")
def canary(before: Run | None, after: Run) -> dict[str, Any]:
    """Whether the judge moved between two runs, and on which pairs; nothing where no canary tells."""
    return {"canary": canary_of(before, after) if before else None}
