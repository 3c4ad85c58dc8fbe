"""What identifies a judgment (invariant 3 of the design): same key, same judgment."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LEXICAL = "lexical"
"""The judge of a chain that asks no model."""
CODE_VERSION = "8"
"""Raised by whoever changes what any stage answers for the same input."""


@dataclass(frozen=True, slots=True)
class KeyMaterial:
    """Everything that decides a pair.

    `knowledge` is a digest of what of the lexicon, the documents and the catalogue was used, the evidence included.
    `judge` names the engine that decides: LEXICAL, or the digest of a model with its prompts, revision and parameters.
    """

    query: str
    title: str
    knowledge: str
    rules: tuple[str, ...]
    parameters: tuple[tuple[str, Any], ...]
    images: tuple[str, ...]
    judge: str = LEXICAL
    code: str = CODE_VERSION

    @property
    def base(self) -> str:
        """SHA-256 over what was read: all but the rules and the judge, by name."""
        return digest_of(
            {
                "query": self.query,
                "title": self.title,
                "knowledge": self.knowledge,
                "parameters": sorted(self.parameters),
                "images": list(self.images),
                "code": self.code,
            }
        )

    def digest(self) -> str:
        """The key."""
        return key_of(self.base, self.judge, self.rules)


def key_of(base: str, judge: str, rules: Iterable[str]) -> str:
    """The key of a pair that was read as `base` says, with these rules recalled, decided by `judge`.

    The same as `KeyMaterial.digest`, for those who kept the base.
    """
    return hashlib.sha256("\n".join((base, judge, *sorted(rules))).encode()).hexdigest()


def digest_of(value: Any) -> str:
    """SHA-256 of plain JSON values; half a surrogate pair in a text is kept as it is."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
