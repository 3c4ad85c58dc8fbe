"""The pages that show one pair: judged by a run, judged now, tried."""

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Benchmark
from inference.models import Judgment, JudgmentTrace, PipelineConfig
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.models import Change, Proposal
from tests.factories import make_benchmark, make_pair, make_release, make_user

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.force_login(make_user())
    return client


def page(client: Client, address: str) -> str:
    response = client.get(address, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def judged(benchmark: Benchmark) -> Judgment:
    run = launch_run(by=None, release=make_release(), benchmark=benchmark)
    judge_all(run=run)
    return run.judgments.first()


def test_a_judgment_shows_its_trace(signed_in: Client) -> None:
    one = judged(make_benchmark(("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly")))
    text = page(signed_in, reverse("inference:judgment", args=[one.pk]))
    assert "of Algorithm 1 decided" in text
    assert one.key[:16] in text


def test_a_judgment_older_than_the_stages_opens(signed_in: Client) -> None:
    one = judged(make_benchmark(("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly")))
    stages = ("asked", "check", "confidence", "grounds")
    old = {name: value for name, value in one.trace.items() if name not in stages} | {"evidence": []}
    traced, pair = JudgmentTrace.objects.create(key="", content=old), make_pair("布洛芬", "布洛芬片")
    Judgment.objects.create(run=one.run, pair=pair, key="", level="highly", line=1, traced=traced)
    newest = Judgment.objects.order_by("pk").last()
    assert "of Algorithm 1 decided" in page(signed_in, reverse("inference:judgment", args=[newest.pk]))


def test_a_judgment_says_how_sure_it_is_and_which_stages_were_off(signed_in: Client) -> None:
    config = PipelineConfig.objects.create(name="some", parameters={"off": ["rewrite", "rules"]})
    run = launch_run(
        by=None,
        release=make_release(),
        benchmark=make_benchmark(("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly")),
        config=config,
    )
    judge_all(run=run)
    text = page(signed_in, reverse("inference:judgment", args=[run.judgments.first().pk]))
    assert "such cases" in text
    assert "query rewritten" in text and "expert rules" in text
    assert "Copy link" in text and "Try a change" in text


def test_a_failed_judgment_says_why_and_has_no_level(signed_in: Client) -> None:
    one = judged(make_benchmark(("\u2028", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly")))
    assert (one.level, one.failure) == ("", "empty_query")
    text = page(signed_in, reverse("inference:judgment", args=[one.pk]))
    assert "The query is empty." in text
    assert "of Algorithm 1 decided" not in text


def test_a_pair_is_judged_now_and_nothing_is_stored(signed_in: Client) -> None:
    pair = make_pair()
    assert "Judged now" in page(signed_in, reverse("inference:pair", args=[pair.pk]))
    assert Judgment.objects.count() == 0


def test_html_in_a_title_stays_text(signed_in: Client) -> None:
    pair = make_pair(title=f"[芬必得]布洛芬 {SCRIPT}")
    for address in (
        reverse("inference:pair", args=[pair.pk]),
        f"{reverse('inference:try')}?query=布洛芬&title={SCRIPT}",
    ):
        assert "<script>alert" not in page(signed_in, address)


def test_the_empty_form_offers_examples(signed_in: Client) -> None:
    assert "For example" in page(signed_in, reverse("inference:try"))


def test_a_title_of_ten_thousand_characters_is_refused_in_words(signed_in: Client) -> None:
    text = page(signed_in, f"{reverse('inference:try')}?query=布洛芬&title={'药' * 10_000}")
    assert "at most 500 characters" in text


def test_the_address_of_an_answer_can_be_shared(signed_in: Client) -> None:
    text = page(signed_in, f"{reverse('inference:try')}?query=布洛芬&title=[芬必得]布洛芬缓释胶囊")
    assert "of Algorithm 1 decided" in text


def test_home_says_the_first_steps_when_there_is_nothing(signed_in: Client) -> None:
    assert "First steps" in page(signed_in, reverse("home"))


def test_home_shows_the_latest_run(signed_in: Client) -> None:
    judged(make_benchmark(("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly")))
    assert "100.0%" in page(signed_in, reverse("home"))


def test_the_preview_needs_the_permission_to_draft(signed_in: Client) -> None:
    assert signed_in.post(reverse("inference:preview"), {"change": "1", "proposal": "1"}).status_code == 403
    assert Proposal.objects.count() == 0


def test_pages_need_a_person(client: Client) -> None:
    for address in (reverse("home"), reverse("inference:try"), reverse("inference:pair", args=[1])):
        assert client.get(address).status_code == 302


@pytest.fixture
def drafting(client: Client) -> Client:
    client.force_login(make_user("rules.add_proposal", "rules.change_proposal", username="drafter"))
    return client


def drafted(client: Client, **fields: str) -> dict[str, str]:
    """The fields of the editor on a new rule: everything with 布洛芬 in the query is forbidden, unless told otherwise."""
    client.post(reverse("rules:new"))
    change = Change.objects.get()
    return {
        "proposal": str(change.proposal_id),
        "change": str(change.pk),
        "edition": str(change.edition),
        "title": "A rule",
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        "conditions-0-side": "query",
        "conditions-0-operator": "text_contains",
        "conditions-0-values": "布洛芬",
        "examples-TOTAL_FORMS": "0",
        "examples-INITIAL_FORMS": "0",
        "effect": "forbid",
        **fields,
    }


def previewed(client: Client, **fields: str) -> str:
    make_benchmark(("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"))
    response = client.post(reverse("inference:preview"), drafted(client, **fields), headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def test_the_preview_counts_what_the_typed_rule_would_break(drafting: Client) -> None:
    text = previewed(drafting)
    assert "fires on 1 pair" in text
    assert "breaks 1" in text


@pytest.mark.parametrize(
    "fields",
    [
        {"effect": "require"},
        {"effect": "cap"},
        {"effect": "nonsense"},
        {"conditions-0-values": ""},
        {"conditions-0-operator": "is"},
        {"valid_from": "2026-02-02", "valid_until": "2026-01-01"},
    ],
)
def test_a_rule_that_is_not_finished_has_no_preview_yet(drafting: Client, fields: dict[str, str]) -> None:
    assert "as soon as the conditions and the effect are complete" in previewed(drafting, **fields)


def test_a_proposal_shows_what_publishing_it_would_change(drafting: Client) -> None:
    make_benchmark(("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly"))
    fields = drafted(drafting)
    drafting.post(reverse("rules:change", args=[fields["proposal"], fields["change"]]), fields)
    text = page(drafting, reverse("inference:proposal_effects", args=[fields["proposal"]]))
    assert "touches 1 pair" in text
    assert "breaks 1" in text


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [
        ("brand", "三九", "“三九” is read as 999"),
        ("strength", "0.3g", "“0.3g” is read as 300mg"),
        ("efficacy", "不存在的功效", "no efficacy that the knowledge base has"),
    ],
)
def test_a_value_that_would_never_be_met_is_named(drafting: Client, attribute: str, value: str, said: str) -> None:
    fields = {"conditions-0-attribute": attribute, "conditions-0-operator": "is", "conditions-0-values": value}
    assert said in previewed(drafting, **fields)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("brand", "999"), ("brand", "谁也不知道的牌子"), ("efficacy", "风寒感冒"), ("strength", "300mg")],
)
def test_a_value_in_its_own_words_needs_no_hint(drafting: Client, attribute: str, value: str) -> None:
    fields = {"conditions-0-attribute": attribute, "conditions-0-operator": "is", "conditions-0-values": value}
    assert "never holds" not in previewed(drafting, **fields)
