"""The terms that passages are indexed and searched by: pairs of Chinese characters, Latin words, figures. Pure.

Nothing has to be segmented: two neighbouring characters are a term, so that an unknown name is found as well.
"""

import re
from collections.abc import Iterator

from rules.engine.text import normalise

CHINESE = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(rf"(?P<chinese>[{CHINESE}]+)|\d+(?:\.\d+)?|[a-z]+|[^\W\d_a-z{CHINESE}]+")
LONGEST_TERM = 40
LONGEST_QUERY = 1000
"""Characters of a query that are looked at; a longer one names more than a passage can answer."""

FILLERS = re.compile(
    "为什么|是什么|什么样|什么|怎么办|怎么样|怎么|怎样|如何|哪些|哪个|哪种|多少|多久|能不能|可不可以|可以|应该|需要|请问|有没有"
    "|[的了吗呢吧是么啊呀]"
)
"""Words of a question that say nothing of what it is about. A query is cut at them; passages keep them."""


def index_terms(text: str) -> list[str]:
    """Every term of a text, as often as it stands there."""
    return [term for run in RUN.finditer(normalise(text)) for term in terms_of(run)]


def query_terms(text: str) -> tuple[str, ...]:
    """The terms to search a text by, each once, in the order of the text; words of a question left out."""
    text = text[:LONGEST_QUERY]
    return tuple(dict.fromkeys(index_terms(FILLERS.sub(" ", text)))) or tuple(dict.fromkeys(index_terms(text)))


def terms_of(run: re.Match[str]) -> Iterator[str]:
    """The terms of one run of characters of a kind."""
    word = run[0]
    if run["chinese"] is None or len(word) == 1:
        yield word[:LONGEST_TERM]
        return
    for at in range(len(word) - 1):
        yield word[at : at + 2]


def is_pair(term: str) -> bool:
    """Whether a term is a pair of Chinese characters."""
    return len(term) == 2 and term >= "\u3400"


def occurrences(terms: tuple[str, ...], text: str) -> dict[str, int]:
    """How often each of `terms` stands in a normalised text; overlapping pairs of one character count once.

    Much quicker than taking all terms of the text when few are asked for.
    """
    words = None
    found = {}
    for term in terms:
        if is_pair(term):
            count = text.count(term)
        else:
            words = [run[0] for run in RUN.finditer(text)] if words is None else words
            count = words.count(term)
        if count:
            found[term] = count
    return found
