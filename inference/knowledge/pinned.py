"""Passages as they were when a judgment read them, so that it can be replayed when the documents have moved on."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from inference.knowledge.passages import Found

KEPT = 4096
TEXTS = ("document", "title", "source", "dated", "heading", "text")


@dataclass(frozen=True, slots=True)
class Pinned:
    """A search that finds again what another one found."""

    found: tuple[Found, ...] = ()

    def __call__(self, text: str, limit: int) -> Sequence[Found]:
        """What was found, whatever the text."""
        return self.found[:limit]


def texts_of(passage: Found) -> dict[str, str]:
    """What a passage says and where it is from, as plain JSON values: all but its score, which is the search's."""
    return {name: getattr(passage, name) for name in TEXTS}


@lru_cache(maxsize=KEPT)
def digest_of_passage(passage: Found) -> str:
    """Identifies a passage by its texts; the same passages come up for many queries."""
    told = json.dumps(texts_of(passage), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def pins_of(found: Iterable[Found]) -> list[list[Any]]:
    """What a search found, as plain JSON values: digest and score of each passage, in order."""
    return [[digest_of_passage(one), one.score] for one in found]


def found_again(pins: Iterable[Sequence[Any]], texts: Mapping[str, Mapping[str, str]]) -> Pinned:
    """The search that `pins_of` told of. Raises KeyError where a passage is not among `texts`, which go by digest."""
    return Pinned(tuple(Found(**texts[digest], score=score) for digest, score in pins))
