"""Questions about rules and releases."""

from dataclasses import replace
from datetime import date

import pytest
from django.contrib.auth.models import User

from rules import selectors
from rules.engine.diff import RuleSetDiff
from rules.models import Release
from rules.services import proposals
from tests.rules.publishing import published_rules
from tests.rules.rows import content, rule

pytestmark = pytest.mark.django_db


def test_the_library_filters_by_text_effect_and_attribute(expert: User, release: Release) -> None:
    def numbers(**filters: str) -> list[int]:
        return [entry.rule.number for entry in selectors.library(release, **filters)]

    assert numbers() == [1, 2]
    assert numbers(text="999") == [1]
    assert numbers(text="Ｒ2") == [2]
    assert numbers(text="999 compare") == [1]
    assert numbers(effect="cap", attribute="brand") == [1, 2]
    assert numbers(attribute="efficacy") == numbers(effect="forbid") == []


def test_the_history_names_the_releases_of_each_version(expert: User, release: Release) -> None:
    published_rules(by=expert, contents=[(1, content("Changed"))])
    history = selectors.rule_history(rule(1))
    assert [(v.version, v.first_release, v.last_release) for v in history] == [(2, 2, 2), (1, 1, 1)]


def test_releases_are_compared_by_rule(expert: User, release: Release) -> None:
    after = published_rules(by=expert, contents=[(1, content("Changed")), (5, content("New"))])
    assert selectors.compare_releases(release, after) == RuleSetDiff(added=(5,), changed=(1,), retired=())


def test_a_rule_counts_only_on_its_days(expert: User) -> None:
    dated = replace(content(), valid_from=date(2026, 1, 2), valid_until=date(2026, 1, 3))
    release = published_rules(by=expert, contents=[(1, dated)])
    days = [date(2026, 1, day) for day in range(1, 5)]
    assert [len(selectors.engine_rules(release, on=day)) for day in days] == [0, 1, 1, 0]


def test_an_incomplete_rule_is_left_out_of_the_drafted_ones(expert: User, release: Release) -> None:
    proposal = proposals.open_proposal(by=expert)
    proposals.add_rule(by=expert, proposal=proposal)
    assert selectors.drafted_rules(proposal) == selectors.engine_rules(release)
