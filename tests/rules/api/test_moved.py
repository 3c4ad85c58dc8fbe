"""What a program is told of a proposal that another release came before."""

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from rules.engine.content import RuleContent
from rules.models import Release
from rules.selectors.releases import released_rule
from tests.rules.api.asking import refused, sent
from tests.rules.api.conftest import allowed
from tests.rules.publishing import published_rules
from tests.rules.rows import content

pytestmark = pytest.mark.django_db


def told(rule: RuleContent) -> dict[str, object]:
    return {**rule.to_json(), "safety": rule.safety}


def test_it_learns_what_moved_and_what_to_choose_between(draft: str, author: APIClient, expert: User) -> None:
    base, meanwhile, other = Release.objects.get(number=1), content("Meanwhile", "m"), content("Other", "o")
    sent(author, f"{draft}changes/", {"kind": "retire", "rule": 1}, 201)
    assert author.get(f"{draft}rebase/").json() == {"base": 1, "onto": 1, "moved": [], "conflicts": []}
    published_rules(by=expert, contents=[(1, meanwhile), (2, other)])
    was = released_rule(base, 1)
    assert was is not None
    conflict = {"number": 1, "base": told(was.content), "theirs": told(meanwhile), "mine": None}
    assert author.get(f"{draft}rebase/").json() == {"base": 1, "onto": 2, "moved": [1, 2], "conflicts": [conflict]}


def test_a_decided_one_has_nothing_to_choose(draft: str, author: APIClient, expert: User) -> None:
    sent(author, f"{draft}withdraw/")
    published_rules(by=expert, contents=[(1, content("Meanwhile", "m"))])
    assert author.get(f"{draft}rebase/").json() == {"base": 1, "onto": 1, "moved": [], "conflicts": []}


def test_a_report_about_a_decided_one_says_that_it_is_decided(draft: str, author: APIClient, expert: User) -> None:
    told = author.get(draft).json()
    sent(author, f"{draft}withdraw/")
    checker = f"{draft}checks/benchmark/"
    said = {"state": "passed", "content": told["content"]}
    assert refused(allowed("checker", "change_check"), checker, said, "put") == (409, "not_open")
