"""Keeping how pairs were read, and letting go of what no run reads any more."""

from collections.abc import Mapping

from inference.models import PairReading, Run
from inference.pipeline.kept_reading import KeptReading
from inference.services.inserting import insert

CONTEXTS_KEPT = 4
"""Contexts whose readings are kept: those that the newest runs read in."""


def keep_readings(*, context: str, cases: Mapping[int, str], readings: Mapping[int, KeptReading]) -> None:
    """Keep how pairs were read in a context; what was kept of them there before goes. Belongs inside a transaction.

    What is kept already is not written again: pairs judged once more were mostly read as before.
    """
    rows = PairReading.objects.filter(context=context, pair_id__in=readings).order_by()
    known = {pair: (case, base) for pair, case, base in rows.values_list("pair_id", "case", "base")}
    changed = [
        PairReading(
            pair_id=pair,
            context=context,
            case=cases[pair],
            base=kept.base,
            query_side=kept.query_side,
            product_side=kept.product_side,
            mismatched=kept.mismatched,
        )
        for pair, kept in sorted(readings.items())
        if known.get(pair) != (cases[pair], kept.base)
    ]
    insert(changed, replacing=("pair_id", "context"))


def forget_old_readings() -> None:
    """Let go of readings in contexts that none of the newest runs read in."""
    recent: dict[str, None] = {}
    for context in Run.objects.filter(ablation=None).order_by("-pk").values_list("context", flat=True)[:200]:
        recent[context] = None
        if len(recent) == CONTEXTS_KEPT:
            break
    PairReading.objects.exclude(context__in=recent).delete()
