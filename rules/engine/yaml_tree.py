"""Plain YAML as a tree of text with line numbers. What could be more than text is refused: tags, anchors, aliases."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from rules.engine.attributes import gettext_noop

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Reads every scalar as the text that stands there; the one in C is ten times as quick and not everywhere."""
DEEPEST, MOST_NODES = 12, 1_000_000


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a list or a mapping, and the line it begins on, counted from 1. `quoted`: a scalar in quotes."""

    line: int
    value: "str | list[Node] | dict[str, Node]"
    quoted: bool = False


class TreeError(ValueError):
    """A text that is not plain YAML. `message` is the key of its translation."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line, self.message = line, message


def read_tree(text: str) -> Node:
    """The one document in a text. Raises TreeError."""
    try:
        events = _Events(_plain(yaml.parse(text, Loader=LOADER)))
        root = _node(events)
        events.next()  # the end, unless another document follows
        return root
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise TreeError(mark.line + 1 if mark else 1, gettext_noop("This is not YAML.")) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise TreeError(line, gettext_noop("A character here can't be in YAML.")) from error


@dataclass(slots=True)
class _Events:
    """The events of one document, one after the other."""

    left: Iterator[yaml.Event]
    seen: int = field(default=0)

    def next(self) -> yaml.Event:
        """The next event. Raises TreeError after too many."""
        self.seen += 1
        event = next(self.left)
        if self.seen > MOST_NODES:
            raise TreeError(_line(event), gettext_noop("This file holds too much."))
        return event


def _plain(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """The events of the only document, each looked at before anything is built of it."""
    depth = documents = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if depth > DEEPEST:
            raise TreeError(_line(event), gettext_noop("This is nested too deeply."))
        if documents > 1:
            raise TreeError(_line(event), gettext_noop("There is more than one document in this file."))
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise TreeError(_line(event), gettext_noop("Anchors and aliases (& and *) are not read."))
        if getattr(event, "tag", None):
            raise TreeError(_line(event), gettext_noop("Tags (!) are not read."))
        if isinstance(event, yaml.StreamEndEvent) and not documents:
            raise TreeError(1, gettext_noop("The file is empty."))
        if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent | yaml.StreamEndEvent):
            yield event


def _node(events: _Events) -> Node:
    return _built(events, events.next())


def _built(events: _Events, event: yaml.Event) -> Node:
    if isinstance(event, yaml.SequenceStartEvent):
        return Node(_line(event), list(_items(events)))
    if isinstance(event, yaml.MappingStartEvent):
        return Node(_line(event), _mapping(events))
    assert isinstance(event, yaml.ScalarEvent)  # aliases were refused, and nothing else is left
    return Node(_line(event), event.value, quoted=bool(event.style))


def _items(events: _Events) -> Iterator[Node]:
    while not isinstance(event := events.next(), yaml.SequenceEndEvent):
        yield _built(events, event)


def _mapping(events: _Events) -> dict[str, Node]:
    found: dict[str, Node] = {}
    while not isinstance(event := events.next(), yaml.MappingEndEvent):
        key = _built(events, event)
        if not isinstance(key.value, str):
            raise TreeError(key.line, gettext_noop("The name of a field has to be a word."))
        if key.value in found:
            raise TreeError(key.line, gettext_noop("A field is named twice."))
        found[key.value] = _node(events)
    return found


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
