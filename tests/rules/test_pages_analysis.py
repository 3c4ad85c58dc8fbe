"""The analysis of a rule set on its pages, and witnesses that show what they say."""

from datetime import date
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import given

from inference.views import checks as checks_views
from rules.engine.analysis import analyse
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import RuleContent
from rules.engine.findings import Conflict, Shadowed
from rules.engine.recall import RuleIndex
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator
from rules.selectors import analysis as analysis_selector
from rules.selectors import current_release
from rules.selectors.analysis import findings_about, overview_of, release_analysis
from rules.services.exchange import propose_rules
from rules.views import analysis as analysis_views
from rules.witness import address_of, situation_from
from tests.factories import make_pair
from tests.rules.publishing import published_rules
from tests.rules.rows import content, person
from tests.rules.test_engine_analysis import TODAY, rule_sets

FORBID = Effect(EffectKind.FORBID)


def on_query(word: str, effect: Effect) -> RuleContent:
    return RuleContent(f"On {word}", (Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=(word,)),), effect)


def force(level: Level) -> Effect:
    return Effect(EffectKind.FORCE, level)


@pytest.fixture
def expert(db: None) -> User:
    return person("expert")


@pytest.fixture
def site(client: Client, expert: User) -> Client:
    client.force_login(expert)
    return client


def publish_conflicts(by: User) -> None:
    """Two rules that only age settles, one that the forbidding one overrules, one that is expired."""
    expired = RuleContent("Old", on_query("口罩", FORBID).conditions, FORBID, valid_until=date(2020, 1, 1))
    contents = [
        on_query("感冒", force(Level.HIGHLY)),
        on_query("发烧", force(Level.WEAKLY)),
        on_query("退烧药", Effect(EffectKind.CAP, Level.WEAKLY)),
        on_query("退烧", FORBID),
        expired,
    ]
    published_rules(by=by, contents=enumerate(contents, start=1))


def test_conflicts_that_only_age_settles_come_first(site: Client, expert: User) -> None:
    publish_conflicts(expert)
    response = site.get(reverse("rules:analysis"))
    assert response.context["kind"] == "age"
    assert [(one.finding.one, one.finding.other, one.finding.winner) for one in response.context["shown"]] == [
        (1, 2, 2)
    ]
    assert [count for _value, _name, count, _current in response.context["counts"]] == [1, 1, 1, 0, 3]


@pytest.mark.parametrize(("kind", "words"), [("shadowed", "R4"), ("never", "R5"), ("kind", "R4"), ("specificity", "")])
def test_every_sort_of_finding_has_its_list(site: Client, expert: User, kind: str, words: str) -> None:
    publish_conflicts(expert)
    assert words in site.get(reverse("rules:analysis"), {"kind": kind}).content.decode()


def test_a_witness_run_shows_who_wins(site: Client, expert: User) -> None:
    publish_conflicts(expert)
    (shown,) = site.get(reverse("rules:analysis")).context["shown"]
    response = site.get(f"{reverse('rules:witness')}?{shown.address}")
    assert [(one.step.number, one.step.outcome, one.step.by) for one in response.context["fired"]] == [
        (2, "applied", None),
        (1, "overruled", 2),
    ]
    assert response.context["result"] is Level.WEAKLY


def test_a_proposal_is_analysed_as_it_leaves_the_rules(site: Client, expert: User) -> None:
    publish_conflicts(expert)
    added = [(6, on_query("鼻炎", force(Level.MODERATELY)))]
    proposal = propose_rules(by=expert, contents=added, title="More")
    response = site.get(reverse("rules:analysis"), {"proposal": proposal.pk})
    assert (response.context["overview"].rules, response.context["listed"]) == (6, 3)
    address = response.context["shown"][-1].address
    assert address.startswith(f"proposal={proposal.pk}&")
    assert site.get(f"{reverse('rules:witness')}?{address}").context["rules"] == 5


@pytest.mark.parametrize(
    "query",
    ["day=nonsense", "query.brand=", "query.brand=%00", f"query.text={'x' * 201}", "&".join(["query.brand=a"] * 31)],
)
def test_nonsense_in_the_address_of_a_witness_is_not_found(site: Client, query: str) -> None:
    assert site.get(f"{reverse('rules:witness')}?{query}").status_code == 404


@pytest.mark.parametrize("query", ["proposal=1", "proposal=x", "release=99", "release=", "release=1²"])
def test_a_rule_set_there_is_not_is_not_found(site: Client, query: str) -> None:
    assert site.get(f"{reverse('rules:analysis')}?{query}").status_code == 404


def test_words_in_an_address_are_shown_as_words(site: Client) -> None:
    response = site.get(reverse("rules:witness"), {"query.brand": "<b>x</b>", "start": "nonsense"})
    assert "&lt;b&gt;x&lt;/b&gt;" in response.content.decode()


def test_without_rules_the_page_says_so(site: Client) -> None:
    assert "No release yet" in site.get(reverse("rules:analysis")).content.decode()


def test_the_page_of_a_rule_shows_what_is_found_about_it(site: Client, expert: User) -> None:
    publish_conflicts(expert)
    response = site.get(reverse("rules:findings", args=[3]), headers={"HX-Request": "true"})
    assert [one.sort for one in response.context["shown"]] == ["shadowed", "conflict"]
    assert reverse("rules:findings", args=[3]) in site.get(reverse("rules:rule", args=[3])).content.decode()


def test_findings_are_listed_page_by_page_in_few_queries(
    site: Client, expert: User, django_assert_max_num_queries: "pytest.FixtureRequest"
) -> None:
    words = [(number, on_query(f"药{number}", force(list(Level)[number % 2]))) for number in range(1, 13)]
    published_rules(by=expert, contents=words)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        response = site.get(reverse("rules:analysis"), {"page": 2})
    assert (response.context["page"].paginator.count, len(response.context["shown"])) == (36, 11)


def test_an_analysis_is_kept_for_the_release_and_the_day(expert: User) -> None:
    published_rules(by=expert, contents=[(1, content()), (2, content("Other", "x"))])
    release = current_release()
    assert release is not None
    first = release_analysis(release)
    assert release_analysis(release) is first
    assert overview_of(first, wait=5) is overview_of(first, wait=5)
    assert release_analysis(release, since=date(2030, 1, 1)) is not first
    assert findings_about(first, 99, 5) == ()


@given(rule_sets())
def test_a_witness_in_an_address_shows_its_finding(rules: tuple[EngineRule, ...]) -> None:
    for finding in analyse(rules, since=TODAY):
        if isinstance(finding, Conflict | Shadowed):
            situation = situation_from(QueryDict(address_of(finding.witness)), today=TODAY)
            assert situation is not None
            fired = {
                one.rule.number
                for one in RuleIndex(rules).recall(situation.facts)
                if one.rule.is_valid_on(situation.day)
            }
            shown = {finding.one, finding.other} if isinstance(finding, Conflict) else {finding.rule, *finding.by}
            assert shown <= fired


def test_an_address_reads_back_as_the_same_situation() -> None:
    query = QueryDict(
        urlsplit("?day=2026-01-01&query.brand=999&product.core_name=%E2%80%A61&query.text=a&query.text=b").query
    )
    situation = situation_from(query, today=TODAY)
    assert situation is not None
    assert situation.facts.query == {Attribute.BRAND: frozenset({"999"})}
    assert situation.facts.query_text == "a\nb"
    assert situation_from(QueryDict(address_of(situation)), today=TODAY) == situation


def test_an_analysis_that_takes_long_is_said_to_be_under_way(
    site: Client, expert: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_conflicts(expert)
    proposal = propose_rules(by=expert, contents=[(6, on_query("鼻炎", FORBID))], title="More")
    with analysis_selector.WORKING:  # another thread is at it
        for module in (analysis_views, checks_views):
            monkeypatch.setattr(module, "PATIENCE", 0.0)
        for address in ("/rules/analysis/", "/rules/3/findings/", f"/proposals/{proposal.pk}/checks/conflicts/"):
            assert "The analysis is under way" in site.get(address).content.decode()


def on_product(*values: str) -> RuleContent:
    condition = Condition(Side.PRODUCT, Operator.IS_ANY_OF, Attribute.BRAND, values)
    return RuleContent("By brand", (condition,), FORBID)


class TestAbsentValues:
    """Rules that name only values that no product has."""

    def test_the_analysis_says_which_and_how_they_are_called(self, site: Client, expert: User) -> None:
        published_rules(by=expert, contents=[(1, on_product("同任堂", "三九")), (2, on_product("999"))])
        page = site.get(reverse("rules:analysis"), {"kind": "never"})
        text = page.content.decode()
        assert [one.finding.rule for one in page.context["shown"]] == [1]
        assert [
            words in text
            for words in (
                "No product has the brand “同任堂”.</li>",
                "No product has the brand “三九”. It is known as “999”: name that instead.",
                "It fires once one of these is in the knowledge, or on a product",
            )
        ] == [True] * 3

    def test_the_page_of_the_rule_says_it(self, site: Client, expert: User) -> None:
        published_rules(by=expert, contents=[(1, on_product("同任堂"))])
        assert "No product has the brand “同任堂”." in site.get(reverse("rules:findings", args=[1])).content.decode()

    def test_a_product_that_has_it_is_noticed(self, site: Client, expert: User) -> None:
        published_rules(by=expert, contents=[(1, on_product("同任堂"))])
        before = site.get(reverse("rules:findings", args=[1])).content.decode()
        make_pair(title="[同任堂]布洛芬片")
        after = site.get(reverse("rules:findings", args=[1])).content.decode()
        assert ("never fires" in before, "never fires" in after) == (True, False)

    def test_a_proposal_is_told_of_its_own_rules(self, site: Client, expert: User) -> None:
        published_rules(by=expert, contents=[(1, on_product("999"))])
        proposal = propose_rules(by=expert, contents=[(2, on_product("同任堂"))], title="Typed wrong")
        text = site.get(reverse("rules:analysis"), {"proposal": proposal.pk, "kind": "never"}).content.decode()
        assert "No product has the brand “同任堂”." in text
