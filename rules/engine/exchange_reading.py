"""Reading a rule set that was written as YAML. Every mistake is told with its line and its rule."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from rules.engine.attributes import Attribute, Level, Side, gettext_noop
from rules.engine.check import content_problems
from rules.engine.content import Example, RuleContent
from rules.engine.exchange import FORMAT, MOST_BYTES, FileHeader
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.engine.yaml_tree import Node, TreeError, read_tree

MOST_RULES = 20_000
NUMBER = re.compile(r"[1-9][0-9]{0,5}")
NOTHING = frozenset({"", "null", "~"})
FILE_FIELDS = ("format", "release", "digest", "rules")
RULE_FIELDS = (
    "rule", "title", "conditions", "effect", "instruction", "rationale", "source", "examples", "valid_from",
    "valid_until", "safety",
)  # fmt: skip
CONDITION_FIELDS = ("side", "operator", "attribute", "values")
EFFECT_FIELDS = ("kind", "level", "attributes")
EXAMPLE_FIELDS = ("query", "title", "level")

Kind = TypeVar("Kind", bound=StrEnum)
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One mistake in a file. `message` is the key of its translation; `rule` is None where no rule is meant."""

    line: int
    rule: int | None
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


class RuleFileError(ValueError):
    """A file that can't be taken as it is: every mistake in it."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"line {one.line}: {one.message % one.params}" for one in self.problems))


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What a file holds."""

    header: FileHeader
    rules: tuple[tuple[int, RuleContent], ...]


def read_rules(data: bytes) -> RuleFile:
    """The rules of a file. Raises RuleFileError with every mistake; nothing of a faulty file is given out."""
    return _Reader().file(_tree(data))


def _tree(data: bytes) -> Node:
    if len(data) > MOST_BYTES:
        message = gettext_noop("The file is too large: at most %(most)d MB.")
        raise RuleFileError([FileProblem(1, None, message, {"most": MOST_BYTES // 1024 // 1024})])
    try:
        return read_tree(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RuleFileError([FileProblem(line, None, gettext_noop("The file is not UTF-8 text."))]) from error
    except TreeError as error:
        raise RuleFileError([FileProblem(error.line, None, error.message)]) from error


class _Reader:
    """Reads a tree as rules, and gathers what is wrong on the way."""

    def __init__(self) -> None:
        self._problems: list[FileProblem] = []
        self._rule: int | None = None

    def file(self, node: Node) -> RuleFile:
        """The whole file."""
        fields = self._fields(node, FILE_FIELDS, needed=("format", "rules"))
        if "format" in fields and self._text(fields["format"]) != FORMAT:
            self._blame(fields["format"], gettext_noop("This is not the format %(format)s."), format=FORMAT)
        header = FileHeader(self._release(fields.get("release")), self._text(fields.get("digest")))
        rules = self._rules(fields.get("rules"))
        if self._problems:
            raise RuleFileError(self._problems)
        return RuleFile(header, tuple(rules))

    def _rules(self, node: Node | None) -> list[tuple[int, RuleContent]]:
        found: dict[int, tuple[int, RuleContent]] = {}
        for one in self._list(node, most=MOST_RULES):
            number, content = self._rule_at(one)
            if number in found:
                message = gettext_noop("R%(number)d is in the file twice, first on line %(line)d.")
                self._blame(one, message, number=number, line=found[number][0])
            elif number:
                found[number] = (one.line, content)
        return [(number, content) for number, (_line, content) in found.items()]

    def _rule_at(self, node: Node) -> tuple[int, RuleContent]:
        self._rule, before = None, len(self._problems)
        fields = self._fields(node, RULE_FIELDS, needed=("rule", "title", "conditions", "effect"))
        number = self._rule = self._number(fields.get("rule"))
        content = self._content(fields)
        if len(self._problems) == before:
            for one in content_problems(content):
                self._blame(_where(one.field, fields) or node, one.message, **one.params)
        self._rule = None
        return number or 0, content

    def _content(self, fields: Mapping[str, Node]) -> RuleContent:
        return RuleContent(
            title=self._text(fields.get("title")),
            conditions=tuple(self._condition(one) for one in self._list(fields.get("conditions"))),
            effect=self._effect(fields.get("effect")),
            instruction=self._text(fields.get("instruction")),
            rationale=self._text(fields.get("rationale")),
            source=self._text(fields.get("source")),
            examples=tuple(self._example(one) for one in self._list(fields.get("examples"))),
            valid_from=self._day(fields.get("valid_from")),
            valid_until=self._day(fields.get("valid_until")),
            safety=self._truth(fields.get("safety")),
        )

    def _condition(self, node: Node) -> Condition:
        fields = self._fields(node, CONDITION_FIELDS, needed=("side", "operator"))
        return Condition(
            side=self._one_of(Side, fields.get("side"), Side.QUERY),
            operator=self._one_of(Operator, fields.get("operator"), Operator.IS),
            attribute=self._maybe(Attribute, fields.get("attribute")),
            values=tuple(self._text(one) for one in self._list(fields.get("values"))),
        )

    def _effect(self, node: Node | None) -> Effect:
        fields = self._fields(node, EFFECT_FIELDS, needed=("kind",)) if node else {}
        attributes = self._list(fields.get("attributes"))
        return Effect(
            kind=self._one_of(EffectKind, fields.get("kind"), EffectKind.CAP),
            level=self._maybe(Level, fields.get("level")),
            attributes=tuple(self._one_of(Attribute, one, Attribute.BRAND) for one in attributes),
        )

    def _example(self, node: Node) -> Example:
        fields = self._fields(node, EXAMPLE_FIELDS, needed=EXAMPLE_FIELDS)
        level = self._one_of(Level, fields.get("level"), Level.HIGHLY)
        return Example(self._text(fields.get("query")), self._text(fields.get("title")), level)

    def _blame(self, node: Node, message: str, **params: object) -> None:
        self._problems.append(FileProblem(node.line, self._rule, message, params))

    def _fields(self, node: Node, known: tuple[str, ...], *, needed: tuple[str, ...]) -> dict[str, Node]:
        if not isinstance(node.value, dict):
            self._blame(node, gettext_noop("Fields are expected here: %(fields)s."), fields=", ".join(known))
            return {}
        for name, value in node.value.items():
            if name not in known:
                self._blame(value, gettext_noop("There is no field “%(name)s” here."), name=name[:40])
        for name in needed:
            if name not in node.value:
                self._blame(node, gettext_noop("The field “%(name)s” is missing."), name=name)
        return node.value

    def _list(self, node: Node | None, *, most: int = 1000) -> list[Node]:
        if node is None or (node.value in ("", "null", "~") and not node.quoted):
            return []
        if not isinstance(node.value, list):
            self._blame(node, gettext_noop("A list is expected here."))
            return []
        if len(node.value) > most:
            self._blame(node, gettext_noop("Too many: at most %(most)d."), most=most)
            return []
        return node.value

    def _text(self, node: Node | None) -> str:
        if node is None:
            return ""
        if not isinstance(node.value, str):
            self._blame(node, gettext_noop("Text is expected here."))
            return ""
        return node.value

    def _plain(self, node: Node | None, read: Callable[[str], Read], message: str) -> Read | None:
        """What `read` makes of a value; None for none, and for one that it refuses, which is told."""
        if node is None or (isinstance(node.value, str) and node.value in NOTHING):
            return None
        try:
            return read(self._text(node))
        except ValueError:
            self._blame(node, message)
            return None

    def _release(self, node: Node | None) -> int | None:
        return self._plain(node, _release, gettext_noop("The number of a release is expected here."))

    def _day(self, node: Node | None) -> date | None:
        return self._plain(node, _day, gettext_noop("A day is expected here, written as 2026-11-20."))

    def _number(self, node: Node | None) -> int | None:
        number = self._plain(node, _number, gettext_noop("The number of a rule is expected here, from 1 to 999999."))
        if node is not None and node.value in NOTHING:
            self._blame(node, gettext_noop("The number of a rule is expected here, from 1 to 999999."))
        return number

    def _truth(self, node: Node | None) -> bool:
        return bool(self._plain(node, _truth, gettext_noop("“true” or “false” is expected here.")))

    def _maybe(self, kind: type[Kind], node: Node | None) -> Kind | None:
        if node is None or (isinstance(node.value, str) and node.value in NOTHING):
            return None
        return self._one_of(kind, node, next(iter(kind)))

    def _one_of(self, kind: type[Kind], node: Node | None, otherwise: Kind) -> Kind:
        if node is None:
            return otherwise
        text = self._text(node)
        if text in {one.value for one in kind}:
            return kind(text)
        choices = ", ".join(one.value for one in kind)
        self._blame(node, gettext_noop("One of these is expected here: %(choices)s."), choices=choices)
        return otherwise


def _where(place: str, fields: Mapping[str, Node]) -> Node | None:
    """Where a problem of a content stands in the file: `examples-2` is the third of the examples."""
    name, _dash, index = place.partition("-")
    node = fields.get("effect" if name in ("level", "attributes") else name)
    if node is not None and index and isinstance(node.value, list):
        return node.value[int(index)]
    return node


def _number(text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _release(text: str) -> int:
    return 0 if text == "0" else _number(text)


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"
