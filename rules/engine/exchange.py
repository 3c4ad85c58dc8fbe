"""A rule set as YAML that people read and edit, and that says exactly what the rules say."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from rules.engine.content import RuleContent

FORMAT = "rules/1"
MOST_BYTES = 8 * 1024 * 1024
NUMBER_LIKE = re.compile(r"[-+.]?\d[\d_.,:eExXoO+\-a-fA-F]*")
"""What some reader of YAML, newer or older, takes for a number or a time."""
UNFOLDED = 2**31 - 1
"""The longest line that both writers of YAML take: none is ever broken."""
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""Writes YAML; the one in C is three times as quick and not everywhere."""


@dataclass(frozen=True, slots=True)
class FileHeader:
    """Where a rule set comes from: the release it was written out of, if any."""

    release: int | None = None
    digest: str = ""


def write_rules(rules: Iterable[tuple[int, RuleContent]], header: FileHeader) -> str:
    """The file that `rules.engine.exchange_reading.read_rules` gives the same rules back from, in the order given."""
    data = {
        "format": FORMAT,
        "release": header.release,
        "digest": header.digest,
        "rules": [_row(number, content) for number, content in rules],
    }
    text: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=UNFOLDED)
    return text


def _row(number: int, content: RuleContent) -> dict[str, Any]:
    """One rule with every field in the order of the editor; `safety` is said either way."""
    told = content.to_json()
    told["conditions"] = [_without_blanks(condition) for condition in told["conditions"]]
    told["effect"] = _without_blanks(told["effect"])
    days = {"valid_from": content.valid_from, "valid_until": content.valid_until}
    return {"rule": number, **told, **days, "safety": content.safety}


def _without_blanks(part: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if value not in (None, [])}


class _Dumper(DUMPER):  # type: ignore[misc, valid-type]
    """Several lines as a block, odd characters in double quotes, no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        """Everything is written out where it stands."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    """Block for several plain lines; quotes for what isn't plain, and for what another reader could misread."""
    if text.isidentifier():  # a single word, as the names of fields are
        return None
    if not text.replace("\n", "").isprintable():
        return '"'
    if "\n" in text:
        return '"' if text[0] in " \n" or text.endswith("\n\n") else "|"
    return "'" if NUMBER_LIKE.fullmatch(text) else None


_Dumper.add_representer(str, _text)
