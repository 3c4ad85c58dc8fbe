"""Searching outside: asked once in some days, read as evidence with its source and day, never believed past the filters."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from inference.models import OutsideAnswer
from inference.pipeline.case import Case
from inference.pipeline.chain import NOT_TOLD, Chain
from inference.pipeline.parameters import Parameters
from inference.pipeline.trace import Failure, Trace
from inference.pipeline.understanding import Understanding
from inference.selectors.outside import OutsideSearch, search_for
from inference.selectors.readings import context_of
from inference.services.configurations import create_configuration
from inference.services.outside import AT_ONCE, ask_outside, forget_old_answers, try_outside
from rules.engine.recall import RuleIndex
from rules.models import AuditEvent
from tests.factories import make_user
from tests.inference.small_lexicon import SMALL
from tests.scripted_search import NO_JSON, Searx, Told

pytestmark = pytest.mark.django_db
QUERY, TITLE = "祛湿灵", "[石药]布洛芬片"
PAGES = [("祛湿灵 布洛芬片", "祛湿灵用于头痛发热", "https://leaflets.example.org/1")]


@pytest.fixture
def told() -> Told:
    return Told(PAGES)


def chain(on: date | None = None, **parameters: object) -> Chain:
    said = Parameters(outside=True, **parameters)  # type: ignore[arg-type]
    return Chain(SMALL, RuleIndex(()), said, search_for(said, on or timezone.localdate()))


def missing(case: Case, by: Chain) -> list[str]:
    failure = by.understand(case)
    assert isinstance(failure, Failure)
    assert failure.kind == NOT_TOLD
    return [unit.text for unit in failure.missing]


def read(case: Case, by: Chain | None = None) -> Understanding:
    understood = (by or chain()).understand(case)
    assert isinstance(understood, Understanding)
    return understood


def asked_days_ago(days: int) -> None:
    OutsideAnswer.objects.update(asked_at=timezone.now() - timedelta(days=days))


CASE = Case(QUERY, TITLE)


def test_a_query_is_not_read_before_it_was_asked_and_read_after_it(searx: Searx) -> None:
    assert missing(CASE, chain()) == [QUERY]
    ask_outside(queries=[QUERY])
    (use,) = read(CASE).asked.passages
    assert (use.title, use.source, use.dated, use.kept) == (
        "祛湿灵 布洛芬片", "leaflets.example.org (SearXNG)", timezone.localdate().isoformat(), True,
    )  # fmt: skip
    assert searx.asked == [QUERY]


def test_another_reading_asks_nothing_until_the_days_are_over(searx: Searx, settings) -> None:
    settings.OUTSIDE_SEARCH_DAYS = 7
    ask_outside(queries=[QUERY])
    asked_days_ago(7)
    assert read(CASE).asked.passages
    asked_days_ago(8)
    assert missing(CASE, chain()) == [QUERY]


def test_of_two_answers_the_first_counts_so_that_a_run_reads_the_same_to_its_end(searx: Searx, told: Told) -> None:
    ask_outside(queries=[QUERY])
    told.answer = []
    ask_outside(queries=[QUERY])
    assert len(read(CASE).asked.passages) == 1


def test_what_was_found_is_part_of_what_identifies_the_judgment(searx: Searx, told: Told) -> None:
    ask_outside(queries=[QUERY])
    first = read(CASE).knowledge
    assert read(CASE).knowledge == first
    OutsideAnswer.objects.all().delete()
    told.answer = [("祛湿灵 阿胶", "祛湿灵用于补血", "https://leaflets.example.org/2")]
    ask_outside(queries=[QUERY])
    assert read(CASE).knowledge != first


def test_the_same_told_again_keeps_its_day_and_so_the_judgment(searx: Searx, told: Told) -> None:
    ask_outside(queries=[QUERY])
    since = timezone.localdate() - timedelta(days=40)
    OutsideAnswer.objects.update(told_since=since)
    before = read(CASE).knowledge
    asked_days_ago(40)
    ask_outside(queries=[QUERY])
    assert read(CASE).knowledge == before
    told.answer = [*PAGES, ("祛湿灵", "另一页", "https://leaflets.example.org/3")]
    ask_outside(queries=[QUERY])
    assert list(OutsideAnswer.objects.values_list("told_since", flat=True)) == [since, since, timezone.localdate()]


def test_a_query_asked_in_vain_fails_by_kind_and_is_asked_again_a_little_later(searx: Searx, told: Told) -> None:
    told.answer = NO_JSON
    ask_outside(queries=[QUERY])
    failure = chain().understand(CASE)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.detail) == ("stage_search_denied", "HTTP 403 Forbidden")
    OutsideAnswer.objects.update(asked_at=timezone.now() - timedelta(minutes=1))
    assert missing(CASE, chain()) == [QUERY]
    told.answer = PAGES
    ask_outside(queries=[QUERY])
    assert read(CASE).asked.passages


def test_nothing_found_is_read_with_the_documents_alone(searx: Searx, told: Told) -> None:
    told.answer = []
    ask_outside(queries=[QUERY])
    assert read(CASE).asked.passages == ()


def test_it_passes_the_filters_like_any_passage(searx: Searx, told: Told) -> None:
    told.answer = [*PAGES, ("祛湿灵 布洛芬片", "祛湿灵用于头痛发热。", "https://copy.example.org/"), ("天气", "晴", "")]
    ask_outside(queries=[QUERY])
    uses = read(CASE).asked.passages
    assert [(use.title, use.why) for use in uses] == [
        ("祛湿灵 布洛芬片", ""),
        ("祛湿灵 布洛芬片", "same_page"),
        ("天气", "dissimilar"),
    ]


def test_a_chain_that_does_not_search_outside_knows_nothing_of_it(searx: Searx) -> None:
    ask_outside(queries=[QUERY])
    inside = Chain(SMALL, RuleIndex(()), Parameters(), search_for(Parameters(), timezone.localdate()))
    assert read(CASE, inside).asked.passages == ()
    assert not isinstance(inside.search, OutsideSearch)


def test_keys_of_configurations_that_do_not_search_outside_stay() -> None:
    assert "outside" not in Parameters().to_json()
    assert Parameters.from_json(Parameters(outside=True).to_json()) == Parameters(outside=True)


def test_readings_are_kept_apart_by_day_and_service(searx: Searx, settings) -> None:
    today = timezone.localdate()
    first, next_day = context_of(chain(today)), context_of(chain(today + timedelta(days=1)))
    settings.OUTSIDE_SEARCH = "http://127.0.0.1:9"
    assert len({first, next_day, context_of(chain(today))}) == 3


def test_an_answer_judges_and_stands_in_the_trace(searx: Searx) -> None:
    ask_outside(queries=[QUERY])
    trace = chain().judge(CASE).result
    assert isinstance(trace, Trace)
    told = trace.to_json()["asked"]["passages"][0]
    assert (told["source"], told["dated"], told["kept"]) == (
        "leaflets.example.org (SearXNG)",
        timezone.localdate().isoformat(),
        True,
    )


def test_old_answers_are_let_go_of_and_that_is_told(searx: Searx, settings) -> None:
    settings.OUTSIDE_SEARCH_KEPT_DAYS = 100
    ask_outside(queries=[QUERY, "阿胶"])
    OutsideAnswer.objects.filter(query=QUERY).update(asked_at=timezone.now() - timedelta(days=101))
    assert (forget_old_answers(), forget_old_answers()) == (1, 0)
    assert [one.query for one in OutsideAnswer.objects.all()] == ["阿胶"]
    assert list(AuditEvent.objects.values_list("verb", "data__answers")) == [("outside.forgotten", 1)]


def test_an_answer_that_still_serves_is_never_let_go_of(searx: Searx, settings) -> None:
    settings.OUTSIDE_SEARCH_KEPT_DAYS, settings.OUTSIDE_SEARCH_DAYS = 1, 30
    ask_outside(queries=[QUERY])
    asked_days_ago(30)
    assert forget_old_answers() == 0


def test_trying_it_takes_the_permission_and_is_audited(searx: Searx, told: Told) -> None:
    with pytest.raises(PermissionDenied):
        try_outside(by=make_user())
    lead = make_user("inference.change_modelendpoint")
    assert len(try_outside(by=lead).results) == 1
    told.answer = NO_JSON
    failed = try_outside(by=lead)
    assert (failed.failure, failed.by) == ("denied", lead)
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", "subject")) == [
        ("outside.tested", f"outside:{failed.pk - 1}"),
        ("outside.tested", f"outside:{failed.pk}"),
    ]


@pytest.mark.parametrize("address", ["", "ftp://127.0.0.1", "http://user:secret@127.0.0.1", "http://127.0.0.1/?q="])
def test_without_an_address_that_can_be_nothing_is_asked(settings, address: str) -> None:
    settings.OUTSIDE_SEARCH = address
    with pytest.raises(ValidationError) as refused:
        ask_outside(queries=[QUERY])
    assert "secret" not in str(refused.value)


def test_a_configuration_searches_outside_only_where_the_settings_name_a_service(searx: Searx, settings) -> None:
    config = create_configuration(by=None, name="outside", parameters=Parameters(outside=True))
    assert config.parameters["outside"] is True
    settings.OUTSIDE_SEARCH = ""
    with pytest.raises(ValidationError):
        create_configuration(by=None, name="other", parameters=Parameters(outside=True))


def test_the_newest_moment_of_a_day_counts_for_it(searx: Searx, settings) -> None:
    settings.OUTSIDE_SEARCH_DAYS = 1
    ask_outside(queries=[QUERY])
    midnight = timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=1), datetime.min.time()))
    OutsideAnswer.objects.update(asked_at=midnight)
    assert read(CASE).asked.passages
    OutsideAnswer.objects.update(asked_at=midnight - timedelta(seconds=1))
    assert missing(CASE, chain()) == [QUERY]


def test_a_service_that_answers_nothing_is_left_alone_for_a_while(searx: Searx, told: Told) -> None:
    told.answer = NO_JSON
    ask_outside(queries=[f"药{number}" for number in range(60)])
    asked = len(searx.asked)
    ask_outside(queries=[QUERY])
    failure = chain().understand(CASE)
    assert isinstance(failure, Failure)
    assert (failure.kind, asked, len(searx.asked)) == ("stage_search_resting", AT_ONCE, AT_ONCE)
    OutsideAnswer.objects.update(asked_at=timezone.now() - timedelta(minutes=1))
    told.answer = PAGES
    ask_outside(queries=[QUERY])
    assert read(CASE).asked.passages


def test_who_may_not_go_on_stops_after_some(searx: Searx) -> None:
    queries = [f"药{number}" for number in range(60)]
    assert not ask_outside(queries=queries, beat=lambda: False)
    assert OutsideAnswer.objects.count() == AT_ONCE
    assert ask_outside(queries=queries[:3], beat=lambda: False)


def test_where_the_setting_is_gone_the_pair_fails(settings) -> None:
    settings.OUTSIDE_SEARCH = ""
    failure = chain().understand(CASE)
    assert isinstance(failure, Failure)
    assert failure.kind == "stage_search_unset"
