"""The judgments of a run as thresholds are tuned on them, and what came of it, counted once."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotation.models import BenchmarkRelease
from inference.models import Judgment, Run
from inference.pipeline.parameters import Parameters
from inference.pipeline.thresholds import OTHERWISE, Thresholds
from inference.selectors.clamps import FREE, Clamp, clamps_of
from inference.selectors.lately import Lately
from inference.selectors.runs import kept_as
from inference.tuning import Goal, Sample, Tuned, tune
from rules.engine.attributes import Level

FEWEST = 50
"""Labelled judgments that a threshold could move, without which nothing is tuned."""
MOST_TUNED = 100
"""Outcomes of tuning kept."""
TUNED: Lately[Tuned] = Lately(MOST_TUNED)
TRACED = "traced__content__"
FIELDS = (
    "pair_id",
    f"{TRACED}recalled",
    f"{TRACED}compared",
    f"{TRACED}missed_plainly",
    "expected",
    "level",
    "pair__query__text",
    f"{TRACED}proposed",
    f"{TRACED}confidence",
    f"{TRACED}model__confidence",
)


def thresholds_of(run: Run) -> Thresholds:
    """The thresholds that a run judged under."""
    asked = run.config.asked
    return asked.thresholds if asked else Parameters.from_json(run.config.parameters).thresholds


def tuned_on(run: Run, goal: Goal, release: BenchmarkRelease | None = None) -> Tuned:
    """Thresholds tuned on a finished run, by the labels that it found or by those of a release of its benchmark."""
    name = f"tuned-1-{kept_as(run)}-{goal}-{release.pk if release else 0}"
    known = TUNED.find(name)
    if known is None:
        known = tune(samples_of(run, release), goal)
        TUNED.put(name, known, weight=1)
    return known


def samples_of(run: Run, release: BenchmarkRelease | None = None) -> list[Sample]:
    """The labelled judgments of a run."""
    rows = list(Judgment.objects.filter(run=run).order_by("pair_id").values_list(*FIELDS))
    clamps = clamps_of(run, (row[:4] for row in rows))
    labels = dict(release.rows.values_list("pair_id", "level")) if release else {row[0]: row[4] for row in rows}
    return [_sample(row, labels, clamps.get(row[0], FREE)) for row in rows if labels.get(row[0])]


def _sample(row: Sequence[Any], labels: Mapping[int, str], clamp: Clamp) -> Sample:
    """A judgment as it is tuned on. Where a rule changed the class of what was answered, it decides."""
    pair, _recalled, _compared, _missed, _expected, level, query, proposed, confidence, of_model = row
    label = Level(labels[pair]).level_class
    if not level:
        return Sample(label, None, group=query)
    judged, answered = Level(level).level_class, Level(proposed).level_class
    if judged is not answered:
        return Sample(label, judged, group=query)
    sure = confidence if of_model is None else of_model
    return Sample(label, judged, clamp[OTHERWISE[judged]].level_class, sure, query)
