"""Cutting a release: what it holds, who may, and when it is refused."""

import json

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from annotation.models import BenchmarkRelease, Label
from annotation.selectors.benchmark_releases import lines_of
from annotation.services.benchmark_releases import cut_release
from rules.models import AuditEvent
from rules.models.append_only import AppendOnlyError
from tests.annotation.labelling import label_next, make_annotator, make_labelling
from tests.annotation.releases.benchmarks import ROWS, add, cut, make_lead, relabel, released, settle
from tests.factories import make_benchmark, make_user

pytestmark = pytest.mark.django_db


def refused(**options: object) -> str:
    with pytest.raises(ValidationError) as refusal:
        cut_release(**options)
    return refusal.value.code


def rows_of(release: BenchmarkRelease) -> dict[str, dict[str, object]]:
    return {row["query"]: row for row in map(json.loads, lines_of(release))}


def people(count: int) -> list[User]:
    return [make_user() for _ in range(count)]


def test_a_row_says_what_was_judged_and_where_the_label_comes_from() -> None:
    benchmark = make_benchmark(slug="cold")
    anna, bert = people(2)
    pair = settle(benchmark, "感冒", {anna: "highly", bert: "highly"}, counts="highly")
    Label.objects.create(benchmark=benchmark, pair=pair, level="weakly", kind="model", source="qwen@1")
    row = rows_of(cut(benchmark, accounts=True))["感冒"]
    label = row.pop("label")
    moments = {label.pop("at")} | {answer.pop("at") for answer in [*label["answers"], *label["models"]]}
    assert all(moment.endswith("Z") for moment in moments)
    assert row == {
        "pair_id": f"pair-{pair.pk}",
        "query": "感冒",
        "product_id": pair.product.external_id,
        "title": "[甲]感冒片",
        "level": "highly",
        "votes": ["highly", "highly"],
        "attributes": {"category": ["感冒用药"]},
        "images": [],
        "category": "感冒用药",
        "hard": False,
        "must_hold": False,
    }
    assert label == {
        "kind": "agreed",
        "by": "",
        "source": "",
        "guideline": 1,
        "note": "",
        "answers": [{"by": name, "level": "highly", "guideline": 1} for name in sorted((anna.username, bert.username))],
        "models": [{"by": "qwen@1", "level": "weakly", "guideline": None}],
    }


def test_people_have_names_that_say_nothing_of_them_and_stay_the_same() -> None:
    benchmark = make_benchmark(slug="hidden")
    anna, bert = people(2)
    settle(benchmark, "感冒", {anna: "highly", bert: "highly"}, counts="highly")
    first = cut(benchmark)
    settle(benchmark, "咳嗽", {anna: "weakly", bert: "weakly"}, counts="weakly")
    second = cut(benchmark)
    names = [{one["by"] for one in row["label"]["answers"]} for row in rows_of(second).values()]
    assert names[0] == names[1] == {one["by"] for one in rows_of(first)["感冒"]["label"]["answers"]}
    assert not any(anna.username in line or bert.username in line for line in lines_of(second))


def test_a_pair_on_which_people_differed_is_hard_and_names_who_ruled() -> None:
    benchmark = make_benchmark()
    anna, bert, expert = people(3)
    settle(benchmark, "感冒", {anna: "highly", bert: "irrelevant"}, counts="weakly", ruled_by=expert)
    release = cut(benchmark, accounts=True)
    row = rows_of(release)["感冒"]
    assert (row["hard"], row["label"]["kind"], row["label"]["by"]) == (True, "ruling", expert.username)
    assert release.datasheet["hard"] == {
        "rows": 1,
        "split": 1,
        "levels": {"weakly": 1},
        "kinds": {"ruling": 1},
    }


def test_the_manifest_counts_what_is_in_it() -> None:
    release = released(slug="four")
    cut_at = release.manifest.pop("cut_at")
    assert cut_at.endswith("Z")
    assert release.manifest == {
        "benchmark": "four",
        "number": 1,
        "format": 1,
        "algorithm": "sha256 of the JSONL file: a line a row, keys sorted, each line followed by a line feed",
        "digest": release.digest,
        "rows": 4,
        "queries": 4,
        "products": 4,
        "images": 0,
        "hard": 0,
        "must_hold": 0,
        "levels": {"highly": 2, "moderately": 1, "irrelevant": 1},
        "kinds": {"given": 4},
        "categories": {"": 4},
        "guidelines": [],
    }


def test_the_datasheet_says_how_far_people_agreed_and_what_is_lacking() -> None:
    benchmark = make_benchmark(ROWS[0])
    anna, bert = people(2)
    settle(benchmark, "感冒", {anna: "highly", bert: "highly"}, counts="highly")
    settle(benchmark, "咳嗽", {anna: "weakly", bert: "highly"}, counts="highly", ruled_by=anna)
    settle(benchmark, "发烧", {anna: "weakly"}, counts="weakly")
    sheet = cut(benchmark).datasheet
    assert sheet["agreement"]["levels"]["pairs"] == 2
    assert sheet["agreement"]["levels"]["percent"]["value"] == 0.5
    assert sheet["overlap"] == {"0": 1, "1": 1, "2": 2}
    assert [(one["answers"], one["rulings"]) for one in sheet["people"]] == [(3, 1), (2, 0)]
    assert sheet["limits"] == {"imported": 1, "one_person": 1, "no_category": 1, "no_image": 4, "small_categories": 1}


def test_the_datasheet_counts_apart_what_was_agreed_on_and_where_the_rule_took_a_level() -> None:
    benchmark = make_benchmark(ROWS[0])
    anna, bert, carl = people(3)
    settle(benchmark, "感冒", {anna: "highly", bert: "highly"}, counts="highly")
    settle(benchmark, "头痛", {anna: "moderately", bert: "weakly"}, counts="weakly")
    settle(benchmark, "头晕", {anna: "weakly", bert: "weakly", carl: "moderately"}, counts="weakly")
    settle(benchmark, "牙痛", {anna: "highly", bert: "highly", carl: "weakly"}, counts="highly")
    settle(benchmark, "咳嗽", {anna: "weakly", bert: "highly"}, counts="highly", ruled_by=anna)
    settle(benchmark, "发烧", {anna: "weakly"}, counts="weakly")
    assert cut(benchmark).datasheet["settled"] == {
        "unanimous": 1,
        "lower": 1,
        "level_majority": 1,
        "class_majority": 1,
        "ruling": 1,
        "alone": 1,
        "given": 1,
    }


def test_the_same_content_has_the_same_digest_wherever_it_came_in_first() -> None:
    benchmark = make_benchmark(*ROWS, slug="again")
    first = cut(benchmark)
    member = benchmark.members.get(pair__query__text="创可贴")
    label, pair = member.label, member.pair
    member.delete()
    cut(benchmark)
    benchmark.members.create(pair=pair, label=label)
    assert cut(benchmark).digest == first.digest


def test_a_release_is_never_changed() -> None:
    release = released()
    with pytest.raises(AppendOnlyError):
        release.rows.update(level="weakly")
    with pytest.raises(AppendOnlyError):
        release.save()
    with pytest.raises(AppendOnlyError):
        release.rows.first().delete()


def test_later_labels_leave_a_release_as_it_was() -> None:
    release = released()
    before = list(lines_of(release))
    relabel(release.benchmark, "感冒", "weakly")
    add(release.benchmark, "口罩", "口罩10只", "highly")
    assert list(lines_of(release)) == before


def test_one_without_labelled_pairs_is_refused() -> None:
    assert refused(by=make_lead(), benchmark=make_benchmark(), seen=0) == "empty"


def test_the_same_again_is_refused() -> None:
    release = released()
    assert refused(by=make_lead(), benchmark=release.benchmark, seen=1) == "same"


def test_whoever_missed_the_last_one_is_told_so() -> None:
    release = released()
    relabel(release.benchmark, "感冒", "weakly")
    assert refused(by=make_lead(), benchmark=release.benchmark, seen=0) == "stale"
    assert release.benchmark.releases.count() == 1


def test_it_takes_a_permission() -> None:
    with pytest.raises(PermissionDenied):
        cut_release(by=make_user("annotation.manage_labelling"), benchmark=make_benchmark(*ROWS), seen=0)


def test_the_audit_trail_holds_the_digest() -> None:
    release = released()
    event = AuditEvent.objects.get(verb="benchmark.released")
    assert event.subject == f"benchmark:{release.benchmark_id}"
    assert {name: event.data[name] for name in ("number", "digest", "rows")} == {
        "number": 1,
        "digest": release.digest,
        "rows": 4,
    }


def test_what_two_annotators_agreed_on_is_released_with_their_answers() -> None:
    benchmark = make_labelling(2, overlap=2).benchmark
    anna, bert = make_annotator("anna"), make_annotator("bert")
    for person in (anna, bert):
        label_next(person, benchmark, "weakly")
    label_next(anna, benchmark, "highly")
    (row,) = rows_of(cut(benchmark, accounts=True)).values()
    label = row["label"]
    assert (row["level"], row["votes"], row["hard"]) == ("weakly", ["weakly", "weakly"], False)
    assert (label["kind"], label["by"], [one["by"] for one in label["answers"]]) == ("agreed", "", ["anna", "bert"])
