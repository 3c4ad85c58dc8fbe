"""The only code that adds, changes, tests and retires endpoints. Their tokens are written here and shown nowhere."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inference.engines.address import Address
from inference.engines.clients import client_of, where_of
from inference.engines.place import Place
from inference.engines.probing import Probed, probe, probe_embedding
from inference.engines.protocol import NO_SECRET, Endpoint, Secret
from inference.enums import EndpointKind
from inference.models import EndpointTest, ModelEndpoint
from inference.sealing import seal
from inference.selectors.endpoints import is_allowed, is_used, opened
from rules.services.audit import record, take_turn
from rules.services.permissions import require

MOST_IN_FLIGHT = 512
LONGEST_TIMEOUT = 600
LONGEST_SECRET = 1000
LONGEST_TEST = 15.0
"""Seconds that a test waits for an answer: somebody sits before the page."""


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """What people say of an endpoint, beside its token."""

    name: str
    kind: EndpointKind
    address: str
    model: str
    revision: str = ""
    in_flight: int = 64
    timeout: int = 60
    price_read: Decimal = Decimal(0)
    price_written: Decimal = Decimal(0)


@transaction.atomic
def add_endpoint(*, by: User, said: EndpointSettings, secret: Secret = NO_SECRET) -> ModelEndpoint:
    """A new endpoint. Raises PermissionDenied, and ValidationError for what can't be or an address not allowed."""
    require(by, "inference.add_modelendpoint")
    endpoint = ModelEndpoint(created_by=by)
    _fill(endpoint, said)
    endpoint.sealed = seal(_sound(secret))
    endpoint.save()
    record(by=by, verb="endpoint.added", subject=subject_of(endpoint), data=told(endpoint))
    return endpoint


@transaction.atomic
def change_endpoint(
    *, by: User, endpoint: ModelEndpoint, said: EndpointSettings, secret: Secret | None = None
) -> ModelEndpoint:
    """Say otherwise of an endpoint. `secret` replaces its token, NO_SECRET takes it away, None leaves it.

    The model of one that a run asked, or whose replies are kept, stays. A token stays with the server it was written for: with another
    address it is written again, so that nobody is sent what only the first should know.
    """
    require(by, "inference.change_modelendpoint")
    locked = ModelEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    _refuse_retired(locked)
    before, model, origin = told(locked), (locked.kind, locked.model, locked.revision), _origin(locked)
    _fill(locked, said)
    if model != (locked.kind, locked.model, locked.revision) and is_used(locked):
        raise ValidationError({"model": _("This model was asked already. Add another endpoint for another model.")})
    if secret is None and locked.has_secret and _origin(locked) != origin:
        raise ValidationError(
            {"secret": _("The token was written for another server. Write it again or take it away.")}
        )
    if secret is not None:
        locked.sealed = seal(_sound(secret))
    locked.save()
    data = {"before": before, "after": told(locked), "token_written": secret is not None}
    record(by=by, verb="endpoint.changed", subject=subject_of(locked), data=data)
    return locked


@transaction.atomic
def retire_endpoint(*, by: User, endpoint: ModelEndpoint) -> ModelEndpoint:
    """Ask nothing of the endpoint any more, and forget its token. Its replies stay."""
    require(by, "inference.change_modelendpoint")
    locked = ModelEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    _refuse_retired(locked)
    locked.retired_at, locked.sealed = timezone.now(), ""
    locked.save()
    record(by=by, verb="endpoint.retired", subject=subject_of(locked), data={"name": locked.name})
    return locked


def try_endpoint(*, by: User, endpoint: ModelEndpoint) -> EndpointTest:
    """Ask the server for its models and for one reply, and keep what came. Outside a transaction while it waits.

    Raises PermissionDenied, and ValidationError where the endpoint may not be asked.
    """
    require(by, "inference.change_modelendpoint")
    asked = opened(endpoint)
    quick = replace(asked, attempts=1, timeout=min(asked.timeout, LONGEST_TEST))
    found = _alone(lambda: _probed(quick, EndpointKind(endpoint.kind)))
    with transaction.atomic():
        test = EndpointTest.objects.create(
            endpoint=endpoint,
            verdict=found.verdict,
            failure=found.failure or "",
            detail=found.detail,
            models_listed=list(found.models),
            reply=found.reply,
            milliseconds=found.milliseconds,
            by=by,
        )
        data = {"name": endpoint.name, "found": found.verdict.label}
        record(by=by, verb="endpoint.tested", subject=subject_of(endpoint), data=data)
    return test


def subject_of(endpoint: ModelEndpoint) -> str:
    """How the audit trail names an endpoint."""
    return f"endpoint:{endpoint.pk}"


def told(endpoint: ModelEndpoint) -> dict[str, object]:
    """What an endpoint says, for the audit trail: of its token only whether there is one."""
    return {
        "name": endpoint.name,
        "kind": endpoint.kind,
        "address": endpoint.address,
        "model": endpoint.model,
        "revision": endpoint.revision,
        "in_flight": endpoint.in_flight,
        "timeout": endpoint.timeout,
        "price_read": str(endpoint.price_read),
        "price_written": str(endpoint.price_written),
        "has_token": endpoint.has_secret,
    }


async def _probed(endpoint: Endpoint, kind: EndpointKind) -> Probed:
    async with client_of(endpoint) as client:
        if kind == EndpointKind.EMBEDDING:
            return await probe_embedding(client)
        return await probe(client, picture=kind == EndpointKind.VISION)


def _alone(work: Callable[[], Coroutine[Any, Any, Probed]]) -> Probed:
    """The outcome of the work, in a thread of its own: whoever asks may be in a loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


def _fill(endpoint: ModelEndpoint, said: EndpointSettings) -> None:
    """Write what was said on the row. Raises ValidationError, by field, for what can't be."""
    endpoint.name = " ".join(said.name.replace("\0", "").split())
    where = _address(said.address)
    if isinstance(where, Place) and said.kind != EndpointKind.TEXT:
        raise ValidationError({"kind": _("A model that this application runs itself takes text alone.")})
    endpoint.kind, endpoint.address = said.kind, str(where)
    endpoint.model, endpoint.revision = said.model.strip(), said.revision.strip()
    endpoint.in_flight, endpoint.timeout = said.in_flight, said.timeout
    endpoint.price_read, endpoint.price_written = said.price_read, said.price_written
    take_turn()  # a name that is being given now is waited for
    endpoint.full_clean(exclude=["sealed"])
    _within("in_flight", said.in_flight, MOST_IN_FLIGHT)
    _within("timeout", said.timeout, LONGEST_TIMEOUT)
    for field in ("price_read", "price_written"):
        if getattr(said, field) < 0:
            raise ValidationError({field: _("A price is not below 0.")})


def _within(field: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise ValidationError({field: _("From 1 to %(most)s.") % {"most": most}})


def _address(text: str) -> Address | Place:
    """The address that somebody wrote. Raises ValidationError for one that can't be, or that is not allowed."""
    try:
        where = where_of(text.strip())
    except ValueError:
        message = _("An address looks like http://127.0.0.1:8000/v1, without a name, a password or a question mark.")
        raise ValidationError({"address": message}) from None
    if not is_allowed(where):
        raise ValidationError({"address": _not_allowed(where)})
    return where


def _not_allowed(where: Address | Place) -> str:
    """What this deployment allows instead."""
    if isinstance(where, Address):
        message = _("This deployment does not allow %(host)s. Allowed: %(hosts)s (the setting MODEL_HOSTS).")
        return message % {"host": f"{where.host}:{where.port}", "hosts": ", ".join(settings.MODEL_HOSTS)}
    if not settings.MODEL_FOLDERS:
        return _("This deployment runs no models itself (the setting MODEL_FOLDERS).")
    message = _("This deployment runs no model from %(folder)s. Allowed: %(folders)s (the setting MODEL_FOLDERS).")
    return message % {"folder": where.folder, "folders": ", ".join(settings.MODEL_FOLDERS)}


def _origin(endpoint: ModelEndpoint) -> str:
    """The server that an endpoint is on."""
    return where_of(endpoint.address).origin


def _sound(secret: Secret) -> Secret:
    """The secret, if it can stand in a header. Raises ValidationError, which does not repeat it."""
    text = secret.reveal()
    if len(text) > LONGEST_SECRET or not all("!" <= character <= "~" for character in text):
        message = _("A token has no spaces and only plain characters, %(most)s at most.")
        raise ValidationError({"secret": message % {"most": LONGEST_SECRET}})
    return secret


def _refuse_retired(endpoint: ModelEndpoint) -> None:
    if endpoint.retired:
        raise ValidationError(_("The endpoint %(name)s is retired.") % {"name": endpoint}, code="retired")
