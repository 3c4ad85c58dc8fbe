"""Pairs of a comparison that moved though nothing that decides them is another: the judge's doing, no rule's."""

from collections import Counter

from django.core.cache import cache
from django.db.models import Count, F

from inference.comparison import Levels, Tally
from inference.models import Comparison
from rules.engine.attributes import Level


def moved_by_judge(comparison: Comparison) -> Counter[Levels]:
    """How many pairs have another level under the same key, by label, level before and after. Counted once."""
    name = f"judge-moves-{comparison.pk}-{comparison.created_at.timestamp()}"
    known: Counter[Levels] | None = cache.get(name)
    if known is None:
        same = comparison.rows.filter(before__key=F("after__key")).exclude(was="").exclude(now="").order_by()
        counted = same.values_list("expected", "was", "now").annotate(n=Count("pk"))
        known = Counter({(Level(e) if e else None, Level(was), Level(now)): n for e, was, now, n in counted})
        cache.set(name, known, timeout=None)
    return known


def credited(tally: Tally, judge: Counter[Levels]) -> Tally:
    """What is left to credit rules with: such pairs are taken out."""
    return Tally({levels: n - judge[levels] for levels, n in tally.cells.items() if n > judge[levels]})
