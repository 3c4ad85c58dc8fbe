"""What a finished run says of bad cases: those that were fixed are verified or come back, and new ones are opened."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice

from django.conf import settings

from annotation.enums import CaseOrigin, Occasion, Severity
from annotation.models import BenchmarkPair, Pair
from annotation.models.benchmark import FIXED_CASES
from annotation.services.case_intake import Report
from annotation.services.case_runs import settle_run, watched
from annotation.services.cases import report_many
from inference.blame import Json, blame, category_in
from inference.enums import RunState
from inference.models import Judgment, Run
from inference.selectors.runs import RIGHT, standing_runs
from rules.engine.attributes import Level

UNSURE_BELOW = 0.5
"""Confidence below which a right judgment is looked at all the same."""
SOURCE = "run"
ALWAYS = frozenset({Occasion.MUST_HOLD})
"""What is opened whether its pair is in the sample or not."""
PAIRS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """A judgment that something is wrong with."""

    judgment: Judgment
    occasion: Occasion


def take_up_run(*, run_id: int) -> int:
    """Settle the fixed cases by a finished run and open new ones; how many. Safe to call again.

    Only a run that says how the search stands counts: no step of an ablation, and no other configuration.
    """
    run = standing_runs().filter(pk=run_id, state=RunState.FINISHED).select_related("release", "benchmark").first()
    if run is None or run.benchmark is None:
        return 0
    settle_fixed(run)
    return 0 if run.benchmark.slug == FIXED_CASES else open_cases(run)


def settle_fixed(run: Run) -> None:
    """Verify the fixed cases among the run's pairs, and reopen those it breaks."""
    name, release, since = f"run:{run.pk}", run.release.number, run.created_at
    pairs = list(watched(run=name, release=release, launched_at=since).values_list("pair_id", flat=True))
    levels: dict[int, str] = {}
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        some = Judgment.objects.filter(run=run, pair__in=pairs[start : start + PAIRS_AT_ONCE])
        levels |= dict(some.order_by().values_list("pair_id", "level"))
    if levels:
        settle_run(run=name, release=release, launched_at=since, levels=levels)


def open_cases(run: Run) -> int:
    """Open a case for what is wrong with a run, sampled and up to a cap, so that a bad run floods no inbox."""
    found = list(islice(worst_first(run), settings.CASES_A_RUN))
    pairs = {one.judgment.pair_id for one in found}
    known = Pair.objects.filter(pk__in=pairs).select_related("query", "product").in_bulk()
    reports = [report_of(run, one, known[one.judgment.pair_id]) for one in found]
    return len(report_many(by=None, reports=reports, origin=CaseOrigin.RUN).opened) if reports else 0


def worst_first(run: Run) -> Iterator[Seen]:
    """What is wrong with a run, each pair once: what must hold first, then what is wrong, failed, or only doubtful."""
    must_hold = set(
        BenchmarkPair.objects.filter(benchmark=run.benchmark, must_hold=True).values_list("pair_id", flat=True)
    )
    judged = Judgment.objects.filter(run=run).select_related("traced").order_by("pair_id")
    wrong = judged.filter(failure="").exclude(expected="").exclude(RIGHT)
    yield from (Seen(one, Occasion.MUST_HOLD) for one in wrong.filter(pair__in=must_hold).iterator(PAIRS_AT_ONCE))
    others = (one for one in wrong.iterator(PAIRS_AT_ONCE) if one.pair_id not in must_hold)
    yield from (Seen(one, Occasion.BENCHMARK) for one in others if is_sampled(run, one))
    failed = judged.exclude(failure="").iterator(PAIRS_AT_ONCE)
    yield from (Seen(one, Occasion.FAILED) for one in failed if is_sampled(run, one))
    yield from doubtful(run, judged.filter(RIGHT, failure="").iterator(PAIRS_AT_ONCE))


def doubtful(run: Run, judged: Iterable[Judgment]) -> Iterator[Seen]:
    """Judgments that are right as far as anybody knows, but rest on what does not fit together."""
    for one in judged:
        if is_sampled(run, one) and (occasion := doubt_of(one.trace)):
            yield Seen(one, occasion)


def doubt_of(trace: Json) -> Occasion | None:
    """What is doubtful about a judgment: its picture, the votes, or how sure it is; None for nothing."""
    pictures = (trace.get("check") or {}).get("pictures") or ()
    if any(match["consistency"] == "inconsistent" for picture in pictures for match in picture["matches"]):
        return Occasion.PICTURE
    votes = {vote["level"] for vote in trace.get("votes") or () if vote.get("level")}
    if len(votes) > 1:
        return Occasion.DISAGREEMENT
    return Occasion.UNSURE if 0 < (trace.get("confidence") or 1.0) < UNSURE_BELOW else None


def is_sampled(run: Run, judgment: Judgment) -> bool:
    """Whether a pair is in the sample of its benchmark; the same pairs in every run, so that a rerun adds nothing."""
    name = f"{run.benchmark_id}/{judgment.pair_id}".encode()
    return int.from_bytes(blake2b(name, digest_size=4).digest(), "big") % 100 < settings.CASE_SAMPLE_PERCENT


def report_of(run: Run, seen: Seen, pair: Pair) -> Report:
    """What is wrong, as a report that names pair, occasion and expectation but not the run: it counts once."""
    one, doubt = seen.judgment, seen.occasion not in (Occasion.MUST_HOLD, Occasion.BENCHMARK, Occasion.FAILED)
    expected = "" if doubt else one.expected
    trace: Json = {"failure": one.failure} if one.failure else one.trace
    found = blame(trace, expected)
    benchmark = run.benchmark.slug if run.benchmark else ""
    return Report(
        pair=pair,
        source=SOURCE,
        external_id=f"{benchmark}/{one.pair_id}/{seen.occasion}/{expected}",
        given=one.level,
        expected=expected,
        place=f"run {run.pk}",
        severity=severity_of(seen),
        cause=found.cause.value if found.cause and expected else "",
        category=category_in(trace),
        occasion=seen.occasion.value,
        faults=tuple(fault.value for fault in found.faults),
        cluster=found.cluster,
    )


def severity_of(seen: Seen) -> int:
    """How harmful: a pair that must hold may harm; a level in the wrong direction altogether misleads."""
    one = seen.judgment
    if seen.occasion in ALWAYS:
        return Severity.HARMFUL.value
    if one.level and one.expected and abs(Level(one.level).rank - Level(one.expected).rank) > 1:
        return Severity.MISLEADING.value
    return Severity.NUISANCE.value
