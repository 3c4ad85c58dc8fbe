"""Every address of the application, asked as nobody should: an answer, never an error of the server."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from annotation.models import BadCase, BenchmarkPair
from annotation.services.cases import report_case
from annotation.services.labelling import open_labelling
from inference.models import Judgment
from inference.services.comparing import compare_runs
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.engine.attributes import Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import ReleaseEntry
from rules.services.proposals import add_rule, open_proposal
from tests.factories import make_benchmark, make_release

pytestmark = pytest.mark.django_db

BEYOND = "99999999999999999999"
ODD = (
    *(BEYOND, "9" * 5000, "-1", "0", "1.5", "nan", "1e400", "\N{ARABIC-INDIC DIGIT ONE}", "9223372036854775808"),
    *("", "abc", "a\0b", "x" * 10_000, "[]", "1,2,x", "2026-13-45", "0001-01-01", "9999-12-31"),
)
"""Values that no link has."""

QUICK = (BEYOND, "a\0b", "abc")
"""Those that most fails on; the slow test sends all of them to every page."""

PARAMETERS = [
    "after",
    "against",
    "assignee",
    "at",
    "attribute",
    "attributes",
    "author",
    "before",
    "benchmark",
    "by",
    "case",
    "category",
    "cause",
    "change",
    "channel",
    "checks",
    "cluster",
    "day",
    "edition",
    "effect",
    "format",
    "given",
    "goal",
    "group",
    "hard",
    "id",
    "instruction",
    "kind",
    "label",
    "labels",
    "level",
    "like",
    "must_hold",
    "name",
    "names",
    "needs",
    "number",
    "occasion",
    "of",
    "origin",
    "over",
    "overdue",
    "page",
    "page_size",
    "pair",
    "person",
    "place",
    "proposal",
    "q",
    "query",
    "rationale",
    "reason",
    "release",
    "retired",
    "ruling",
    "run",
    "safety",
    "severity",
    "since",
    "source",
    "standing",
    "start",
    "state",
    "steps",
    "subject",
    "teaches",
    "text",
    "title",
    "unread",
    "until",
    "valid_from",
    "valid_until",
    "verb",
    "verdict",
    "weeks",
    "whose",
]
"""What pages read of an address. A slow test finds those that are missing here."""

COMPOSED = re.compile(r"[-.]")
"""In names of fields that a list of rows or a filter by attribute makes."""
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
NOT_OURS = re.compile(r"^(admin|media|accounts|favicon|apple|api/v1/(schema|docs|<path))")
RULE = RuleContent(
    title="A rule",
    conditions=(Condition(Side.PRODUCT, Operator.TEXT_CONTAINS, values=("布洛芬",)),),
    effect=Effect(EffectKind.FORBID),
)


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Each address there is, with the names of its parameters."""
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from routes(one, route)


ROUTES = [route for route in routes(get_resolver()) if not NOT_OURS.match(route)]


def address(route: str, values: Mapping[str, str]) -> str:
    """An address of a route, with what its parameters are."""
    filled = PARAMETER.sub(lambda found: values.get(found[1] or found[2], "x"), route)
    return "/" + re.sub(r"[\^$]", "", filled)


def asks_for(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of parameters that anything reads from now on."""
    names: set[str] = set()
    for method in ("get", "getlist", "__getitem__", "__contains__"):
        monkeypatch.setattr(QueryDict, method, noting(getattr(QueryDict, method), names))
    return names


def noting(method: Callable[..., Any], names: set[str]) -> Callable[..., Any]:
    """A method of a query that notes which parameter it is asked for."""

    def noted(self: QueryDict, name: str, *rest: object) -> Any:
        names.add(name)
        return method(self, name, *rest)

    return noted


@pytest.fixture
def lead(client: Client) -> User:
    lead = User.objects.create_superuser("lead")
    client.force_login(lead)
    client.raise_request_exception = False
    return lead


def world(lead: User) -> dict[str, str]:
    """One thing of most kinds: for the beginnings of addresses, the number of that thing."""
    benchmark = make_benchmark(("布洛芬", "布洛芬片100片", "highly"), ("创可贴", "苯扎氯铵贴10片", "weakly"), slug="x")
    open_labelling(by=lead, benchmark=benchmark)
    pair = BenchmarkPair.objects.get(pair__query__text="布洛芬").pair
    report_case(by=lead, pair=pair, expected="irrelevant")
    before, after = (
        judge_all(run=launch_run(by=None, release=make_release(*rules), benchmark=benchmark)) for rules in ((), (RULE,))
    )
    compare_runs(by=lead, before=before, after=after)
    change = add_rule(by=lead, proposal=open_proposal(by=lead), content=RULE)
    entry = ReleaseEntry.objects.get(release=after.release)
    found = {
        "": lead.pk,
        "pairs": pair.pk,
        "products": pair.product_id,
        "judgments": Judgment.objects.get(run=after, pair=pair).pk,
        "bad-cases": BadCase.objects.get().pk,
        "cases": BadCase.objects.get().pk,
        "runs": after.pk,
        "models": after.config_id,
        "rules": entry.rule.number,
        "releases": after.release.number,
        "proposals": change.proposal_id,
    }
    return {start: str(number) for start, number in found.items()}


def parts(route: str, numbers: Mapping[str, str]) -> dict[str, str]:
    """What the parameters of a route are when its address is of something there is."""
    of = numbers.get(route.removeprefix("api/v1/").partition("/")[0], numbers[""])
    kinds = {
        "source": "sample",
        "kind": "csv",
        "slug": "x",
        "name": "examples",
        "version": "1",
        "other": numbers["releases"],
    }
    if route.startswith("knowledge/<"):
        kinds["kind"] = "medicine"
    return {name: kinds.get(name, numbers.get(f"{name}:", of)) for name in names_in(route)}


def names_in(route: str) -> list[str]:
    """The parameters of a route."""
    return [one or other for one, other in PARAMETER.findall(route)]


def errors(client: Client, requests: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those requests, by method and address, that the server answers with an error of its own."""
    return [one for one in requests if client.generic(*one).status_code >= 500]


def test_a_number_that_nothing_has(client: Client, lead: User) -> None:
    asked = [
        address(route, {**dict.fromkeys(names_in(route), "1"), name: BEYOND})
        for route in ROUTES
        for name in names_in(route)
    ]
    answers = {path: client.post(path).status_code for path in asked}
    assert [path for path, status in answers.items() if status >= 500] == []
    assert errors(client, [("GET", path) for path, status in answers.items() if status == 405]) == []


def test_odd_questions(client: Client, lead: User) -> None:
    numbers = world(lead)
    pages = [address(route, parts(route, numbers)) for route in ROUTES]
    asked = [("GET", f"{path}?{odd_question(PARAMETERS, place)}") for place, path in enumerate(pages)]
    assert errors(client, asked) == []


def test_forms_full_of_zero_bytes(client: Client, lead: User) -> None:
    numbers, said = world(lead), urlencode(dict.fromkeys(PARAMETERS, "a\0b"))
    pages = [address(route, parts(route, numbers)) for route in ROUTES]
    sent = {path: client.post(path, said, "application/x-www-form-urlencoded").status_code for path in pages}
    assert [path for path, status in sent.items() if status >= 500] == []


@pytest.mark.slow
def test_every_odd_value(client: Client, lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers, names = world(lead), asks_for(monkeypatch)
    pages = [address(route, parts(route, numbers)) for route in ROUTES]
    assert errors(client, [("GET", path) for path in pages]) == []
    assert sorted(name for name in names - set(PARAMETERS) if not COMPOSED.search(name)) == []
    queries = [urlencode(dict.fromkeys(PARAMETERS, value)) for value in ODD]
    assert errors(client, [("GET", f"{path}?{query}") for path in pages for query in queries]) == []


def odd_question(names: Sequence[str], turn: int) -> str:
    """A query that gives every parameter an odd value, in another turn another one."""
    return urlencode({name: QUICK[(turn + place) % len(QUICK)] for place, name in enumerate(names)})
