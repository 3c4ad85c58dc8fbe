"""Entries that models propose: those that wait for somebody, those of one round, and what a round takes."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from inference.enums import EndpointKind
from inference.knowledge.lexicon import Lexicon
from inference.models import ModelEndpoint, NameInquiry, ProposedEntry
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages.extension import Subject, Vocabulary, request_of
from inference.selectors.endpoints import cost_of, usable_endpoints

WRITTEN = 150
"""Tokens that a reply takes about, before any came."""
EXAMPLE = Subject("某某颗粒", ("[某某]某某颗粒10g*6袋",) * 2)


@dataclass(frozen=True, slots=True)
class Price:
    """What asking about one name takes, about: tokens, and their cost in the currency of the endpoint's prices."""

    tokens: int
    cost: Decimal


def waiting_entries() -> QuerySet[ProposedEntry]:
    """The entries that nobody has decided on, of the most products first."""
    waiting = ProposedEntry.objects.filter(verdict=None).select_related("verdict")
    return waiting.order_by("-products", "pk")


def entries_of(inquiry: NameInquiry) -> QuerySet[ProposedEntry]:
    """The entries that a round brought, decided or not."""
    return inquiry.entries.select_related("verdict__created_by").order_by("-products", "pk")


def inquiries() -> QuerySet[NameInquiry]:
    """The rounds, newest first."""
    return NameInquiry.objects.select_related("endpoint", "created_by").order_by("-pk")


def cost_so_far(inquiry: NameInquiry) -> Decimal:
    """What a round cost, by the prices of its endpoint."""
    return cost_of(inquiry.endpoint, read=inquiry.prompt_tokens, written=inquiry.completion_tokens)


def askable_endpoints() -> QuerySet[ModelEndpoint]:
    """The endpoints that can be asked about names, with what earlier rounds took: `asked`, `kept`, `read`, `written`."""
    sums = {"asked": "done", "kept": "found", "read": "prompt_tokens", "written": "completion_tokens"}
    counted = {name: Sum(f"inquiries__{field}", default=0) for name, field in sums.items()}
    return usable_endpoints().exclude(kind=EndpointKind.EMBEDDING).annotate(**counted)


def price_of_a_name(endpoint: ModelEndpoint, lexicon: Lexicon, language: str = "zh") -> Price:
    """What a name takes: as earlier rounds have shown (`askable_endpoints`), or else a token for every character sent."""
    names = getattr(endpoint, "asked", 0) - getattr(endpoint, "kept", 0)
    if names > 0 and endpoint.read:  # type: ignore[attr-defined]
        read, written = endpoint.read // names, endpoint.written // names  # type: ignore[attr-defined]
    else:
        settings = ModelSettings(endpoint.model, endpoint.revision, language)
        request = request_of(EXAMPLE, settings, Vocabulary.of(lexicon))
        read, written = sum(len(message.content) for message in request.messages), WRITTEN
    return Price(read + written, cost_of(endpoint, read=read, written=written))
