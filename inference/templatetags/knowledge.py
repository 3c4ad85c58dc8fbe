"""Links to entries of the knowledge."""

from django import template

from inference.knowledge.records import Kind
from inference.knowledge.schema import FIELDS
from inference.views.entry_links import entry_address

register = template.Library()


@register.simple_tag
def entry_url(kind: str, name: str) -> str:
    """The page of an entry; nothing for a kind of which there are no entries."""
    return entry_address(Kind(kind), name) if kind in FIELDS and name else ""
