"""The texts of pairs as runs judged them."""

from collections.abc import Collection, Mapping

from annotation.models import Pair
from inference.models import Judgment
from inference.selectors.readings import case_digests


def titles_as_judged(runs: Collection[int], pairs: Mapping[int, Pair]) -> dict[int, str]:
    """The title that each pair had when these runs (ids) judged it; of a judgment older than their keeping today's.

    What is kept with a judgment is shared by all that were taken over by its key, and may be the words of another title
    that reads the same. Where the texts of today are those that were judged, these are told.
    """
    today = case_digests(pairs)
    judged = Judgment.objects.filter(run__in=runs, pair__in=pairs).order_by("-reused", "run_id")
    kept = {
        pair: title
        for pair, case, title in judged.values_list("pair_id", "case", "traced__case__title")
        if title and case != today.get(pair)
    }
    return {pk: kept.get(pk, pair.product.title) for pk, pair in pairs.items()}
