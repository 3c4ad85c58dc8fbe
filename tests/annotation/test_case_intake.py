"""Reports of bad cases are counted once, and the same again is merged when it comes in."""

import pytest
from django.core.exceptions import PermissionDenied

from annotation.enums import CaseState, Severity
from annotation.models import BadCase, CaseReport
from annotation.services.cases import report_case
from annotation.similarity import Wrong, signature, similarity
from tests.annotation.cases import case_of, make_case, make_triager, stored
from tests.factories import make_pair, make_user

pytestmark = pytest.mark.django_db

TITLE = "[芬必得]布洛芬缓释胶囊0.3g*20粒"


def test_a_report_opens_a_case() -> None:
    by = make_triager()
    pair = make_pair(category=["解热镇痛"])
    seen = report_case(by=by, pair=pair, given="highly", expected="weakly", place="/search", severity=3, note="错")
    case = seen.case
    assert seen.is_new
    assert (case.pair, case.given, case.expected, case.place, case.severity, case.note, case.state, case.category) == (
        pair, "highly", "weakly", "/search", Severity.HARMFUL, "错", CaseState.NEW, "解热镇痛",
    )  # fmt: skip


def test_only_who_may_reports() -> None:
    with pytest.raises(PermissionDenied):
        report_case(by=make_user(), pair=make_pair())


def test_the_same_pair_again_is_counted() -> None:
    by = make_triager()
    case = make_case(by=by)
    again = report_case(by=by, pair=case.pair, given="highly", expected="weakly")
    assert (again.is_new, again.case.pk, again.case.reports) == (False, case.pk, 2)


def test_a_form_sent_twice_counts_once() -> None:
    by = make_triager()
    case = make_case(by=by, key="k1")
    again = report_case(by=by, pair=case.pair, given="highly", expected="weakly", key="k1")
    assert (again.case.pk, again.case.reports, CaseReport.objects.count()) == (case.pk, 1, 1)


def test_similar_words_about_the_same_medicine_are_merged_with_a_count() -> None:
    by = make_triager()
    first = make_case("布洛芬缓释胶囊怎么买", by=by)
    second = make_case("布洛芬 缓释胶囊怎么买呢", "[仁和]布洛芬缓释胶囊0.3g*24粒", by=by)
    first.refresh_from_db()
    assert (second.state, second.master_id, first.reports) == (CaseState.DUPLICATE, first.pk, 2)


def test_a_report_of_a_duplicate_counts_for_the_case_it_belongs_to() -> None:
    by = make_triager()
    first = make_case(by=by)
    second = make_case(by=by)
    case_of(second.pair, by=by)
    assert list(BadCase.objects.order_by("pk").values_list("pk", "reports")) == [(first.pk, 3), (second.pk, 2)]


def test_a_worse_report_makes_its_case_as_harmful() -> None:
    by = make_triager()
    case = make_case(by=by, severity=1)
    case_of(case.pair, by=by, severity=3)
    case.refresh_from_db()
    assert (case.severity, [move.changes for move in case.moves.all()]) == (3, [{"severity": [1, 3]}])


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("布洛芬缓释片怎么买", TITLE),  # another form
        ("儿童布洛芬缓释胶囊怎么买", TITLE),  # another population
        ("布洛芬缓释胶囊0.4怎么买", TITLE),  # another number
        ("芬必得疼痛", TITLE),  # other words
        ("布洛芬缓释胶囊怎么买", "[白云山]对乙酰氨基酚片0.5g*20片"),  # another medicine
    ],
)
def test_what_differs_in_one_thing_that_matters_is_a_case_of_its_own(query: str, title: str) -> None:
    by = make_triager()
    make_case("布洛芬缓释胶囊怎么买", by=by)
    assert make_case(query, title, by=by).state == CaseState.NEW


def test_the_same_words_with_another_error_are_told_apart() -> None:
    by = make_triager()
    make_case(by=by)
    assert make_case(by=by, expected="irrelevant").state == CaseState.NEW


def test_reporting_again_under_the_same_names_changes_nothing() -> None:
    by = make_triager()
    cases = [make_case(query, by=by, key=query) for query in ("布洛芬", "芬必得", "布洛芬", "退烧药")]
    before = stored()
    for case in cases:
        case_of(case.pair, by=by, key=case.pair.query.text)
    assert stored() == before


def test_attributes_at_fault_tell_signatures_apart() -> None:
    wrong = {"query": "布洛芬", "title": TITLE, "attributes": {}, "given": "highly", "expected": "weakly"}
    assert signature(Wrong(**wrong)) != signature(Wrong(**wrong, faults=("brand",)))


def test_spaces_and_width_do_not_matter() -> None:
    assert similarity("９９９ 感冒灵", "999感冒灵") == 1.0
