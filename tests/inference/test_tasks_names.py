"""The task that asks about names: it comes back while names are left, and what was cut off is taken up."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.conf import settings
from django.utils import timezone

from annotation.models import Product
from inference.enums import RunState
from inference.models import NameInquiry, ProposedEntry
from inference.name_tasks import ask_about_names, resume_inquiries
from inference.selectors.endpoints import opened
from inference.selectors.knowledge import lexicon_in_use
from inference.services.name_inquiries import BATCH, Batch, begin_inquiry
from tests.inference.model_stages import make_endpoint
from tests.scripted_model.script import Always, Reply

pytestmark = pytest.mark.django_db
FACTS = {"reason": "", "known": True, "efficacy": ["咳嗽"], "kinds": [], "ingredients": []}
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"


@pytest.fixture
def published() -> Iterator[list[int]]:
    """The rounds whose task was queued."""
    found: list[int] = []

    def note(sender: str, body: tuple[tuple[int, ...], object, object], **kwargs: object) -> None:
        if sender == ask_about_names.name:
            found.extend(body[0])

    before_task_publish.connect(note)
    yield found
    before_task_publish.disconnect(note)


@pytest.fixture
def inquiry(scripted_model: Callable[..., Any]) -> NameInquiry:
    """A round about more names than a batch has."""
    for number, surname in enumerate(SURNAMES):
        name = f"{surname}氏芪蓉"
        given = {"core_name": [f"{name}颗粒"]}
        Product.objects.create(external_id=f"t{number}", title=f"[某某]{name}颗粒", given=given)
    server = scripted_model(Always(Reply(json.dumps(FACTS, ensure_ascii=False))))
    return begin_inquiry(by=None, endpoint=make_endpoint(server.address), most=100)


def test_it_comes_back_while_names_are_left(inquiry: NameInquiry, published: list[int]) -> None:
    assert inquiry.total > BATCH
    ask_about_names(inquiry.pk)
    inquiry.refresh_from_db()
    assert (inquiry.done, published) == (BATCH, [inquiry.pk])
    for _delivery in range(2):
        ask_about_names(inquiry.pk)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.done, published) == ("finished", inquiry.total, [inquiry.pk])
    assert ProposedEntry.objects.count() == inquiry.total


def leave(inquiry: NameInquiry) -> None:
    """Nobody has worked on it for long."""
    long_ago = timezone.now() - timedelta(seconds=3 * settings.CLAIM_SECONDS)
    NameInquiry.objects.filter(pk=inquiry.pk).update(moved_at=long_ago)


def test_a_round_that_was_cut_off_is_taken_up(inquiry: NameInquiry, published: list[int]) -> None:
    resume_inquiries()
    assert published == []
    leave(inquiry)
    resume_inquiries()
    assert published == [inquiry.pk]


def test_a_process_that_is_alone_takes_it_up_at_once(inquiry: NameInquiry, published: list[int]) -> None:
    resume_inquiries(alone=True)
    assert published == [inquiry.pk]


def test_a_round_that_somebody_works_on_is_left_to_them(inquiry: NameInquiry, published: list[int]) -> None:
    leave(inquiry)
    Batch(inquiry, inquiry.names[:1], lexicon_in_use()).ask(opened(inquiry.endpoint))
    resume_inquiries()
    assert published == []


def test_a_round_that_was_stopped_asks_no_more(inquiry: NameInquiry) -> None:
    NameInquiry.objects.filter(pk=inquiry.pk).update(state=RunState.CANCELLED)
    batch = Batch(inquiry, inquiry.names, lexicon_in_use())
    batch.ask(opened(inquiry.endpoint))
    assert batch.replied == []
