"""Asking a SearXNG: what is kept of an answer, and what each kind of trouble comes to."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from inference.engines.protocol import ChatFailure, FailureKind, Secret
from inference.engines.searching import LARGEST, Heard, ask_each, service_at
from inference.engines.searxng import Result, Results
from tests.scripted_model.script import Drop, Error, Hang, Raw
from tests.scripted_search import NO_JSON, Searx

PAGE = ("益母草颗粒说明书", "用于血瘀所致的月经不调", "https://example.org/1")
RESULT = Result(*PAGE)


def heard(script, queries=("益母草",), *, token="", unresponsive=(), **options) -> tuple[dict[str, Heard], Searx]:
    """What came of the queries, by a service that waits only a moment between attempts; in a thread, as Playwright may
    keep a loop running in this one.
    """
    with Searx(script, unresponsive=unresponsive) as searx, ThreadPoolExecutor(1) as pool:
        quick = {"pause": 0.001, "rest": 0.01} | options
        service = replace(service_at(searx.address, Secret(token), seconds=2.0), **quick)
        return dict(pool.submit(ask_each, service, queries).result()), searx


def outcome(script, **options) -> Results | ChatFailure:
    return heard(script, **options)[0]["益母草"].outcome


def test_what_was_found_is_told_in_its_order():
    other = ("益母草", "", "https://example.org/2")
    assert outcome(lambda query: [PAGE, other]) == Results((RESULT, Result(*other)))


def test_nothing_found_is_an_answer():
    assert outcome(lambda query: []) == Results()


def test_each_query_is_asked_once_and_four_at_a_time():
    queries = [f"药{number}" for number in range(24)]
    answers, searx = heard(lambda query: [(query, "", "")], queries)
    assert {query: one.outcome.found[0].title for query, one in answers.items()} == {one: one for one in queries}
    assert (sorted(searx.asked), searx.most_in_flight) == (sorted(queries), 4)


def test_texts_are_cut_to_one_line_and_no_more_than_five_results_are_kept():
    def script(query):
        return [("题\n目" * 400, "\x00内 容\ud800" * 900, "https://example.org/" + "x" * 900)] * 2 + [
            (str(number), "", "") for number in range(9)
        ]

    found = outcome(script).found
    assert (len(found), len(found[0].title), len(found[0].content), len(found[0].url)) == (5, 200, 600, 500)
    assert not set(found[0].title + found[0].content) & {"\n", "\0", "\ud800"}


def test_what_is_no_result_is_left_out():
    raw = Raw(b'{"results": [1, null, {}, {"title": 3}, {"title": "", "content": "\\u76ca\\u6bcd", "url": []}]}')
    assert outcome(lambda query: raw) == Results((Result("益母", "益母", ""),))


def test_a_token_goes_along_and_comes_back_in_nothing():
    def script(query):
        return Error(500, "you sent sesame-7 to me")

    answers, searx = heard(script, token="sesame-7", attempts=1)
    assert (searx.tokens, "sesame-7" in repr(answers)) == (["Bearer sesame-7"], False)


@pytest.mark.parametrize(
    ("answer", "kind", "attempts"),
    [
        (NO_JSON, FailureKind.DENIED, 1),
        (Error(404), FailureKind.REFUSED, 1),
        (Error(302, headers={"Location": "http://169.254.169.254/"}), FailureKind.REFUSED, 1),
        (Error(429), FailureKind.BUSY, 3),
        (Error(500), FailureKind.SERVER, 3),
        (Drop(), FailureKind.DROPPED, 3),
        (Raw(b"<html>no json here</html>", "text/html"), FailureKind.GARBLED, 3),
        (Raw(b'{"results": {"a": 1}}'), FailureKind.GARBLED, 3),
        (Raw(b'{"results": [' * 9000), FailureKind.GARBLED, 3),
        (Raw(b" " * (LARGEST + 1)), FailureKind.GARBLED, 3),
    ],
)
def test_every_kind_of_trouble_is_told_apart(answer, kind, attempts):
    answers, _searx = heard(lambda query: answer)
    one = answers["益母草"]
    assert isinstance(one.outcome, ChatFailure)
    assert (one.outcome.kind, one.attempts) == (kind, attempts)


def test_a_service_that_hangs_is_given_up():
    failure = outcome(lambda query: Hang(), timeout=0.05, attempts=1)
    assert isinstance(failure, ChatFailure)
    assert failure.kind is FailureKind.TIMED_OUT


def test_trouble_that_passes_is_waited_out():
    answers = iter([Error(429, headers={"Retry-After": "0.01"}), Drop(), [PAGE]])
    assert outcome(lambda query: next(answers)) == Results((RESULT,))


def test_no_search_engine_behind_it_that_answers_is_trouble_but_one_is_enough():
    silent = [("bing", "timeout"), ("brave", "too many requests")]
    failure = outcome(lambda query: [], unresponsive=silent, attempts=1)
    assert isinstance(failure, ChatFailure)
    assert failure.detail == "no search engine answered: bing: timeout, brave: too many requests"
    assert outcome(lambda query: [PAGE], unresponsive=silent) == Results((RESULT,))


def test_of_a_service_that_is_down_few_attempts_are_made():
    queries = [f"药{number}" for number in range(60)]
    answers, searx = heard(lambda query: Error(503), queries, trip=4, rest=5.0, patience=0.05)
    assert all(isinstance(one.outcome, ChatFailure) for one in answers.values())
    assert len(searx.asked) < 12


@pytest.mark.parametrize("query", ["a&format=html#?/../%00", "半\ud83d", "益母草 " * 200, "\x00\n\t"])
def test_any_query_arrives_as_one(query):
    answers, searx = heard(lambda query: [PAGE], [query])
    assert answers[query].outcome == Results((RESULT,))
    assert searx.asked == [query[:200].encode("utf-8", "replace").decode()]
