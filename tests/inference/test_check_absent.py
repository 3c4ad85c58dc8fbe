"""The check of conflicts where a changed rule names only values that no product has."""

import pytest
from django.test import Client
from django.urls import reverse

from inference.services.proposal_checks import run_checks
from rules.engine.attributes import Attribute, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.enums import CheckName, CheckState
from rules.models import Check, Proposal
from rules.services.exchange import propose_rules
from tests.factories import make_pair
from tests.rules.rows import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal() -> Proposal:
    """A new rule on products of a brand that is known by another name."""
    condition = Condition(Side.PRODUCT, Operator.IS, Attribute.BRAND, ("三九",))
    content = RuleContent("By brand", (condition,), Effect(EffectKind.FORBID))
    return propose_rules(by=person("expert"), contents=[(1, content)], title="By brand")


def answer(proposal: Proposal) -> tuple[str, int]:
    run_checks(proposal_id=proposal.pk, again=True)
    check = Check.objects.get(proposal=proposal, name=CheckName.CONFLICTS)
    return check.state, check.params["never"]


def test_it_fails_and_its_page_says_what_would_make_the_rule_fire(proposal: Proposal, client: Client) -> None:
    assert answer(proposal) == (CheckState.FAILED, 1)
    client.force_login(proposal.created_by)
    page = client.get(reverse("inference:check", args=[proposal.pk, "conflicts"])).content.decode()
    assert "No product has the brand “三九”. It is known as “999”: name that instead." in page


def test_it_passes_once_a_product_has_the_value(proposal: Proposal) -> None:
    proposal.changes.update(content=other_brand(proposal))
    before = answer(proposal)
    make_pair(title="[同任堂]布洛芬片")
    assert (before, answer(proposal)) == ((CheckState.FAILED, 1), (CheckState.PASSED, 0))


def other_brand(proposal: Proposal) -> dict[str, object]:
    """The content of its rule with a brand that nobody knows."""
    content: dict[str, object] = proposal.changes.get().content
    return {**content, "conditions": [{**content["conditions"][0], "values": ["同任堂"]}]}  # type: ignore[index]
