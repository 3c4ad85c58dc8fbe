"""Examples that their own rule does not fire on, as the page of the analysis shows them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from inference.selectors.gaps import gaps_of_proposal, gaps_of_release
from rules.engine.attributes import Level, Side
from rules.engine.content import Example, RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.services.exchange import propose_rules
from tests.rules.publishing import published_rules
from tests.rules.rows import person

pytestmark = pytest.mark.django_db
TITLE = "[芬必得]布洛芬缓释胶囊0.3g*20粒"
COVERED, MISSED = (Example(query, TITLE, Level.IRRELEVANT) for query in ("布洛芬", "<口罩>"))


def rule(*examples: Example, **days: object) -> RuleContent:
    wanted = (Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=("布洛芬",)),)
    return RuleContent("A rule", wanted, Effect(EffectKind.FORBID), examples=examples, **days)  # type: ignore[arg-type]


@pytest.fixture
def expert() -> User:
    return person("expert")


def test_an_example_that_its_rule_does_not_fire_on_is_a_gap(expert: User) -> None:
    release = published_rules(by=expert, contents=[(1, rule(COVERED, MISSED))])
    proposal = propose_rules(by=expert, contents=[(1, rule(COVERED)), (2, rule(MISSED))], title="Moved")
    found = gaps_of_release(release), gaps_of_proposal(proposal)
    assert [[(gap.rule, gap.example) for gap in gaps] for gaps in found] == [[(1, MISSED)], [(2, MISSED)]]


def test_of_a_rule_that_begins_later_its_first_day_counts_and_of_one_that_ended_nothing(expert: User) -> None:
    today = timezone.localdate()
    later = rule(COVERED, valid_from=today + timedelta(days=5))
    over = rule(MISSED, valid_until=today - timedelta(days=1))
    assert gaps_of_release(published_rules(by=expert, contents=[(1, later), (2, over)])) == ()


def test_the_analysis_shows_them_and_each_can_be_run(client: Client, expert: User) -> None:
    release = published_rules(by=expert, contents=[(1, rule(COVERED, MISSED))])
    proposal = propose_rules(by=expert, contents=[(1, rule(COVERED))], title="Mended")
    client.force_login(expert)
    mended, found = f"/proposals/{proposal.pk}/gaps/", f"/releases/{release.number}/gaps/"
    assert f'hx-get="{found}"' in client.get("/rules/analysis/").content.decode()
    assert f'hx-get="{mended}"' in client.get(f"/rules/analysis/?proposal={proposal.pk}").content.decode()
    page, part = (client.get(found, headers=one).content.decode() for one in ({}, {"HX-Request": "true"}))
    assert ("<html" in page, "<html" in part) == (True, False)
    assert "&lt;口罩&gt;" in part
    assert "1 pinned example lies" in part
    href = part.split('class="button button-small" href="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(href).context["form"].data["query"] == MISSED.query
    assert "Every rule fires on the examples that it pins." in client.get(mended).content.decode()


def test_a_program_is_told_them(client: Client, expert: User) -> None:
    release = published_rules(by=expert, contents=[(1, rule(COVERED, MISSED))])
    proposal = propose_rules(by=expert, contents=[(1, rule(COVERED))], title="Mended")
    client.force_login(expert)
    [told] = client.get(f"/api/v1/releases/{release.number}/gaps/").json()["results"]
    example = {"query": MISSED.query, "title": TITLE, "level": "irrelevant"}
    assert told == {"rule": 1, "example": example, "day": timezone.localdate().isoformat()}
    assert client.get(f"/api/v1/proposals/{proposal.pk}/gaps/").json()["count"] == 0
