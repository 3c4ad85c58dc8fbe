"""Makers' names without their places and company words. Pure."""

import re

from inference.knowledge.words import COMPANY_WORDS, PROVINCES

COMPANY = re.compile("(?:" + "|".join(map(re.escape, COMPANY_WORDS)) + ")+$")
PLACE = re.compile("^(?:" + "|".join(map(re.escape, PROVINCES)) + ")(?:省|市)?")


def bare_maker(name: str) -> str:
    """A maker's name without its place and its company words: 石药 for 石药集团."""
    bare = COMPANY.sub("", name)
    placeless = PLACE.sub("", bare)
    return placeless if len(placeless) >= 2 else bare
