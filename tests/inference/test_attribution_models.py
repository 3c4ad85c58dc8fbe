"""Which rules made the level of a served model so: what is known is looked up, what is not is asked when somebody wants it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from inference.attribution import Part
from inference.models import Judgment, ModelReply
from inference.selectors.attribution import rules_at_work
from inference.selectors.flips import flips_by_rule
from inference.services.asking_otherwise import ask_under_other_rules
from inference.services.comparing import compare_runs
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.engine.attributes import Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import AuditEvent
from tests.factories import make_benchmark, make_release, make_user
from tests.inference.model_configs import make_model_config
from tests.scripted_model.script import Call, Reply

pytestmark = pytest.mark.django_db
ROWS = [("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "highly")]


def advice(words: str, kind: EffectKind = EffectKind.ADVISE, level: Level | None = None) -> RuleContent:
    condition = Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=("布洛芬",))
    return RuleContent(words, (condition,), Effect(kind, level), instruction=words)


LOWER, IDLE = advice("answer lower here"), advice("nothing of note")
CAP = advice("no more than moderately", EffectKind.CAP, Level.MODERATELY)


def heeding(call: Call) -> Reply:
    """A model that heeds one advice."""
    level = "weakly" if LOWER.instruction in call.prompt else "highly"
    return Reply(json.dumps({"mismatched": [], "rules": [], "level": level, "reason": "as scripted"}))


@pytest.fixture
def asker() -> User:
    return make_user("inference.launch_run")


@pytest.fixture
def judge(scripted_model: Callable[..., Any]) -> Callable[..., Judgment]:
    """Judges the one pair by a scripted model under some rules, always with the same configuration and benchmark."""
    server = scripted_model(heeding)
    config, benchmark = make_model_config(server.address), make_benchmark(*ROWS)

    def judged(*rules: RuleContent) -> Judgment:
        run = judge_all(run=launch_run(by=None, release=make_release(*rules), benchmark=benchmark, config=config))
        return found(run.judgments.get().pk)

    judged.server = server  # type: ignore[attr-defined]
    return judged


def found(pk: int) -> Judgment:
    related = ("run__release", "run__config__endpoint", "pair__query", "pair__product", "traced")
    return Judgment.objects.select_related(*related).get(pk=pk)


def parts(judgment: Judgment) -> list[tuple[Part, Level | None]]:
    attribution = rules_at_work(judgment).attribution
    assert attribution is not None
    return [(one.part, one.without) for one in attribution.parts]


def test_what_was_not_asked_is_not_known(judge: Callable[..., Judgment]) -> None:
    one = judge(LOWER, IDLE, CAP)
    assert parts(one) == [(Part.UNKNOWN, None)] * 3
    assert rules_at_work(one).calls == 7


def test_what_was_judged_in_other_runs_is_known(judge: Callable[..., Judgment]) -> None:
    release = judge(LOWER, IDLE).run.release
    assert release.entries.count() == 2
    one = judge(LOWER)
    bare = judge()
    assert (one.level, bare.level) == ("weakly", "highly")
    assert parts(found(one.pk)) == [(Part.DECISIVE, Level.HIGHLY)]
    assert rules_at_work(found(one.pk)).calls == 0


def test_asking_tells_which_rule_made_it_so(judge: Callable[..., Judgment], asker: User) -> None:
    one = judge(LOWER, IDLE, CAP)
    calls = judge.server.calls  # type: ignore[attr-defined]
    assert ask_under_other_rules(by=asker, judgment=one) == 7
    assert parts(one) == [(Part.DECISIVE, Level.MODERATELY), (Part.SILENT, Level.WEAKLY), (Part.MASKED, Level.WEAKLY)]
    assert ask_under_other_rules(by=asker, judgment=one) == 0
    assert (judge.server.calls - calls, ModelReply.objects.count()) == (7, 8)  # type: ignore[attr-defined]
    assert AuditEvent.objects.filter(verb="judgment.asked", actor=asker).count() == 2
    assert Judgment.objects.count() == 1


def test_asking_needs_the_permission(judge: Callable[..., Judgment]) -> None:
    one = judge(LOWER)
    with pytest.raises(PermissionDenied):
        ask_under_other_rules(by=make_user(), judgment=one)
    assert ModelReply.objects.count() == 1


def test_what_is_read_otherwise_by_now_is_not_asked(judge: Callable[..., Judgment], asker: User) -> None:
    one = judge(LOWER)
    one.traced.case["title"] = "创可贴"
    with pytest.raises(ValidationError, match="read otherwise"):
        ask_under_other_rules(by=asker, judgment=one)


def test_the_page_offers_to_ask(judge: Callable[..., Judgment], asker: User, client: Client) -> None:
    one = judge(LOWER)
    client.force_login(asker)
    address = reverse("inference:judgment_rules", args=[one.pk])
    assert "under other sets of these rules: 1 call" in client.get(address, headers={"accept-language": "en"}).content.decode()  # fmt: skip
    shown = client.post(reverse("inference:ask_without_rules", args=[one.pk]), follow=True)
    assert shown.redirect_chain[-1][0] == address
    assert parts(found(one.pk)) == [(Part.DECISIVE, Level.HIGHLY)]


def test_a_flip_of_a_model_by_one_rule_is_that_rules(judge: Callable[..., Judgment], asker: User) -> None:
    before, after = judge(), judge(LOWER)
    (line,) = flips_by_rule(compare_runs(by=asker, before=before.run, after=after.run)).totals.rules
    assert (line.number, line.alone.total()) == (after.trace["recalled"][0]["number"], 1)


def test_of_two_changes_a_flip_is_told_once_the_model_was_asked(judge: Callable[..., Judgment], asker: User) -> None:
    before, after = judge(), judge(LOWER, IDLE)
    comparison = compare_runs(by=asker, before=before.run, after=after.run)
    assert flips_by_rule(comparison).totals.unknown
