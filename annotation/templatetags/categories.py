"""Categories of products in words."""

from django import template

from annotation.category_names import category_name, category_with_name
from annotation.selectors.catalogue import ShownAttribute
from rules.engine.attributes import Attribute

register = template.Library()
register.filter("category_name", category_name)
register.filter("category_with_name", category_with_name)


@register.filter
def values_named(shown: ShownAttribute) -> list[str]:
    """The values of an attribute of a product; categories with their names beside them."""
    is_category = shown.attribute == Attribute.CATEGORY
    return [category_with_name(value) if is_category else value for value in shown.values]
