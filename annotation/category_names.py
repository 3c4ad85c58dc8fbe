"""Categories of products in the language of the page."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from annotation.vocabulary import english_categories


def category_name(category: str) -> str:
    """A category in the language of the page, as far as the vocabulary names it; as it stands where it does not."""
    english = (get_language() or "").startswith("en")
    return english_categories().get(category, category) if english else category


def category_with_name(category: str) -> str:
    """A category as it is written down, with its name in the language of the page where that differs."""
    name = category_name(category)
    return category if name == category else _("%(category)s (%(name)s)") % {"category": category, "name": name}
