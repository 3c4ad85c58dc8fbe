"""The search outside: whether this deployment has one, what it told of a query, and what it was asked lately."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import itemgetter

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inference.engines.address import read_address
from inference.engines.protocol import Endpoint, FailureKind, Secret
from inference.engines.searching import service_at
from inference.engines.searxng import LONGEST_QUERY
from inference.knowledge.outside import Told, merged, pages_of
from inference.knowledge.passages import Found, Search
from inference.models import OutsideAnswer, PipelineConfig
from inference.pipeline.parameters import Parameters
from inference.pipeline.stages import Stage
from inference.pipeline.told import Failed, NotTold, StageFailed, Unit
from inference.selectors.passages import document_search

UNSET = gettext_lazy("This deployment searches nowhere outside: the setting OUTSIDE_SEARCH names no SearXNG.")
IN_VAIN = 6
"""Queries asked in vain, one after the other, after which the service is left alone for AGAIN_AFTER."""
MOST_NAMED = 20
AGAIN_AFTER = timedelta(seconds=30)
"""How long a query that was asked in vain is not asked again: who read it meanwhile failed for the same reason."""


@dataclass(frozen=True, slots=True)
class OutsideSearch:
    """The documents, and beside them what the service at `address` told from a day on.

    The first answer since that day counts, so that a run whose day is fixed reads the same however long it takes.
    """

    documents: Search
    address: str
    since: date

    @property
    def state(self) -> tuple[object, ...]:
        """What decides the answers, beside those that are still to come."""
        return repr(getattr(self.documents, "state", None)), self.address, self.since.isoformat()

    def __call__(self, text: str, limit: int) -> Sequence[Found]:
        """At most `limit` passages and pages. Raises NotTold for a text to be asked first, StageFailed for one just asked
        in vain.
        """
        query = text[:LONGEST_QUERY]
        if not self.address:
            raise StageFailed(Stage.SEARCH, Failed("unset", str(UNSET)))
        told = told_of(query, address=self.address, since=self.since)
        if told is None:
            raise NotTold(Unit(Stage.SEARCH, query))
        if isinstance(told, Failed):
            raise StageFailed(Stage.SEARCH, told)
        found = self.documents(text, limit)
        best = max((one.score for one in found), default=0.0) or 1.0
        return merged(found, pages_of(told, text, best), limit)


def search_for(parameters: Parameters, on: date) -> Search:
    """The search that a chain with these parameters looks for evidence with, on a day."""
    documents = document_search()
    if not parameters.outside:
        return documents
    return OutsideSearch(documents, settings.OUTSIDE_SEARCH, on - timedelta(days=settings.OUTSIDE_SEARCH_DAYS))


def told_of(query: str, *, address: str, since: date) -> Told | Failed | None:
    """What the service told first of a query since a day, or how it just failed to; None where it is to be asked."""
    moment = timezone.make_aware(datetime.combine(since, time.min))
    rows = OutsideAnswer.objects.filter(key=key_for(query, address), asked_at__gte=moment).order_by("pk")
    answers = list(rows)
    for one in answers:
        if not one.failure:
            day = one.told_since or timezone.localdate(one.asked_at)
            return Told(tuple(one.results), day.isoformat())
    if answers and answers[-1].asked_at > timezone.now() - AGAIN_AFTER:
        return Failed(answers[-1].failure, answers[-1].detail)
    return None


def key_for(query: str, address: str) -> str:
    """What the answers to a query are found by."""
    return hashlib.sha256(f"{address}\n{query}".encode("utf-8", "surrogatepass")).hexdigest()


def is_set() -> bool:
    """Whether this deployment names a search service."""
    return bool(settings.OUTSIDE_SEARCH)


def is_down() -> bool:
    """Whether everything that the service was asked a moment ago was in vain, so that it is left alone for another one."""
    asked = OutsideAnswer.objects.filter(address=settings.OUTSIDE_SEARCH).exclude(failure=FailureKind.RESTING)
    newest = list(asked.order_by("-pk").values_list("failure", "asked_at")[:IN_VAIN])
    return len(newest) == IN_VAIN and all(map(itemgetter(0), newest)) and newest[0][1] > timezone.now() - AGAIN_AFTER


def address_shown() -> str:
    """The address of the service as a page may show it: nothing of one that can't be, which may hold a password."""
    try:
        return str(read_address(settings.OUTSIDE_SEARCH)) if is_set() else ""
    except ValueError:
        return ""


def search_service() -> Endpoint:
    """How the service is asked. Raises ValidationError where the settings name none, or not by an address."""
    if not is_set():
        raise ValidationError(UNSET, code="unset")
    try:
        address = read_address(settings.OUTSIDE_SEARCH)
    except ValueError:
        message = _("The setting OUTSIDE_SEARCH is no address such as http://127.0.0.1:8888.")
        raise ValidationError(message, code="address") from None
    return service_at(str(address), Secret(settings.OUTSIDE_SEARCH_TOKEN))


def answers_asked(words: str = "") -> QuerySet[OutsideAnswer]:
    """What was asked, the newest first; with `words` those queries that hold them."""
    answers = OutsideAnswer.objects.select_related("by").order_by("-pk")
    return answers.filter(query__icontains=words) if words else answers


def newest_try() -> OutsideAnswer | None:
    """The last time that somebody tried the service."""
    return OutsideAnswer.objects.filter(by__isnull=False).select_related("by").order_by("-pk").first()


def configurations_outside() -> list[PipelineConfig]:
    """The configurations that search outside, the newest ones."""
    return list(PipelineConfig.objects.filter(parameters__outside=True).order_by("-pk")[:MOST_NAMED])
