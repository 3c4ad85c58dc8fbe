"""The editor's preview: what the rule does alone, and what the whole draft does with it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from rules.engine.attributes import Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.forms import editor_data
from rules.models import Change, Proposal
from rules.services import proposals
from tests.factories import make_benchmark
from tests.rules.publishing import published_rules
from tests.rules.rows import person, rule

pytestmark = pytest.mark.django_db
ROWS = (
    ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"),
    ("板蓝根", "[白云山]板蓝根颗粒10g*20袋", "irrelevant"),
)


def forbidding(word: str) -> RuleContent:
    condition = Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=(word,))
    return RuleContent(f"No {word}", (condition,), Effect(EffectKind.FORBID))


@pytest.fixture
def expert() -> User:
    return person("expert")


@pytest.fixture
def draft(expert: User) -> Proposal:
    """On a rule in force that fires on nothing: a draft with nothing in it yet."""
    published_rules(by=expert, contents=[(1, forbidding("口罩"))])
    make_benchmark(*ROWS)
    return proposals.open_proposal(by=expert)


def preview(client: Client, change: Change, content: RuleContent) -> tuple[str, str]:
    """What is said of the rule alone, and of the whole draft."""
    client.force_login(User.objects.get(username="expert"))
    data = editor_data(content, change.edition)
    data["proposal"], data["change"] = str(change.proposal_id), str(change.pk)
    path = reverse("inference:preview")
    said = client.post(path, data.urlencode(), "application/x-www-form-urlencoded").content.decode()
    alone, _id, together = said.partition('id="together"')
    return alone.partition('class="answer"')[2], together.partition("</p>")[0]


def test_a_draft_of_one_rule_is_that_rule(client: Client, draft: Proposal, expert: User) -> None:
    change = proposals.add_rule(by=expert, proposal=draft, content=forbidding("布洛芬"))
    alone, together = preview(client, change, forbidding("布洛芬"))
    assert ("breaks 1" in alone, together) == (True, "")


def test_a_rule_of_several_is_told_apart_from_the_whole_draft(client: Client, draft: Proposal, expert: User) -> None:
    change = proposals.add_rule(by=expert, proposal=draft, content=forbidding("布洛芬"))
    proposals.add_rule(by=expert, proposal=draft, content=forbidding("板蓝根"))
    alone, together = preview(client, change, forbidding("布洛芬"))
    assert [words in alone for words in ("fixes 0", "breaks 1")] == [True, True]
    assert [words in together for words in ("touches 2 pairs", "fixes 1", "breaks 1")] == [True] * 3


def test_an_edit_is_held_against_the_rule_in_force(client: Client, draft: Proposal, expert: User) -> None:
    proposals.add_rule(by=expert, proposal=draft, content=forbidding("板蓝根"))
    change = proposals.edit_rule(by=expert, proposal=draft, rule=rule(1))
    alone, together = preview(client, change, forbidding("布洛芬"))
    assert ("fires on 1 pair" in alone, "breaks 1" in alone, "touches 2 pairs" in together) == (True, True, True)


def test_a_rule_that_never_was_is_not_in_force(client: Client, draft: Proposal, expert: User) -> None:
    client.force_login(expert)
    assert "not in the release in force" in client.get(reverse("inference:rule_effects", args=[0])).content.decode()
