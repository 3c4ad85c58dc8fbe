"""Votes of models: stored as labels of a model with its identity."""

from collections.abc import Mapping, Sequence

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.enums import LabelKind
from annotation.models import Benchmark, Label
from annotation.selectors.labelling import labelling_of
from annotation.services.bulk import insert
from annotation.services.labelling import PERMISSION
from annotation.services.spreading import follow_votes, votes_by_pair
from annotation.services.turns import take_benchmark
from rules.engine.attributes import Level
from rules.services.audit import record
from rules.services.permissions import require

AT_ONCE = 1000
MOST_SOURCE = 120


@transaction.atomic
def store_votes(
    *, by: User | AnonymousUser | None, benchmark: Benchmark, source: str, levels: Mapping[int, str]
) -> int:
    """Store what a model (`source`: its name and revision) says of pairs (ids); how many votes are new or differ.

    Where the labelling follows votes, the people a pair change with them. `by` is None for what the system does.
    """
    if by is not None:
        require(by, PERMISSION)
    source = source.strip()
    if not source or len(source) > MOST_SOURCE:
        raise ValidationError(
            _("Name the model, in at most %(most)s characters.") % {"most": MOST_SOURCE}, code="source"
        )
    if set(levels.values()) - {level.value for level in Level}:
        raise ValidationError(_("Choose a level."), code="level")
    take_benchmark(benchmark)
    labelling, stored = labelling_of(benchmark), 0
    for part in _parts(list(levels), AT_ONCE):
        stored += _store(by, benchmark, source, {pair: levels[pair] for pair in part})
        if labelling and labelling.follows_votes:
            follow_votes(labelling, part)
    if stored:
        told = {"source": source, "votes": stored}
        actor = by if isinstance(by, User) else None
        record(by=actor, verb="votes.stored", subject=f"benchmark:{benchmark.pk}", data=told)
    return stored


def _store(by: User | AnonymousUser | None, benchmark: Benchmark, source: str, levels: Mapping[int, str]) -> int:
    known = votes_by_pair(benchmark.pk, list(levels))
    fresh = [pair for pair, level in levels.items() if known.get(pair, {}).get(source) != level]
    actor = by if isinstance(by, User) else None
    insert(
        [
            Label(
                benchmark=benchmark,
                pair_id=pair,
                level=levels[pair],
                source=source,
                kind=LabelKind.MODEL,
                created_by=actor,
            )
            for pair in fresh
        ],
        alike=("benchmark", "source", "kind", "votes", "note", "guideline", "submission", "created_at", "created_by"),
    )
    return len(fresh)


def _parts(ids: Sequence[int], size: int) -> list[Sequence[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
