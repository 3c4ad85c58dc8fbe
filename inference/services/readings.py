"""Keeping how pairs were read, and letting go of what no run reads any more."""

from collections.abc import Mapping

from inference.models import PairReading, Run
from inference.pipeline.kept_reading import KeptReading

WRITTEN = ("case", "base", "query_side", "product_side", "mismatched")
CONTEXTS_KEPT = 4
"""Contexts whose readings are kept: those that the newest runs read in."""


def keep_readings(*, context: str, cases: Mapping[int, str], readings: Mapping[int, KeptReading]) -> None:
    """Keep how pairs were read in a context; what was kept of them there before goes. Belongs inside a transaction."""
    rows = [
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
    ]
    PairReading.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["pair", "context"], update_fields=WRITTEN, batch_size=1000
    )


def forget_old_readings() -> None:
    """Let go of readings in contexts that none of the newest runs read in."""
    recent: dict[str, None] = {}
    for context in Run.objects.filter(ablation=None).order_by("-pk").values_list("context", flat=True)[:200]:
        recent[context] = None
        if len(recent) == CONTEXTS_KEPT:
            break
    PairReading.objects.exclude(context__in=recent).delete()
