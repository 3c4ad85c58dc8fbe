"""Every verb that the audit trail keeps has its words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotation.enums import CaseVerb
from arweb.event_words import DEEDS
from arweb.templatetags.events import Fact, facts

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


def test_how_a_sample_was_drawn_is_told_in_words() -> None:
    kept = {"came": "sample", "among": "hard", "quotas": {"中药": 50.0, "西药": 25.5}, "fill": True, "seed": 7}
    assert facts(kept) == [
        Fact("origin", "sampled"),
        Fact("among", "hard pairs"),
        Fact("shares", "中药 50.0, 西药 25.5"),
        Fact("what a category lacks from the others", "yes"),
        Fact("seed", "7"),
    ]
