"""Endpoints: added, changed, tried and retired; replies kept and found."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from inference.engines.probing import Verdict
from inference.engines.protocol import NO_SECRET, ChatFailure, ChatReply, Endpoint, FailureKind, Secret
from inference.enums import EndpointKind, Engine
from inference.models import EndpointTest, ModelEndpoint, ModelReply, PipelineConfig
from inference.sealing import seal, unseal
from inference.selectors.endpoints import (
    cost_of,
    endpoint_list,
    endpoint_rows,
    opened,
    recent_replies,
    usable_endpoints,
)
from inference.selectors.model_replies import ReplyKey, replies_by_key
from inference.services.endpoints import EndpointSettings, add_endpoint, change_endpoint, retire_endpoint, try_endpoint
from inference.services.model_replies import Replied, keep_replies
from inference.services.runs import launch_run
from rules.models import AuditEvent
from rules.models.append_only import AppendOnlyError
from tests.factories import make_benchmark, make_release, make_user
from tests.scripted_model.script import Always, Error, Reply

pytestmark = pytest.mark.django_db
TOKEN = "sk-quite-secret-7"
SAID = EndpointSettings("local", EndpointKind.TEXT, "http://127.0.0.1:8000/v1", "scripted", "r1")
MAY = ("inference.add_modelendpoint", "inference.change_modelendpoint")
HIGHLY = Always(Reply('{"level": "highly"}'))


@pytest.fixture
def lead():
    return make_user(*MAY)


def added(lead, secret: Secret = NO_SECRET, **said: object) -> ModelEndpoint:
    return add_endpoint(by=lead, said=replace(SAID, **said), secret=secret)


def test_an_endpoint_is_opened_as_it_was_said(lead):
    endpoint = added(lead, Secret(TOKEN), in_flight=8, timeout=9, address="HTTP://LocalHost:80/v1/")

    assert opened(endpoint) == Endpoint(
        "http://localhost/v1", "scripted", "r1", token=Secret(TOKEN), in_flight=8, timeout=9.0
    )
    assert list(usable_endpoints(EndpointKind.TEXT)) == [endpoint]
    assert list(usable_endpoints(EndpointKind.VISION)) == []


def test_an_address_outside_the_settings_is_refused_when_said_and_when_used(lead, settings):
    with pytest.raises(ValidationError, match=r"does not allow 10\.0\.0\.1:80"):
        added(lead, address="http://10.0.0.1/v1")
    endpoint = added(lead)
    settings.MODEL_HOSTS = ["models.example.org"]

    with pytest.raises(ValidationError, match="does not allow"):
        opened(endpoint)
    with pytest.raises(ValidationError, match="does not allow"):
        try_endpoint(by=lead, endpoint=endpoint)


@pytest.mark.parametrize(
    "said",
    [
        {"name": " "},
        {"name": "x" * 81},
        {"model": ""},
        {"in_flight": 0},
        {"in_flight": 513},
        {"timeout": 601},
        {"price_read": Decimal(-1)},
        {"kind": "sound"},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(lead, said):
    with pytest.raises(ValidationError) as refused:
        added(lead, **said)

    assert list(refused.value.message_dict) == list(said)
    assert not ModelEndpoint.objects.exists()


def test_a_name_is_given_once(lead):
    added(lead)

    with pytest.raises(ValidationError):
        added(lead, name=" local ")


def test_only_those_who_may_do_these_things(lead):
    nobody, endpoint = make_user(), added(lead)

    for deed in (
        lambda: added(nobody),
        lambda: change_endpoint(by=nobody, endpoint=endpoint, said=SAID),
        lambda: try_endpoint(by=nobody, endpoint=endpoint),
        lambda: retire_endpoint(by=nobody, endpoint=endpoint),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_a_change_keeps_replaces_or_takes_away_the_token(lead):
    endpoint = added(lead, Secret(TOKEN))
    tokens = [
        opened(change_endpoint(by=lead, endpoint=endpoint, said=SAID, secret=secret)).token
        for secret in (None, Secret("another"), NO_SECRET)
    ]

    assert tokens == [Secret(TOKEN), Secret("another"), NO_SECRET]


def test_a_token_is_not_sent_to_another_server(lead):
    endpoint = added(lead, Secret(TOKEN))
    elsewhere = replace(SAID, address="http://localhost:8000/v1")

    with pytest.raises(ValidationError, match="another server"):
        change_endpoint(by=lead, endpoint=endpoint, said=elsewhere)
    change_endpoint(by=lead, endpoint=endpoint, said=replace(SAID, address="http://127.0.0.1:8000/v2"))
    moved = change_endpoint(by=lead, endpoint=endpoint, said=elsewhere, secret=Secret("another"))

    assert opened(moved).token == Secret("another")


def test_an_address_that_is_no_longer_allowed_can_be_changed(lead, settings):
    endpoint = added(lead)
    settings.MODEL_HOSTS = ["models.example.org"]

    changed = change_endpoint(by=lead, endpoint=endpoint, said=replace(SAID, address="https://models.example.org/v1"))

    assert opened(changed).address == "https://models.example.org/v1"


def test_the_model_of_kept_replies_stays(lead):
    endpoint = added(lead)
    keep_replies(endpoint=endpoint, replied=[Replied("k", ChatReply("a", "stop"))])

    for said in ({"model": "other"}, {"revision": "r2"}, {"kind": EndpointKind.VISION}):
        with pytest.raises(ValidationError, match="Add another endpoint"):
            change_endpoint(by=lead, endpoint=endpoint, said=replace(SAID, **said))
    assert change_endpoint(by=lead, endpoint=endpoint, said=replace(SAID, name="renamed")).name == "renamed"


def test_the_model_that_a_run_asks_stays(lead):
    endpoint = added(lead)
    config = PipelineConfig.objects.create(name="asks", engine=Engine.LLM, endpoint=endpoint)
    launch_run(by=None, release=make_release(), benchmark=make_benchmark(("a", "b", "highly")), config=config)

    with pytest.raises(ValidationError, match="Add another endpoint"):
        change_endpoint(by=lead, endpoint=endpoint, said=replace(SAID, model="other"))


def test_a_retired_endpoint_is_asked_nothing_and_forgets_its_token(lead):
    endpoint = retire_endpoint(by=lead, endpoint=added(lead, Secret(TOKEN)))

    assert (endpoint.sealed, list(usable_endpoints())) == ("", [])
    for deed in (
        lambda: opened(endpoint),
        lambda: retire_endpoint(by=lead, endpoint=endpoint),
        lambda: change_endpoint(by=lead, endpoint=endpoint, said=SAID),
    ):
        with pytest.raises(ValidationError, match="retired"):
            deed()


def test_a_token_that_another_key_sealed_is_asked_for_again(lead, settings):
    endpoint, first = added(lead, Secret(TOKEN)), settings.SECRET_KEY
    settings.SECRET_KEY = "rotated" * 8

    with pytest.raises(ValidationError, match="Write the token again"):
        opened(endpoint)
    settings.SECRET_KEY_FALLBACKS = [first]
    assert opened(endpoint).token == Secret(TOKEN)


def test_the_same_token_is_sealed_otherwise_each_time():
    assert seal(Secret(TOKEN)) != seal(Secret(TOKEN))
    assert (seal(NO_SECRET), unseal("")) == ("", NO_SECRET)
    assert unseal(seal(Secret(TOKEN))) == Secret(TOKEN)


@pytest.mark.parametrize(
    ("script", "options", "verdict", "failure"),
    [
        (HIGHLY, {}, Verdict.WORKS, ""),
        (HIGHLY, {"token": "other"}, Verdict.FAILED, FailureKind.DENIED),
        (HIGHLY, {"models": ("qwen",)}, Verdict.UNKNOWN, FailureKind.REFUSED),
        (Always(Reply("Sure! highly")), {}, Verdict.UNBOUND, ""),
        (Always(Reply('{"level": "perfect"}')), {}, Verdict.UNBOUND, ""),
        (Always(Reply('{"lev', "length")), {}, Verdict.FAILED, FailureKind.CUT),
        (Always(Error(500)), {}, Verdict.FAILED, FailureKind.SERVER),
    ],
)
def test_a_test_says_what_an_endpoint_does(lead, scripted_model, script, options, verdict, failure):
    server = scripted_model(script, **options)
    endpoint = added(lead, address=server.address)

    test = try_endpoint(by=lead, endpoint=endpoint)

    assert (test.verdict, test.failure, test.passed) == (verdict, failure, verdict is Verdict.WORKS)
    assert server.calls <= 1
    assert [row.test for row in endpoint_rows(endpoint_list())] == [test]
    assert AuditEvent.objects.get(verb="endpoint.tested").data == {"name": "local", "found": verdict.label}


@pytest.mark.parametrize(
    ("kind", "reply"), [(EndpointKind.EMBEDDING, "3"), (EndpointKind.VISION, '{"level": "highly"}')]
)
def test_each_kind_is_tested_with_what_it_takes(lead, scripted_model, kind, reply):
    server = scripted_model(HIGHLY)

    test = try_endpoint(by=lead, endpoint=added(lead, address=server.address, kind=kind))

    assert (test.verdict, test.reply, test.models_listed) == (Verdict.WORKS, reply, ["scripted"])
    pictures = [part["type"] for call in server.requests for part in call.body["messages"][0]["content"]]
    assert pictures == (["image_url", "text"] if kind is EndpointKind.VISION else [])


def test_replies_are_found_by_key_and_failures_never(lead):
    endpoint = added(lead, price_read=Decimal(2), price_written=Decimal("0.5"))
    cut = ChatFailure(FailureKind.CUT, "too long", raw='{"lev', finish_reason="length", completion_tokens=9)
    whole = ChatReply(
        "yes", "stop", prompt_tokens=5, completion_tokens=1, cached_tokens=4, milliseconds=3.5, attempts=2
    )

    keep_replies(
        endpoint=endpoint,
        replied=[
            Replied("a", cut),
            Replied("a", ChatReply("old", "stop")),
            Replied("a", whole),
            Replied("a", whole, sample=1),
            Replied("b", ChatReply("perhaps", "stop"), fault="enum"),
        ],
    )

    found = replies_by_key(["a", "b", "c"], lambda row: True)
    assert {key: row.text for key, row in found.items()} == {ReplyKey("a"): "old", ReplyKey("a", 1): "yes"}
    kept = ModelReply.objects.values_list("failure", "text", "finish_reason", "completion_tokens", "attempts")
    assert list(kept)[0::4] == [("cut", '{"lev', "length", 9, 1), ("enum", "perhaps", "stop", 0, 1)]
    recent = recent_replies(endpoint)
    assert (recent.replies, recent.failed) == (5, 2)
    assert cost_of(endpoint, read=1_000_000, written=500_000) == Decimal("2.25")


def test_tests_and_replies_are_never_altered(lead):
    endpoint = added(lead)
    keep_replies(endpoint=endpoint, replied=[Replied("a", ChatReply("yes", "stop"))])
    reply = ModelReply.objects.get()
    test = EndpointTest.objects.create(endpoint=endpoint, verdict=Verdict.WORKS, by=lead)

    for row in (reply, test):
        with pytest.raises(AppendOnlyError):
            row.save()
        with pytest.raises(AppendOnlyError):
            row.delete()
