"""Starting a benchmark that has no pair yet: to be labelled here."""

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.models import Benchmark
from annotation.services.imports import slug_of
from annotation.services.labelling import PERMISSION
from rules.services.audit import record, take_turn
from rules.services.permissions import require


@transaction.atomic
def start_benchmark(*, by: User | AnonymousUser, name: str, note: str = "") -> Benchmark:
    """Make an empty benchmark. Raises ValidationError where one of that short name is there (code "there")."""
    require(by, PERMISSION)
    assert isinstance(by, User)
    take_turn()
    slug = slug_of(name)
    if Benchmark.objects.filter(slug=slug).exists():
        raise ValidationError(_("There is a benchmark of that name."), code="there")
    made: Benchmark = Benchmark.objects.create(slug=slug, name=name, note=note)
    record(by=by, verb="benchmark.created", subject=f"benchmark:{made.pk}", data={"name": name, "note": note})
    return made
