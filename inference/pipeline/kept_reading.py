"""What of a pair's understanding is kept, so that its key can be rendered under other rules without reading it again."""

import json
from dataclasses import dataclass
from functools import lru_cache

from rules.engine.attributes import Attribute, Facts, Values

SIDES_KEPT = 65_536
"""Sides kept parsed: many pairs share a query or a product, and both are short."""


@dataclass(frozen=True, slots=True)
class KeptReading:
    """The facts that rules may read of a pair, as texts, and the digest of all that was read (`KeyMaterial.base`).

    `mismatched` lists attributes, separated by blanks. One that is not `whole` lacks what rules read of the pair without
    any model: it is good for the rules recalled already, and never stored.
    """

    base: str
    query_side: str
    product_side: str
    mismatched: str
    whole: bool = True

    @property
    def facts(self) -> Facts:
        """What rules recall by. Sides that were met before are shared."""
        query_text, query = _side(self.query_side)
        title, product = _side(self.product_side)
        return Facts(query, product, query_text, title, _attributes(self.mismatched))


def keep(facts: Facts, base: str, *, whole: bool = True) -> KeptReading:
    """What is kept of a pair with these facts."""
    return KeptReading(
        base,
        _text_of(facts.query_text, facts.query),
        _text_of(facts.title, facts.product),
        " ".join(sorted(facts.mismatched)),
        whole,
    )


def _text_of(text: str, values: Values) -> str:
    told = {name.value: sorted(words) for name, words in sorted(values.items())}
    return json.dumps([text, told], ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=SIDES_KEPT)
def _side(kept: str) -> tuple[str, Values]:
    text, values = json.loads(kept)
    return text, {Attribute(name): frozenset(words) for name, words in values.items()}


@lru_cache(maxsize=1024)
def _attributes(names: str) -> frozenset[Attribute]:
    return frozenset(map(Attribute, names.split()))
