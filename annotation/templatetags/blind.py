"""What lists say of the pairs that they leave out."""

from typing import Any

from django import template

from annotation.selectors.blind import awaits_answers

register = template.Library()


@register.inclusion_tag("annotation/_left_out.html", takes_context=True)
def left_out(context: dict[str, Any]) -> dict[str, bool]:
    """That pairs which the person may yet be asked to label are not in this list, where there are any."""
    return {"waits": awaits_answers(context["request"].user)}
