"""Served models: which there are, how they did when they were tested, and how they are asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_
from statistics import median

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from inference.engines.address import Address
from inference.engines.clients import where_of
from inference.engines.place import Place
from inference.engines.protocol import Endpoint
from inference.enums import EndpointKind
from inference.models import EndpointTest, ModelEndpoint, ModelReply, PipelineConfig, Run
from inference.pipeline.stages import Stage
from inference.sealing import unseal

RECENT = 200
MOST_LISTED = 20
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """An endpoint and its newest test, if it was ever tested."""

    endpoint: ModelEndpoint
    test: EndpointTest | None


@dataclass(frozen=True, slots=True)
class AskingConfiguration:
    """A configuration that asks an endpoint: whether for the level, and at which stages."""

    config: PipelineConfig
    level: bool
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class RecentReplies:
    """How the newest replies of an endpoint came: how many, how many failed, and their median time."""

    replies: int
    failed: int
    milliseconds: float


def endpoint_list(*, retired: bool = False) -> QuerySet[ModelEndpoint]:
    """The endpoints in use, or those retired, each with its newest test as `newest`."""
    newest = EndpointTest.objects.filter(endpoint=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    return ModelEndpoint.objects.filter(retired_at__isnull=not retired).annotate(newest=Subquery(newest))


def endpoint_rows(endpoints: Iterable[ModelEndpoint]) -> list[EndpointRow]:
    """Rows for some endpoints of `endpoint_list`, in two queries however many there are."""
    listed = list(endpoints)
    newest = [endpoint.newest for endpoint in listed]  # type: ignore[attr-defined]
    tests = {test.pk: test for test in EndpointTest.objects.filter(pk__in=[pk for pk in newest if pk])}
    return [EndpointRow(endpoint, tests.get(pk)) for endpoint, pk in zip(listed, newest, strict=True)]


def usable_endpoints(kind: EndpointKind | None = None) -> QuerySet[ModelEndpoint]:
    """The endpoints that may be asked, of one kind or of all."""
    usable = ModelEndpoint.objects.filter(retired_at=None)
    return usable.filter(kind=kind) if kind else usable


def tests_of(endpoint: ModelEndpoint) -> QuerySet[EndpointTest]:
    """The tests of an endpoint, newest first."""
    return endpoint.tests.select_related("by").order_by("-pk")


def recent_replies(endpoint: ModelEndpoint) -> RecentReplies | None:
    """How the newest replies came; None where there are none."""
    newest = list(endpoint.replies.order_by("-pk").values_list("milliseconds", "failure")[:RECENT])
    if not newest:
        return None
    times = [milliseconds for milliseconds, _failure in newest]
    return RecentReplies(len(newest), sum(bool(failure) for _time, failure in newest), median(times))


def is_used(endpoint: ModelEndpoint) -> bool:
    """Whether a run asks it or a reply of it is kept, so that its model can't become another."""
    asked = Run.objects.filter(_asks(endpoint, "config__")).exists()
    return asked or ModelReply.objects.filter(endpoint=endpoint).exists()


def configurations_asking(endpoint: ModelEndpoint) -> list[AskingConfiguration]:
    """The newest configurations that ask an endpoint, for the level or at stages."""
    asking = PipelineConfig.objects.filter(_asks(endpoint)).order_by("-pk")[:MOST_LISTED]
    return [
        AskingConfiguration(
            config,
            config.endpoint_id == endpoint.pk,
            tuple(stage for stage in Stage if config.stages.get(stage.value, {}).get("endpoint") == endpoint.pk),
        )
        for config in asking
    ]


def _asks(endpoint: ModelEndpoint, path: str = "") -> Q:
    """That a configuration asks an endpoint, for the level or at a stage."""
    stages = (Q(**{f"{path}stages__{stage.value}__endpoint": endpoint.pk}) for stage in Stage)
    return reduce(or_, stages, Q(**{f"{path}endpoint": endpoint}))


def cost_of(endpoint: ModelEndpoint, *, read: int, written: int) -> Decimal:
    """What so many tokens read and written cost, in the currency of the endpoint's prices."""
    return (endpoint.price_read * read + endpoint.price_written * written) / MILLION


def is_allowed(where: Address | Place) -> bool:
    """Whether the deployment allows a model there."""
    return where.allowed(settings.MODEL_FOLDERS if isinstance(where, Place) else settings.MODEL_HOSTS)


def opened(endpoint: ModelEndpoint) -> Endpoint:
    """How the client asks the endpoint. Raises ValidationError where it may not or can't be asked."""
    if endpoint.retired:
        raise ValidationError(_("The endpoint %(name)s is retired.") % {"name": endpoint}, code="retired")
    if not is_allowed(where_of(endpoint.address)):
        raise ValidationError(_("This deployment does not allow that address."), code="address")
    secret = unseal(endpoint.sealed)
    if secret is None:
        message = _("The token can't be read any more: SECRET_KEY is another. Write the token again.")
        raise ValidationError(message, code="sealed")
    return Endpoint(
        address=endpoint.address,
        model=endpoint.model,
        revision=endpoint.revision,
        token=secret,
        in_flight=endpoint.in_flight,
        timeout=float(endpoint.timeout),
    )
