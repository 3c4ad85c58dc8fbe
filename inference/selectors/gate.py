"""The gate as it stands: its terms, and what it answers about a change on a benchmark."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from annotation.models import Benchmark, BenchmarkPair
from inference.comparison import Change
from inference.gate import Answer, Found, Gate, Need, gate
from inference.models import GatePolicy
from inference.selectors.benchmark_pairs import labelled_pairs
from inference.selectors.preview import Preview
from inference.significance import DOUBT, Flips, in_points, p_in_words
from rules.engine.attributes import LevelClass, gettext_noop
from rules.enums import CheckState

FAILED: Mapping[Need, str] = {
    Need.CRITICAL: gettext_noop(
        "Breaks %(critical)s pairs that must hold. Fixes %(fixed)s and breaks %(broken)s, of %(affected)s touched and %(pairs)s in all."
    ),
    Need.BROKEN: gettext_noop(
        "Breaks %(broken)s pairs, and %(most)s may break. Fixes %(fixed)s, of %(affected)s touched and %(pairs)s in all."
    ),
    Need.WORSE: gettext_noop(
        "Worse: breaks %(broken)s pairs and fixes %(fixed)s (%(p)s), of %(affected)s touched and %(pairs)s in all."
    ),
    Need.CLASS: gettext_noop(
        "Of %(count)s pairs labelled “%(class)s”, those judged right fall by %(fall)s points, and %(most)s are allowed. Fixes %(fixed)s pairs and breaks %(broken)s, of %(pairs)s in all."
    ),
}
UNDERPOWERED: Mapping[Need, str] = {
    Need.FEWEST: gettext_noop(
        "Touches %(affected)s of %(pairs)s pairs: fixes %(fixed)s, breaks %(broken)s. About %(more)s more labelled pairs that it touches would settle it."
    ),
    Need.TOUCHED: gettext_noop(
        "Fixes %(fixed)s and breaks %(broken)s of %(affected)s pairs touched: a fall of %(worst)s points can't be ruled out, and %(most)s are allowed. About %(more)s more labelled pairs that it touches would settle it."
    ),
    Need.CLASS: gettext_noop(
        "Fixes %(fixed)s and breaks %(broken)s of %(affected)s pairs touched. Only %(count)s pairs are labelled “%(class)s”: a fall of %(worst)s points can't be ruled out, and %(most)s are allowed. About %(more)s more would settle it."
    ),
}
FEWEST_ALONE = gettext_noop("About %(more)s more labelled pairs that it touches would settle it.")
"""Instead of its sentence, where what the change fixes and breaks stands beside it."""
UNSETTLED = gettext_noop(
    "Fixes %(fixed)s and breaks %(broken)s of %(affected)s pairs touched. No number of labelled pairs would show that it does so little harm as is asked for."
)
BETTER = gettext_noop(
    "Better: fixes %(fixed)s pairs and breaks %(broken)s (%(p)s), of %(affected)s touched and %(pairs)s in all. A fall larger than allowed is ruled out for every class."
)
HARMLESS = gettext_noop(
    "Fixes %(fixed)s pairs and breaks %(broken)s (%(p)s), of %(affected)s touched and %(pairs)s in all. A fall larger than allowed is ruled out for them and for every class."
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the gate answers, and the sentence for it: an English msgid with its parameters."""

    gate: Gate
    summary: str
    params: Mapping[str, Any]

    @property
    def beside_counts(self) -> str:
        """The sentence where the counts stand beside it."""
        return FEWEST_ALONE if self.summary == UNDERPOWERED[Need.FEWEST] else self.summary

    @property
    def state(self) -> CheckState:
        """The answer as a check gives it."""
        return CheckState(self.gate.answer.value)


def gate_policy() -> GatePolicy:
    """The terms in force; where nobody said anything yet, an unsaved row with the defaults."""
    return GatePolicy.objects.order_by("pk").last() or GatePolicy()


def gate_policies() -> QuerySet[GatePolicy]:
    """All that was ever said, the newest first."""
    found: QuerySet[GatePolicy] = GatePolicy.objects.select_related("by").order_by("-pk")
    return found


def ask_gate(benchmark: Benchmark, seen: Preview, policy: GatePolicy) -> Said:
    """What the gate answers about a change that does to the benchmark what `seen` says."""
    found = found_in(benchmark, seen)
    answered = gate(found, policy.terms)
    return Said(answered, _sentence(answered), _params(found, answered))


def found_in(benchmark: Benchmark, seen: Preview) -> Found:
    """The flips of a preview as the gate counts them."""
    counts = Counter(pair.expected.level_class for pair in labelled_pairs(benchmark))
    fixed, broken = (
        Counter(flip.pair.expected.level_class for flip in seen.flips if flip.change is change)
        for change in (Change.FIXED, Change.BROKEN)
    )
    critical = set(BenchmarkPair.objects.filter(benchmark=benchmark, must_hold=True).values_list("pair_id", flat=True))
    return Found(
        touched=Flips(seen.fixed, seen.broken, seen.affected),
        classes={name: Flips(fixed[name], broken[name], counts[name]) for name in LevelClass},
        critical=sum(flip.change is Change.BROKEN and flip.pair.pair_id in critical for flip in seen.flips),
    )


def _sentence(answered: Gate) -> str:
    line = answered.decisive
    if answered.answer is Answer.FAILED:
        return FAILED[line.need]
    if answered.answer is Answer.UNDERPOWERED:
        return UNSETTLED if line.more is None else UNDERPOWERED[line.need]
    return BETTER if answered.p < DOUBT else HARMLESS


def _params(found: Found, answered: Gate) -> dict[str, Any]:
    line = answered.decisive
    params: dict[str, Any] = {
        "fixed": found.touched.fixed,
        "broken": found.touched.broken,
        "affected": found.touched.pairs,
        "pairs": found.pairs,
        "critical": found.critical,
        "p": p_in_words(answered.p),
    }
    if line.fall is not None and line.at_worst is not None:
        params |= {"fall": in_points(line.flips.fall), "worst": in_points(line.at_worst), "most": in_points(line.fall)}
    elif line.most is not None:
        params["most"] = line.most
    if line.about:
        params |= {"class": line.about.label, "count": line.flips.pairs}
    return params | ({"more": more} if (more := line.more) else {})
