"""Votes of models: stored as labels of a model with its identity, and followed by how many people a pair gets."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.enums import LabelKind, QueuedState
from annotation.models import Benchmark, Label, Labelling, QueuedPair
from annotation.selectors.labelling import labelling_of
from annotation.services.bulk import insert
from annotation.services.labelling import PERMISSION
from annotation.services.turns import take_benchmark
from annotation.settling import is_hard
from rules.engine.attributes import Level
from rules.services.audit import record
from rules.services.permissions import require

AT_ONCE = 1000
MOST_SOURCE = 120
UNANIMOUS, AUDITED, SPLIT = 1, 2, 3
"""People a pair whose models agree, of those the ones looked at again, and where the models differ."""


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


def follow_votes(labelling: Labelling, pairs: Sequence[int]) -> None:
    """Give the queued pairs so many people as the models' votes say: the fewer, the more the models agree.

    Unanimous: one, and now and then a second to audit it. Split: three and an expert. With a single model, or where
    more people hold or labelled the pair already, it stays as it is.
    """
    waiting = QueuedPair.objects.filter(
        benchmark=labelling.benchmark_id, pair__in=pairs, state=QueuedState.OPEN, gold="", done=0
    )
    votes = votes_by_pair(labelling.benchmark_id, pairs)
    chosen = defaultdict(list)
    for queued, pair in waiting.values_list("pk", "pair"):
        if len(votes.get(pair, {})) > 1:
            chosen[_people(labelling, queued, list(votes[pair].values()))].append(queued)
    for people, rows in chosen.items():
        split = people == SPLIT
        QueuedPair.objects.filter(pk__in=rows, taken__lte=people).update(
            overlap=people, wants_expert=split, is_hard=split
        )


def votes_by_pair(benchmark_id: int, pairs: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    """The newest level of each model, by pair and source."""
    rows = Label.objects.filter(benchmark=benchmark_id, kind=LabelKind.MODEL, pair__in=pairs).order_by("pk")
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for pair, source, level in rows.values_list("pair", "source", "level"):
        found[pair][source] = level
    return found


def _people(labelling: Labelling, queued: int, votes: list[str]) -> int:
    """How many people; a pair that is drawn for an audit is drawn again whenever it is asked."""
    if is_hard(votes):
        return SPLIT
    audited = random.Random(f"{labelling.pk} {queued}").random() < labelling.audit_share  # noqa: S311
    return AUDITED if audited else UNANIMOUS


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
