"""Asking a model about names that the knowledge lacks: what is asked, what is proposed, what people make of it."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from annotation.models import Product
from inference.enums import EndpointKind, RunState
from inference.knowledge.records import Kind
from inference.models import EntryVerdict, EntryVersion, ModelEndpoint, ModelReply, NameInquiry, ProposedEntry
from inference.selectors.endpoints import cost_of, opened
from inference.selectors.entries import standing_of
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.unknown_names import unknown_names
from inference.services.knowledge import add_entry
from inference.services.model_replies import keep_replies
from inference.services.name_inquiries import Batch, ask_batch, begin_inquiry, stop_inquiry, store
from inference.services.proposed_entries import accept_entry, decline_entry
from rules.models import AuditEvent
from tests.factories import make_user, numbers
from tests.inference.model_stages import make_endpoint
from tests.scripted_model.script import Always, Call, Error, FirstThen, Reply

pytestmark = pytest.mark.django_db
FACTS = {
    "reason": "一种中成药",
    "known": True,
    "efficacy": ["咽喉肿痛"],
    "kinds": ["咽喉药"],
    "ingredients": ["板蓝根"],
}
NAMES = ("银草清咽", "芪蓉舒畅")


def fact(**said: Any) -> Reply:
    return Reply(json.dumps({**FACTS, **said}, ensure_ascii=False))


def make_product(name: str, form: str = "颗粒") -> Product:
    number = next(numbers)
    return Product.objects.create(
        external_id=f"n{number}", title=f"[某某]{name}{form}10g*6袋", given={"core_name": [f"{name}{form}"]}
    )


@pytest.fixture
def expert() -> User:
    return make_user("inference.correct_knowledge", username="expert")


@pytest.fixture
def products() -> list[Product]:
    return [make_product(NAMES[0]), make_product(NAMES[0], "片"), make_product(NAMES[1]), make_product("布洛芬", "片")]


def asked(endpoint: ModelEndpoint, most: int = 10) -> NameInquiry:
    inquiry = begin_inquiry(by=None, endpoint=endpoint, most=most)
    while ask_batch(inquiry_id=inquiry.pk):
        pass
    inquiry.refresh_from_db()
    return inquiry


@pytest.mark.usefixtures("products")
def test_names_that_say_nothing_to_the_knowledge_are_found_the_most_frequent_first() -> None:
    assert [(one.name, sorted(one.forms), one.products) for one in unknown_names()] == [
        (NAMES[0], ["片", "颗粒"], 2),
        (NAMES[1], ["颗粒"], 1),
    ]


@pytest.mark.usefixtures("products")
def test_what_a_model_knows_is_proposed_and_in_no_use(scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(lambda call: fact() if NAMES[0] in call.text else fact(known=False))
    endpoint = make_endpoint(server.address, price_read=Decimal(2), price_written=Decimal(8))
    inquiry = asked(endpoint)
    (entry,) = ProposedEntry.objects.all()
    assert (entry.name, entry.products, entry.reason, entry.expected_number) == (NAMES[0], 2, "一种中成药", 0)
    assert {field: said for field, said in entry.content.items() if said} == {
        "category": "健康",
        "kinds": ["咽喉药"],
        "efficacy": ["咽喉肿痛"],
        "forms": ["颗粒", "片"],
        "ingredients": ["板蓝根"],
    }
    assert entry.source.startswith("model scripted, 2")
    assert (inquiry.state, inquiry.done, inquiry.proposed, inquiry.unsure, inquiry.calls) == ("finished", 2, 1, 1, 2)
    assert cost_of(endpoint, read=inquiry.prompt_tokens, written=inquiry.completion_tokens) > 0
    assert NAMES[0] not in lexicon_in_use().medicines
    assert not EntryVersion.objects.exists()


@pytest.mark.usefixtures("products")
def test_one_that_a_person_accepts_is_in_use_with_its_source(scripted_model: Callable[..., Any], expert: User) -> None:
    asked(make_endpoint(scripted_model(Always(fact())).address), most=1)
    entry = ProposedEntry.objects.get()
    version = accept_entry(by=expert, proposed=entry)
    assert (version.name, version.created_by, version.source) == (NAMES[0], expert, entry.source)
    assert "一种中成药" in version.note
    assert lexicon_in_use().medicines[NAMES[0]].efficacy == ("咽喉肿痛",)
    assert [one.name for one in unknown_names()] == [NAMES[1]]
    assert EntryVerdict.objects.get().version == version


@pytest.mark.usefixtures("products")
def test_one_that_is_declined_stays_out_and_is_not_asked_again(
    scripted_model: Callable[..., Any], expert: User
) -> None:
    asked(make_endpoint(scripted_model(Always(fact())).address), most=1)
    decline_entry(by=expert, proposed=ProposedEntry.objects.get(), note="another thing")
    other = make_endpoint(scripted_model(Always(fact())).address, revision="r2")
    begun = begin_inquiry(by=None, endpoint=other, most=10)
    assert [one["name"] for one in begun.names] == [NAMES[1]]
    assert AuditEvent.objects.filter(verb="entry.declined", actor=expert).exists()
    assert not EntryVersion.objects.exists()


@pytest.mark.usefixtures("products")
def test_a_proposal_is_decided_once(scripted_model: Callable[..., Any], expert: User) -> None:
    asked(make_endpoint(scripted_model(Always(fact())).address), most=1)
    entry = ProposedEntry.objects.get()
    decline_entry(by=expert, proposed=entry)
    for decide in (accept_entry, decline_entry):
        with pytest.raises(ValidationError, match="decided"):
            decide(by=expert, proposed=entry)


@pytest.mark.usefixtures("products")
def test_an_entry_written_meanwhile_is_not_overwritten(scripted_model: Callable[..., Any], expert: User) -> None:
    asked(make_endpoint(scripted_model(Always(fact())).address), most=1)
    add_entry(by=expert, kind=Kind.MEDICINE, name=NAMES[0], content={"efficacy": ["咳嗽"]}, source="s", note="n")
    with pytest.raises(ValidationError, match="written since"):
        accept_entry(by=expert, proposed=ProposedEntry.objects.get())
    assert standing_of(Kind.MEDICINE, NAMES[0]).content["efficacy"] == ["咳嗽"]


@pytest.mark.usefixtures("products")
def test_an_entry_without_a_use_is_filled_in(scripted_model: Callable[..., Any], expert: User) -> None:
    add_entry(by=expert, kind=Kind.MEDICINE, name=NAMES[0], content={"ingredients": ["金银花"]}, source="s", note="n")
    asked(make_endpoint(scripted_model(Always(fact())).address), most=1)
    accept_entry(by=expert, proposed=ProposedEntry.objects.get(name=NAMES[0]))
    standing = standing_of(Kind.MEDICINE, NAMES[0])
    assert (standing.number, standing.content["efficacy"]) == (2, ["咽喉肿痛"])
    assert standing.content["ingredients"] == ["金银花"]


@pytest.mark.usefixtures("products")
def test_terms_that_there_are_not_make_no_entry(scripted_model: Callable[..., Any]) -> None:
    inquiry = asked(make_endpoint(scripted_model(Always(fact(efficacy=["长生不老"]))).address))
    assert (inquiry.proposed, inquiry.unsure) == (0, 2)


@pytest.mark.usefixtures("products")
def test_an_unusable_reply_is_mended_once_and_a_failure_is_counted(scripted_model: Callable[..., Any]) -> None:
    def script(call: Call) -> Any:
        if NAMES[1] in call.prompt:
            return Reply("I can't say.")
        return fact() if len(call.body["messages"]) > 2 else Reply("well, {")

    inquiry = asked(make_endpoint(scripted_model(script).address))
    assert (inquiry.proposed, inquiry.failed, inquiry.calls) == (1, 1, 4)
    assert list(ModelReply.objects.order_by("repairs", "failure").values_list("repairs", "failure")) == [
        (False, "not_json"),
        (False, "not_json"),
        (True, ""),
        (True, "not_json"),
    ]


@pytest.mark.usefixtures("products")
def test_what_was_said_before_is_found_and_costs_nothing(scripted_model: Callable[..., Any]) -> None:
    server = scripted_model(Always(fact()))
    endpoint = make_endpoint(server.address)
    inquiry = begin_inquiry(by=None, endpoint=endpoint, most=10)
    lost = Batch(inquiry, inquiry.names, lexicon_in_use())  # of a process that dies when the replies are kept
    lost.ask(opened(endpoint))
    keep_replies(endpoint=endpoint, replied=lost.replied)
    assert not ask_batch(inquiry_id=inquiry.pk)
    inquiry.refresh_from_db()
    assert (server.calls, inquiry.found, inquiry.calls, inquiry.proposed) == (2, 2, 0, 2)


@pytest.mark.usefixtures("products")
def test_two_workers_propose_once(scripted_model: Callable[..., Any]) -> None:
    endpoint = make_endpoint(scripted_model(Always(fact())).address)
    inquiry = begin_inquiry(by=None, endpoint=endpoint, most=10)
    late = NameInquiry.objects.select_related("endpoint").get(pk=inquiry.pk)
    ask_batch(inquiry_id=inquiry.pk)
    batch = Batch(late, late.names, lexicon_in_use())
    assert store(inquiry=late, batch=batch) is False
    assert ProposedEntry.objects.count() == 2


@pytest.mark.usefixtures("products")
def test_a_model_is_not_asked_again_about_what_it_does_not_know(scripted_model: Callable[..., Any]) -> None:
    endpoint = make_endpoint(scripted_model(Always(fact(known=False))).address)
    asked(endpoint)
    with pytest.raises(ValidationError, match="no name"):
        begin_inquiry(by=None, endpoint=endpoint, most=10)


@pytest.mark.usefixtures("products")
def test_a_server_that_is_gone_fails_names_and_they_can_be_asked_again(scripted_model: Callable[..., Any]) -> None:
    endpoint = make_endpoint(scripted_model(FirstThen((Error(401), Error(401), fact()))).address)
    assert asked(endpoint).failed == 2
    assert len(begin_inquiry(by=None, endpoint=endpoint, most=10).names) == 2


@pytest.mark.usefixtures("products")
def test_one_round_at_a_time_and_it_can_be_stopped(scripted_model: Callable[..., Any], expert: User) -> None:
    server = scripted_model(Always(fact()))
    endpoint = make_endpoint(server.address)
    inquiry = begin_inquiry(by=expert, endpoint=endpoint, most=1)
    with pytest.raises(ValidationError, match="already"):
        begin_inquiry(by=expert, endpoint=endpoint, most=1)
    stop_inquiry(by=expert, inquiry=inquiry)
    inquiry.refresh_from_db()
    assert (inquiry.state, ask_batch(inquiry_id=inquiry.pk), server.calls) == (RunState.CANCELLED, False, 0)
    with pytest.raises(ValidationError, match="ended"):
        stop_inquiry(by=expert, inquiry=inquiry)


@pytest.mark.usefixtures("products")
def test_a_round_whose_model_may_no_longer_be_asked_is_stopped_in_the_audit_trail(settings: Any) -> None:
    inquiry = begin_inquiry(by=None, endpoint=make_endpoint("http://127.0.0.1:9/v1"), most=1)
    settings.MODEL_HOSTS = ()
    assert [ask_batch(inquiry_id=inquiry.pk) for _delivery in range(2)] == [False, False]
    inquiry.refresh_from_db()
    event = AuditEvent.objects.get(verb="names.stopped")
    assert inquiry.state == RunState.CANCELLED
    assert (event.actor, event.subject, event.data) == (
        None,
        f"inquiry:{inquiry.pk}",
        {"done": 0, "reason": "its model may no longer be asked"},
    )


@pytest.mark.usefixtures("products")
@pytest.mark.parametrize("most", [0, 501])
def test_a_round_has_a_bound(most: int) -> None:
    with pytest.raises(ValidationError):
        begin_inquiry(by=None, endpoint=make_endpoint("http://127.0.0.1:9/v1"), most=most)


@pytest.mark.usefixtures("products")
def test_an_endpoint_of_embeddings_is_not_asked() -> None:
    with pytest.raises(ValidationError):
        begin_inquiry(by=None, endpoint=make_endpoint("http://127.0.0.1:9/v1", kind=EndpointKind.EMBEDDING), most=1)


@pytest.mark.usefixtures("products")
def test_it_takes_the_right_to_correct_the_knowledge(scripted_model: Callable[..., Any]) -> None:
    endpoint, reader = make_endpoint(scripted_model(Always(fact())).address), make_user(username="reader")
    with pytest.raises(PermissionDenied):
        begin_inquiry(by=reader, endpoint=endpoint, most=1)
    asked(endpoint, most=1)
    for decide in (accept_entry, decline_entry):
        with pytest.raises(PermissionDenied):
            decide(by=reader, proposed=ProposedEntry.objects.get())
