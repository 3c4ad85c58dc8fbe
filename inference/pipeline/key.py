"""What identifies a judgment (invariant 3 of the design): same key, same judgment."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

ENGINE = "lexical"
CODE_VERSION = "6"
"""Raised by whoever changes what any stage answers for the same input."""


@dataclass(frozen=True, slots=True)
class KeyMaterial:
    """Everything that decides a pair. `knowledge` is a digest of what of the lexicon and the catalogue was used."""

    query: str
    title: str
    knowledge: str
    rules: tuple[str, ...]
    parameters: tuple[tuple[str, Any], ...]
    images: tuple[str, ...]
    engine: str = ENGINE
    code: str = CODE_VERSION

    def digest(self) -> str:
        """SHA-256 over every field by name."""
        return digest_of(
            {
                "query": self.query,
                "title": self.title,
                "knowledge": self.knowledge,
                "rules": sorted(self.rules),
                "parameters": sorted(self.parameters),
                "images": list(self.images),
                "engine": self.engine,
                "code": self.code,
            }
        )


def digest_of(value: Any) -> str:
    """SHA-256 of plain JSON values; half a surrogate pair in a text is kept as it is."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
