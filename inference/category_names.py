"""Categories of products in the language of a page."""

from django.utils.translation import get_language

from inference.knowledge.records import Kind
from inference.knowledge.sources import english_names


def category_name(category: str) -> str:
    """A category in the language of the page, as far as the knowledge names it."""
    english = (get_language() or "").startswith("en")
    return english_names().get((Kind.CATEGORY, category), category) if english else category
