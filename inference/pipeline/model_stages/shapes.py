"""What the replies of all stages have in common: one JSON object of a closed shape, read kindly where nothing hangs on it."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from inference.engines.protocol import ChatRequest, Message
from inference.pipeline.model_answer import Fault, FaultKind, object_in
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.prompts import Prompt

Shape = TypeVar("Shape", bound=BaseModel)
UNSAID = frozenset({"default", "title", "description", "$defs"})
"""What Pydantic tells of a shape and no server needs."""


def one_line(longest: int) -> Callable[[object], str]:
    """Makes a text of whatever was said: on one line, cut; anything else is nothing."""

    def cut(value: object) -> str:
        return " ".join(value.split())[:longest] if isinstance(value, str) else ""

    return cut


def words(longest: int) -> Any:
    """The type of a text of a reply with at most so many characters."""
    return Annotated[str, Field(max_length=longest), BeforeValidator(one_line(longest))]


def usable(shape: type[BaseModel], most: int) -> Any:
    """The type of a list of objects: those that are none of that shape are left out, and all beyond the first few."""

    def kept(value: object) -> tuple[BaseModel, ...]:
        listed = value if isinstance(value, list | tuple) else ()
        found = (one if isinstance(one, shape) else _made(shape, one) for one in listed)
        return tuple([one for one in found if one is not None][:most])

    return Annotated[tuple[shape, ...], Field(max_length=most), BeforeValidator(kept)]  # type: ignore[valid-type]


def _made(shape: type[BaseModel], value: object) -> BaseModel | None:
    try:
        return shape.model_validate(value)
    except ValidationError:
        return None


@cache
def schema_of(shape: type[BaseModel]) -> Mapping[str, Any]:
    """The JSON schema that a server holds a reply to: every field, and nothing else, at every depth."""
    told = shape.model_json_schema()
    closed: Mapping[str, Any] = _closed(told, told.get("$defs", {}))
    return closed


def _closed(node: Any, named: Mapping[str, Any]) -> Any:
    """A part of a schema in which nothing is left open: every field is asked for, and references are written out."""
    if isinstance(node, list):
        return [_closed(one, named) for one in node]
    if not isinstance(node, Mapping):
        return node
    if "$ref" in node:
        return _closed(named[node["$ref"].rsplit("/", 1)[-1]], named)
    if "properties" in node:
        fields = {name: _closed(one, named) for name, one in node["properties"].items()}
        return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {name: _closed(one, named) for name, one in node.items() if name not in UNSAID}


def read_shape(shape: type[Shape], text: str, finish_reason: str) -> Shape | Fault:
    """The object of that shape in a reply, or what is wrong with it."""
    found = object_in(text, finish_reason=finish_reason)
    if isinstance(found, Fault):
        return found
    try:
        return shape.model_validate(found)
    except ValidationError as error:
        places = ", ".join(sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]}))
        return Fault(FaultKind.NOT_ANSWER, f"The reply lacks a usable {places:.100}.", text)


def asked(
    said: Prompt, settings: ModelSettings, shape: type[BaseModel], own: str, shared: str, images: tuple[str, ...] = ()
) -> ChatRequest:
    """The request of a unit: `shared` is what all units of a stage have in common, and comes first."""
    return ChatRequest(
        messages=(Message("system", shared), Message("user", own, images)),
        schema=schema_of(shape),
        schema_name=said.stage,
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
        seed=settings.seed,
    )
