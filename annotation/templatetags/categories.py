"""Categories of products in words."""

from django import template

from annotation.category_names import category_name, category_with_name

register = template.Library()
register.filter("category_name", category_name)
register.filter("category_with_name", category_with_name)
