"""What services refuse with, beside ValidationError and PermissionDenied."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from rules.engine.content import RuleContent


class ConflictError(ValidationError):
    """Somebody saved this change first. `mine` was refused; `theirs`, saved by `saved_by`, is edition `edition`."""

    def __init__(self, *, mine: RuleContent, theirs: RuleContent, edition: int, saved_by: User) -> None:
        super().__init__(
            _("%(name)s changed this rule while you were editing it. Nothing of yours was saved yet."),
            code="conflict",
            params={"name": saved_by.get_full_name() or saved_by.get_username()},
        )
        self.mine = mine
        self.theirs = theirs
        self.edition = edition
        self.saved_by = saved_by
