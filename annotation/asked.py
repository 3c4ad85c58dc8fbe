"""Which queries may be counted, and how they are written down. Pure."""

import re

LONGEST = 200
PERSONAL = re.compile(r"@|\d(?:[ -]?\d){10,}")
"""What looks like an address, a telephone number or the number of an identity card."""


def countable(query: str) -> str:
    """A query as it is counted: on one line, cut. Empty where it is none or may tell of a person."""
    words = " ".join(query.replace("\0", " ").split())
    return "" if PERSONAL.search(words) else words[:LONGEST].rstrip()
