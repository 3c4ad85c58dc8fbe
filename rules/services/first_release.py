"""The release that the first proposal stands on, in a database that has none yet."""

from django.contrib.auth.models import User

from rules.models import Release
from rules.selectors.releases import current_release
from rules.services import audit
from rules.services.release_rows import write_release


def first_release(*, by: User) -> Release:
    """The release in force; an empty one is made where there is none. Belongs inside a transaction."""
    audit.take_turn()
    return current_release() or write_release(by=by, base=None, versions=(), notes="")
