"""Passages as they were when a judgment read them, so that it can be replayed when the documents have moved on."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from inference.knowledge.passages import Found

KEPT = 4096
PLAIN = "plain"
TEXTS = ("document", "title", "source", "dated", "heading", "text")


@dataclass(frozen=True, slots=True)
class Pinned:
    """A search that finds again what another one found, and what was found for a reading without any model."""

    found: tuple[Found, ...] = ()
    plain: tuple[Found, ...] = ()

    @property
    def documents(self) -> "Pinned":
        """The search of the reading without any model."""
        return Pinned(self.plain)

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


def pins_of(found: Iterable[Found], plain: Iterable[Found] = ()) -> list[list[Any]]:
    """What a search found, as plain JSON values: digest and score of each passage, in order.

    After them stand the passages of the reading without any model, each with PLAIN.
    """
    used = [[digest_of_passage(one), one.score] for one in found]
    return used + [[digest_of_passage(one), one.score, PLAIN] for one in plain]


def found_again(pins: Iterable[Sequence[Any]], texts: Mapping[str, Mapping[str, str]]) -> Pinned:
    """The search that `pins_of` told of. Raises KeyError where a passage is not among `texts`, which go by digest."""
    found: dict[bool, list[Found]] = {False: [], True: []}
    for digest, score, *of in pins:
        found[PLAIN in of].append(Found(**texts[digest], score=score))
    return Pinned(tuple(found[False]), tuple(found[True]))
