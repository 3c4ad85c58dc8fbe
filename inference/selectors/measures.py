"""The measures of runs, counted once for every run that has finished."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.core.cache import cache

from inference.enums import RunState
from inference.knowledge.lexicon import Lexicon
from inference.measures import Figures, Measured, Measures, hard_places, is_right, measures_of, outcome
from inference.metrics import scores_of
from inference.models import Judgment, Run
from inference.pipeline.product_category import top_category
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.runs import RunSummary, kept_as
from rules.engine.attributes import Attribute, Level

FIELDS = (
    "pair__query__text",
    "pair__product__title",
    "expected",
    "level",
    "traced__content__product__values",
    "traced__content__confidence",
)
CORE_NAME, CATEGORY = Attribute.CORE_NAME.value, Attribute.CATEGORY.value


def measures(run: Run) -> Measures:
    """All measures of a run over its labelled pairs. The database takes what is needed out of the traces."""
    name = f"measures-{kept_as(run)}"
    known: Measures | None = cache.get(name)
    if known is not None:
        return known
    judged = Judgment.objects.filter(run=run).exclude(expected="").order_by("pair_id").values_list(*FIELDS)
    lexicon = lexicon_in_use()
    found = measures_of([measured(row, lexicon) for row in judged])
    if run.state != RunState.RUNNING:
        cache.set(name, found, timeout=None)
    return found


def measured(row: Sequence[object], lexicon: Lexicon) -> Measured:
    """One judgment as it is measured; one that failed has no reading of its product."""
    query, title, expected, level, values, confidence = row
    named = dict(values) if isinstance(values, list) else {}
    return Measured(
        query=str(query),
        title=str(title),
        labelled=Level(str(expected)),
        judged=Level(str(level)) if level else None,
        category=top_category(named.get(CORE_NAME, ()), named.get(CATEGORY, ()), lexicon),
        confidence=float(confidence) if isinstance(confidence, float | int) and level else None,
    )


def hard_pairs(run: Run) -> frozenset[int]:
    """The pairs of a run that are hard, by the labels at its launch; the same for every step of an ablation."""
    fields = ("pair_id", "pair__query__text", "pair__product__title", "expected")
    items = list(Judgment.objects.filter(run=run).exclude(expected="").order_by("pair_id").values_list(*fields))
    pairs = [Measured(query, title, Level(expected), None) for _pair, query, title, expected in items]
    return frozenset(items[at][0] for at in hard_places(pairs))


def figures_of(counted: Iterable[RunSummary]) -> dict[int, Figures]:
    """What an ablation shows of finished runs that judged the same pairs, by run; each counted once."""
    listed = list(counted)
    names = {one.run.pk: f"figures-{kept_as(one.run)}" for one in listed}
    kept: dict[str, Figures] = cache.get_many(names.values())
    known = {pk: kept[name] for pk, name in names.items() if name in kept}
    missing = [one for one in listed if one.run.pk not in known]
    if not missing:
        return known
    hard = hard_pairs(missing[0].run)
    found = {one.run.pk: figures(one, hard) for one in missing}
    cache.set_many({names[pk]: counted for pk, counted in found.items()}, timeout=None)
    return known | found


def figures(counted: RunSummary, hard: frozenset[int]) -> Figures:
    """The figures of one run."""
    judged = Judgment.objects.filter(run=counted.run).exclude(expected="").order_by("pair_id")
    outcomes = [
        (pair, outcome(Level(expected), Level(level) if level else None))
        for pair, expected, level in judged.values_list("pair_id", "expected", "level")
    ]
    return Figures(
        scores=counted.scores,
        hard=scores_of(Counter(found for pair, found in outcomes if pair in hard)),
        right=tuple(is_right(found) for _pair, found in outcomes),
    )
