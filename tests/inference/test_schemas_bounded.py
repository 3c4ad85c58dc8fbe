"""No schema lets a model go on for ever: one that repeats itself would be cut off, and each of its replies lost."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from inference.pipeline.model_answer import reply_schema
from inference.pipeline.model_stages.registry import MODEL_STAGES
from inference.pipeline.model_stages.shapes import schema_of

SCHEMAS = {"judgment": reply_schema(), **{stage.value: schema_of(one.shape) for stage, one in MODEL_STAGES.items()}}
BOUNDS = {"string": "maxLength", "array": "maxItems", "integer": "maximum"}


def open_ends(node: Mapping[str, Any], path: str = "reply") -> Iterator[str]:
    """The places of a schema where a reply may grow without end."""
    bound = BOUNDS.get(node.get("type", ""))
    if "enum" not in node and bound and bound not in node:
        yield path
    for name, one in node.get("properties", {}).items():
        yield from open_ends(one, f"{path}.{name}")
    if items := node.get("items"):
        yield from open_ends(items, f"{path}[]")


@pytest.mark.parametrize("name", SCHEMAS)
def test_everything_that_a_schema_asks_for_has_an_end(name: str) -> None:
    assert list(open_ends(SCHEMAS[name])) == []
