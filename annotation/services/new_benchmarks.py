"""Starting a benchmark that has no pair yet: to be labelled here, or filled by an import."""

import re
from hashlib import sha256

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from annotation.models import Benchmark
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


def find_or_make_benchmark(name: str, *, by: User | None) -> Benchmark:
    """The benchmark with this short name or name, or a new one."""
    slug = slug_of(name)
    benchmark, made = Benchmark.objects.get_or_create(slug=slug, defaults={"name": name})
    if made:
        record(by=by, verb="benchmark.created", subject=f"benchmark:{benchmark.pk}", data={"name": name})
    return benchmark


def slug_of(name: str) -> str:
    """The short name of a benchmark. One without Latin letters is told apart by a digest."""
    slug = slugify(name)[:60].strip("-_")
    return slug if re.search(r"[a-z0-9]", slug) else f"benchmark-{sha256(name.encode()).hexdigest()[:8]}"
