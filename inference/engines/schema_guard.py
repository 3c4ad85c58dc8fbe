"""Holding a model of this process to a JSON schema, token by token. Needs llguidance."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from llguidance import LLMatcher, LLTokenizer
from llguidance.hf import from_tokenizer
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask
from numpy.typing import NDArray

COMPACT = {"whitespace_flexible": False}
"""No white space between the parts of an object: a model could go on writing it for ever."""


class SchemaGuard:
    """Says after every token of a reply which ones may follow."""

    def __init__(self, tokenizer: Any, vocabulary: int, ends: list[int]) -> None:
        self._tokens: LLTokenizer = from_tokenizer(tokenizer, n_vocab=vocabulary, eos_token=ends)
        self._vocabulary = vocabulary

    def begin(self, schema: Mapping[str, Any]) -> "Guarded":
        """A reply that is to be held to a schema. Raises ValueError for a schema that can't be held to."""
        matcher = LLMatcher(self._tokens, _grammar(json.dumps(schema, sort_keys=False)))
        if matcher.is_error():
            raise ValueError(matcher.get_error())
        return Guarded(matcher, self._vocabulary)


class Guarded:
    """A reply as far as it was written."""

    def __init__(self, matcher: LLMatcher, vocabulary: int) -> None:
        self._matcher = matcher
        self._mask = allocate_token_bitmask(1, vocabulary)
        self._vocabulary = vocabulary

    def allowed(self) -> NDArray[np.bool_]:
        """For every token of the vocabulary whether it may come next."""
        fill_next_token_bitmask(self._matcher, self._mask)
        return np.unpackbits(self._mask.view(np.uint8), bitorder="little")[: self._vocabulary].astype(np.bool_)

    def take(self, token: int) -> None:
        """The token that was chosen."""
        self._matcher.consume_token(token)

    @property
    def complete(self) -> bool:
        """Whether nothing can follow any more."""
        return bool(self._matcher.is_stopped())


@lru_cache(maxsize=64)
def _grammar(schema: str) -> str:
    grammar: str = LLMatcher.grammar_from_json_schema(schema, overrides=COMPACT)
    return grammar
