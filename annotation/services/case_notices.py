"""Telling those who fixed a case that it is wrong again."""

from django.urls import NoReverseMatch, reverse

from annotation.models import BadCase, CaseAction
from rules.enums import NotificationKind
from rules.services.notifications import tell_of


def tell_regressed(action: CaseAction) -> int:
    """Tell each person whose cases an action reopened, once, and in one line; how many mails are to be sent."""
    ids = action.moves.values_list("case_id", flat=True)
    cases = BadCase.objects.filter(pk__in=ids, fixed_by__is_active=True).select_related("pair__query", "pair__product")
    by_person: dict[int, list[BadCase]] = {}
    for case in cases.order_by("-severity", "pk"):
        if case.fixed_by_id:
            by_person.setdefault(case.fixed_by_id, []).append(case)
    return sum(
        tell_of(
            NotificationKind.REGRESSED,
            f"regressed:{action.pk}",
            [person],
            title=f"{mine[0].pair.query.text} / {mine[0].pair.product.title}"[:200],
            path=path_of(mine),
            params={"count": len(mine)},
        )
        for person, mine in by_person.items()
    )


def path_of(cases: list[BadCase]) -> str:
    """The page of a case, or the inbox with those that came back to a person."""
    try:
        if len(cases) == 1:
            return reverse("annotation:case", args=[cases[0].pk])
        return f"{reverse('annotation:cases')}?state=regressed&assignee=me"
    except NoReverseMatch:
        return "/"
