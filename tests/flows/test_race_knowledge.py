"""Several people who correct the knowledge at once: one correction wins, none is lost, numbers have no gap."""

import json
import sys
from collections import Counter
from typing import Any

import pytest
from django.contrib.auth.models import User

from inference.knowledge.records import Kind
from inference.models import EntryVersion
from inference.selectors.entries import standing_of
from inference.selectors.knowledge import lexicon_in_use
from inference.services.knowledge import correct_entry
from rules import selectors
from tests.flows.test_race import AT_ONCE, at_once

pytestmark = pytest.mark.slow


def race() -> None:
    """Let people meet, and print what came of it. Called in a process of its own."""
    lead = User.objects.create_superuser("lead")

    def correct(name: str, maker: str) -> int:
        content = {**standing_of(Kind.BRAND, name).content, "maker": maker}
        written = correct_entry(
            by=lead, kind=Kind.BRAND, name=name, content=content, source="a book", note="a race", expected_number=1
        )
        lexicon_in_use()
        return written.number

    same = at_once(*[lambda n=n: correct("芬必得", f"厂{n}") for n in range(AT_ONCE)])
    others = at_once(*[lambda name=name: correct(name, "某厂") for name in ("美林", "托恩", "999", "仁和")])
    numbers = EntryVersion.objects.filter(name="芬必得").order_by("pk").values_list("number", flat=True)
    came = {
        "same": Counter(same),
        "others": Counter(others),
        "numbers": list(numbers),
        "in use": [lexicon_in_use().brands[name].maker for name in ("美林", "托恩", "999", "仁和")],
        "broken": selectors.verify_chain(),
    }
    sys.stdout.write(json.dumps(came))


def test_of_corrections_of_one_entry_the_first_wins_and_those_of_others_all_hold(came: dict[str, Any]) -> None:
    assert came == {
        "same": {"2": 1, "conflict": AT_ONCE - 1},
        "others": {"2": 4},
        "numbers": [1, 2],
        "in use": ["某厂"] * 4,
        "broken": None,
    }
