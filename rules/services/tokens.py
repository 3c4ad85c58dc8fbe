"""Tokens that let a program act for a person. Only a digest is kept: the token itself is shown once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.models import AuthToken

from rules.services import audit

MOST_TOKENS = 20
MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made. `token` is told to the person now and never again; `key` names it from then on."""

    token: str
    key: str
    expiry: datetime


@transaction.atomic
def create_token(*, by: User, days: int) -> NewToken:
    """A token that does what `by` may do, for some days. Raises ValidationError for too many tokens or days."""
    if not 1 <= days <= MOST_DAYS:
        raise ValidationError(_("A token is good for 1 to %(most)s days.") % {"most": MOST_DAYS}, code="days")
    audit.take_turn()
    if AuthToken.objects.filter(user=by, expiry__gt=timezone.now()).count() >= MOST_TOKENS:
        raise ValidationError(_("You have %(most)s tokens; revoke one first.") % {"most": MOST_TOKENS}, code="many")
    row, token = AuthToken.objects.create(user=by, expiry=timedelta(days=days))
    told = {"token": row.token_key, "expiry": row.expiry}
    audit.record(by=by, verb="token.created", subject=f"user:{by.get_username()}"[:80], data=told)
    return NewToken(token, row.token_key, row.expiry)


@transaction.atomic
def revoke_token(*, by: User, key: str) -> bool:
    """Let one of one's own tokens be good for nothing; whether there was one."""
    audit.take_turn()
    deleted, _rows = AuthToken.objects.filter(user=by, token_key=key).delete()
    if deleted:
        audit.record(by=by, verb="token.revoked", subject=f"user:{by.get_username()}"[:80], data={"token": key})
    return bool(deleted)
