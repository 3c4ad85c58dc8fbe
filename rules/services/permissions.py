"""Who may write."""

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _


def require(by: User | AnonymousUser, permission: str) -> None:
    """Raise PermissionDenied unless `by` has `permission`."""
    if not by.has_perm(permission):
        raise PermissionDenied(_("You may not do this."))
