"""Files of votes and of comparisons tell pairs as they were judged, whatever the catalogue says today."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Pair, Product
from inference.models import Run
from inference.selectors.judged_texts import titles_as_judged
from inference.services.comparing import compare_runs
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.engine.attributes import Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from tests.factories import make_benchmark, make_release, make_user

pytestmark = pytest.mark.django_db
TITLES = ["布洛芬缓释胶囊", "阿莫西林胶囊"]


@pytest.fixture
def runs() -> list[Run]:
    """Two runs over the same pairs, of which the second took over what the first judged."""
    benchmark, release = make_benchmark(*(("布洛芬", title, "highly") for title in TITLES)), make_release()
    first = judge_all(run=launch_run(by=None, release=release, benchmark=benchmark))
    return [first, judge_all(run=launch_run(by=None, release=release, benchmark=benchmark, baseline=first))]


@pytest.fixture
def visitor(client: Client) -> Client:
    client.force_login(make_user())
    return client


def read(client: Client, address: str) -> list[dict[str, object]]:
    response = client.get(address)
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return [json.loads(line) for line in content.decode().splitlines()]


def test_a_file_of_a_vote_has_the_titles_that_were_judged(visitor: Client, runs: list[Run]) -> None:
    named = "&".join(f"run={run.pk}" for run in runs)
    address = f"{reverse('inference:export_vote', args=['jsonl'])}?{named}&standing=all"
    before = read(visitor, address)
    Product.objects.update(title="renamed since")
    assert ([row["title"] for row in before], read(visitor, address)) == (TITLES, before)


def test_a_file_of_a_comparison_has_the_titles_that_were_judged(visitor: Client, runs: list[Run]) -> None:
    assert runs[0].benchmark is not None
    content = RuleContent(
        title="No ibuprofen",
        conditions=(Condition(Side.PRODUCT, Operator.TEXT_CONTAINS, values=("布洛芬",)),),
        effect=Effect(EffectKind.FORBID),
    )
    other = judge_all(run=launch_run(by=None, release=make_release(content), benchmark=runs[0].benchmark))
    compare_runs(by=make_user(), before=runs[0], after=other)
    address = reverse("inference:export_comparison", args=[runs[0].pk, other.pk, "jsonl"])
    before = read(visitor, address)
    Product.objects.update(title="renamed since")
    assert ([row["title"] for row in before], read(visitor, address)) == (TITLES[:1], before)


def test_a_title_of_the_same_reading_is_told_as_it_is_where_it_was_judged(runs: list[Run]) -> None:
    """What was judged by a key is shared by all texts that read the same: a title that is as judged is not another's."""
    product = Product.objects.get(title=TITLES[0])
    Product.objects.filter(pk=product.pk).update(title=f"{TITLES[0]} ")
    assert runs[0].benchmark is not None
    again = judge_all(run=launch_run(by=None, release=runs[0].release, benchmark=runs[0].benchmark, baseline=runs[0]))
    pairs = Pair.objects.select_related("product").in_bulk()
    pair = next(one.pk for one in pairs.values() if one.product_id == product.pk)
    assert (titles_as_judged([again.pk], pairs)[pair], titles_as_judged([runs[0].pk], pairs)[pair]) == (
        f"{TITLES[0]} ",
        TITLES[0],
    )
