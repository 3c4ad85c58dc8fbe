"""A guideline as it is read: headings, lists, quotes and stress of Markdown; whatever else is in it stays text."""

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

READ = ("heading", "list", "emphasis", "blockquote", "hr", "escape", "newline")
"""What is read. No links, no pictures, and no HTML: that is escaped like any text."""
BELOW = 3
"""The level of the largest heading: a guideline stands under a page's title and a heading of its own."""
MARKDOWN = MarkdownIt("zero", {"html": False, "breaks": True}).enable(READ)


@lru_cache(maxsize=32)
def guideline_html(text: str) -> SafeString:
    """The text of a guideline as HTML."""
    tokens = MARKDOWN.parse(text)
    for token in tokens:
        if token.type.startswith("heading"):
            token.tag = f"h{min(int(token.tag[1]) + BELOW - 1, 6)}"
    html: str = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return mark_safe(html)  # noqa: S308
