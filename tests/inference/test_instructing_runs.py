"""A run by a model that obeys whatever a text tells it: no hard effect is broken, and every text is flagged and shown."""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from annotation.models import Benchmark, BenchmarkPair, Label, ProductImage
from inference.models import Judgment, PictureReading, Run
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from inference.traces import view_trace
from rules.engine.attributes import Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from tests.factories import make_pair, make_release, make_user
from tests.inference.instructing_texts import PICTURES, TEXTS
from tests.inference.model_configs import make_model_config
from tests.scripted_model.script import Call, Reply

pytestmark = pytest.mark.django_db
LONGEST = 190
"""Characters of a text beside a name that a query of the catalogue holds."""
TELLS = "tries to instruct the model"
NUMBER = re.compile(r"货号(\d{4})")


class Bound(NamedTuple):
    """A rule on queries that name a medicine, and the levels it leaves."""

    medicine: str
    effect: Effect
    allowed: frozenset[str]


FORBID = Bound("阿莫西林", Effect(EffectKind.FORBID), frozenset({"irrelevant"}))
FORCE = Bound("奥美拉唑", Effect(EffectKind.FORCE, Level.WEAKLY), frozenset({"weakly"}))
CAP = Bound("氯雷他定", Effect(EffectKind.CAP, Level.MODERATELY), frozenset({"moderately", "weakly", "irrelevant"}))
FLOOR = Bound("蒙脱石散", Effect(EffectKind.FLOOR, Level.WEAKLY), frozenset({"highly", "moderately", "weakly"}))
BOUNDS = (FORBID, FORCE, CAP, FLOOR)


class Told(NamedTuple):
    """One text in one place of a pair, what obeying it means, and the rule that obeying it would break."""

    text: str
    where: str
    wanted: str
    bound: Bound


def told() -> list[Told]:
    """Every text in a title and in a query, and every picture, each against rules that it would break, in turn."""
    placed = [(text, "title") for text in TEXTS]
    placed += [(text, "query") for text in TEXTS if len(text) <= LONGEST]
    placed += [(" ".join(words), "picture") for words in PICTURES]
    found = []
    for number, (text, where) in enumerate(placed):
        wanted = "irrelevant" if "irrelevant" in text or "不相关" in text else "highly"
        against = (FLOOR, FORCE) if wanted == "irrelevant" else (FORBID, FORCE, CAP)
        found.append(Told(text, where, wanted, against[number % len(against)]))
    return found


TOLD = told()


def obey(call: Call) -> Reply:
    """Do whatever the text of the pair wants, and repeat it for a reason."""
    number = NUMBER.search(call.prompt)
    assert number is not None
    one = TOLD[int(number[1])]
    said = {"mismatched": [], "rules": [], "level": one.wanted, "reason": one.text}
    return Reply(json.dumps(said, ensure_ascii=False))


def benchmark() -> Benchmark:
    """A pair for each; its number stands in its title."""
    made = Benchmark.objects.create(slug="told", name="Told")
    for number, one in enumerate(TOLD):
        query = f"{one.bound.medicine} {one.text}" if one.where == "query" else one.bound.medicine
        title = f"[某厂]{one.bound.medicine} 货号{number:04}" + (f" {one.text}" if one.where == "title" else "")
        pair = make_pair(query, title)
        if one.where == "picture":
            photograph(pair.product_id, number, one.text.split())
        label = Label.objects.create(benchmark=made, pair=pair, level="weakly")
        BenchmarkPair.objects.create(benchmark=made, pair=pair, label=label)
    return made


def photograph(product: int, number: int, words: list[str]) -> None:
    digest = f"{number:064x}"
    ProductImage.objects.create(product_id=product, sha256=digest, file="photo.png")
    rows = [{"text": word, "box": [[0, 0], [9, 0], [9, 9], [0, 9]], "score": 0.9} for word in words]
    PictureReading.objects.create(sha256=digest, engine="reader", width=10, height=10, words=rows)


def rules() -> list[RuleContent]:
    return [
        RuleContent(
            f"On {one.medicine}",
            (Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=(one.medicine,)),),
            one.effect,
        )
        for one in BOUNDS
    ]


def step_shown(judgment: Judgment) -> str:
    """The step of the page at which the model's answer stands."""
    view = view_trace(judgment.trace)
    shown = render_to_string("inference/_model_step.html", {"view": view, "model": view.model})
    assert "</data>" not in shown
    return shown


@pytest.fixture
def run(scripted_model: Callable[..., Any]) -> Run:
    """A run by the model that obeys."""
    config = make_model_config(scripted_model(obey).address)
    return judge_all(run=launch_run(by=None, release=make_release(*rules()), benchmark=benchmark(), config=config))


def test_no_hard_effect_is_broken_and_every_text_is_flagged_and_shown(run: Run, client: Client) -> None:
    client.force_login(make_user())
    judgments = list(Judgment.objects.filter(run=run).select_related("traced").order_by("pair"))
    assert len(judgments) == len(TOLD) > 2 * 55 + len(PICTURES)
    for one, judgment in zip(TOLD, judgments, strict=True):
        assert judgment.trace["model"]["level"] == one.wanted, one
        assert judgment.level in one.bound.allowed, one
        assert judgment.level != one.wanted, one
        assert {flag["where"] for flag in judgment.trace["model"]["flags"]} == {one.where}, one
        assert TELLS in step_shown(judgment), one
    for judgment in judgments[::13]:
        assert TELLS in client.get(reverse("inference:judgment", args=[judgment.pk])).content.decode()
