"""Guidelines as they are read."""

from django import template

from annotation.guideline_text import guideline_html

register = template.Library()
register.filter("guideline_html", guideline_html)
