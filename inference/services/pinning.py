"""Keeping the passages that judgments read."""

from collections.abc import Iterable

from inference.knowledge.passages import Found
from inference.knowledge.pinned import digest_of_passage, texts_of
from inference.models import PinnedPassage


def keep_passages(passages: Iterable[Found]) -> None:
    """Keep each passage once, whoever else keeps it at the same moment. Belongs inside a transaction."""
    wanted = {digest_of_passage(one): one for one in passages}
    known = set(PinnedPassage.objects.filter(digest__in=wanted).order_by().values_list("digest", flat=True))
    rows = [PinnedPassage(digest=digest, content=texts_of(wanted[digest])) for digest in sorted(wanted.keys() - known)]
    PinnedPassage.objects.bulk_create(rows, ignore_conflicts=True)
