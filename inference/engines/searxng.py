"""SearXNG's JSON API: how it is asked, and what of its answer is kept. Nothing that it says is trusted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from inference.engines.protocol import ChatFailure, FailureKind
from inference.engines.wire import decoded, storable

MOST_RESULTS = 5
"""Results of one answer that are kept, the first ones."""
LONGEST_QUERY = 200
LONGEST_TITLE = 200
LONGEST_CONTENT = 600
LONGEST_URL = 500
MOST_NAMED = 5
"""Search engines behind it that are named in a failure."""


@dataclass(frozen=True, slots=True)
class Result:
    """One page that was found, in three texts. Its address is a text as well: nobody opens it."""

    title: str
    content: str
    url: str

    def to_json(self) -> dict[str, str]:
        """Plain JSON values."""
        return {"title": self.title, "content": self.content, "url": self.url}


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, the best first."""

    found: tuple[Result, ...] = ()


def path_for(query: str) -> str:
    """The path that asks for a query. Half a surrogate pair is asked as a question mark."""
    asked = query[:LONGEST_QUERY].encode("utf-8", "replace").decode()
    return "/search?" + urlencode({"q": asked, "format": "json"}, quote_via=quote)


def read_results(body: bytes) -> Results | ChatFailure:
    """What an answer found, or why it can't be used: no JSON, no list of results, or no search engine behind it answered."""
    answer = decoded(body)
    listed = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        return ChatFailure(FailureKind.GARBLED, "no list of results")
    found = tuple(dict.fromkeys(one for one in map(_result, listed) if one))[:MOST_RESULTS]
    silent = _unresponsive(answer.get("unresponsive_engines"))
    if silent and not found:
        return ChatFailure(FailureKind.SERVER, f"no search engine answered: {silent}")
    return Results(found)


def _result(listed: object) -> Result | None:
    """One result with its texts on a line each; None for one that says nothing."""
    if not isinstance(listed, Mapping):
        return None
    title, content = _line(listed.get("title"), LONGEST_TITLE), _line(listed.get("content"), LONGEST_CONTENT)
    return Result(title or content[:40], content, _line(listed.get("url"), LONGEST_URL)) if title or content else None


def _line(value: object, most: int) -> str:
    return " ".join(storable(value[: 4 * most]).split())[:most] if isinstance(value, str) else ""


def _unresponsive(engines: Any) -> str:
    """The search engines that did not answer, each with why."""
    if not isinstance(engines, list):
        return ""
    named = (": ".join(_line(part, 40) for part in one) for one in engines if isinstance(one, list))
    return ", ".join(list(named)[:MOST_NAMED])
