"""How many people a pair gets: what its benchmark says, or the models' votes where the labelling follows them.

Belongs inside a transaction that took the benchmark (`turns`).
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from annotation.enums import LabelKind, QueuedState
from annotation.models import Label, Labelling, QueuedPair
from annotation.settling import is_hard

AT_ONCE = 1000
UNANIMOUS, AUDITED, SPLIT = 1, 2, 3
"""People a pair whose models agree, of those the ones looked at again, and where the models differ."""


def spread(labelling: Labelling) -> None:
    """Give the open pairs of a benchmark as many people as its labelling says now, where nobody is beyond that."""
    waiting = _open_pairs(labelling)
    fitting = waiting.filter(taken__lte=labelling.overlap, done__lt=labelling.overlap)
    if not labelling.follows_votes:
        fitting.update(overlap=labelling.overlap, wants_expert=False)
        return
    pairs = list(waiting.values_list("pair", flat=True))
    for start in range(0, len(pairs), AT_ONCE):
        part = pairs[start : start + AT_ONCE]
        votes = votes_by_pair(labelling.benchmark_id, part)
        alone = [pair for pair in part if len(votes.get(pair, {})) < 2]
        fitting.filter(pair__in=alone).update(overlap=labelling.overlap, wants_expert=False)
        follow_votes(labelling, part)


def follow_votes(labelling: Labelling, pairs: Sequence[int]) -> None:
    """Give the queued pairs so many people as the models' votes say: the fewer, the more the models agree.

    Unanimous: one, and now and then a second to audit it. Split: three and an expert. With a single model, or where
    more people hold or labelled the pair already, it stays as it is. A pair once hard stays so.
    """
    waiting = _open_pairs(labelling).filter(done=0)
    votes = votes_by_pair(labelling.benchmark_id, pairs)
    chosen = defaultdict(list)
    for queued, pair in waiting.filter(pair__in=pairs).values_list("pk", "pair"):
        if len(votes.get(pair, {})) > 1:
            chosen[_people(labelling, queued, list(votes[pair].values()))].append(queued)
    for people, rows in chosen.items():
        # Asked again whether they wait: nobody who labels one meanwhile waited for this.
        fitting = waiting.filter(pk__in=rows, taken__lte=people)
        if people == SPLIT:
            fitting.update(overlap=people, wants_expert=True, is_hard=True)
        else:
            fitting.update(overlap=people, wants_expert=False)


def votes_by_pair(benchmark_id: int, pairs: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    """The newest level of each model, by pair and source."""
    rows = Label.objects.filter(benchmark=benchmark_id, kind=LabelKind.MODEL, pair__in=pairs).order_by("pk")
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for pair, source, level in rows.values_list("pair", "source", "level"):
        found[pair][source] = level
    return found


def _open_pairs(labelling: Labelling) -> QuerySet[QueuedPair]:
    return QueuedPair.objects.filter(benchmark=labelling.benchmark_id, state=QueuedState.OPEN, gold="")


def _people(labelling: Labelling, queued: int, votes: list[str]) -> int:
    """How many people; a pair that is drawn for an audit is drawn again whenever it is asked."""
    if is_hard(votes):
        return SPLIT
    audited = random.Random(f"{labelling.pk} {queued}").random() < labelling.audit_share  # noqa: S311
    return AUDITED if audited else UNANIMOUS
