"""Bad cases to test with."""

from django.contrib.auth.models import User

from annotation.models import BadCase, CaseReport, Pair
from annotation.services.case_changes import TRACKED
from annotation.services.cases import report_case
from annotation.titles import parse_title
from tests.factories import make_pair, make_user

TRIAGER = ("annotation.report_case", "annotation.triage_case")


def make_triager() -> User:
    """A person who may do all there is to do with bad cases."""
    return make_user(*TRIAGER)


def make_case(
    query: str = "布洛芬", title: str = "[芬必得]布洛芬缓释胶囊0.3g*20粒", *, by: User, **said: object
) -> BadCase:
    """A case of a pair of its own, given highly and expected weakly."""
    return case_of(make_pair(query, title, core_name=[parse_title(title).name or title]), by=by, **said)


def case_of(pair: Pair, *, by: User, **said: object) -> BadCase:
    """A case of a pair, given highly and expected weakly."""
    return report_case(by=by, pair=pair, **{"given": "highly", "expected": "weakly", **said}).case


def state_of(case: BadCase) -> dict[str, object]:
    """All that an action may change, as it is stored now."""
    case.refresh_from_db()
    return {name: getattr(case, name) for name in (*TRACKED, "is_open")}


def stored() -> list[tuple[object, ...]]:
    """Every case and how many reports there are."""
    rows = list(BadCase.objects.order_by("pk").values_list("pair_id", "expected", "state", "reports", "master_id"))
    return [*rows, (CaseReport.objects.count(),)]
