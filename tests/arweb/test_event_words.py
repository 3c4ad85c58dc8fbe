"""Every verb that the audit trail keeps has its words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotation.enums import CaseVerb
from arweb.event_words import DEEDS

ROOT = Path(__file__).resolve().parents[2]


def verbs_in(app: str) -> Iterator[str]:
    """The verbs that the services of an app record as they stand in the source."""
    for path in sorted((ROOT / app).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("record", "_record"):
                said = [*node.args, *(one.value for one in node.keywords if one.arg == "verb")]
                yield from (one.value for one in said if isinstance(one, ast.Constant) and isinstance(one.value, str))


@pytest.mark.parametrize("app", ["rules", "annotation", "inference"])
def test_every_recorded_verb_is_worded(app: str) -> None:
    found = {verb for verb in verbs_in(app) if "." in verb}
    assert len(found) > 5
    assert found - DEEDS.keys() == set()


def test_every_deed_on_a_bad_case_is_worded() -> None:
    assert {f"case.{verb}" for verb in CaseVerb.values} - DEEDS.keys() == set()
