"""What a correction of the knowledge would change on a benchmark, found without storing anything.

Other than a rule, an entry can change how any pair is read, so every pair is read again with the corrected lexicon.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from annotation.models import Benchmark
from inference.comparison import Change, change_of
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.overlay import Version, overlaid
from inference.pipeline.chain import Chain
from inference.selectors.benchmark_pairs import Known, labelled_pairs, understandings
from inference.selectors.cases import cases_of
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.passages import document_search
from inference.selectors.preview import FLIP_ORDER, Flip
from rules.engine.recall import RuleIndex
from rules.selectors import current_release, engine_rules

SECONDS = 4.0
"""How long a preview may judge; what is not judged by then is said to be left out."""
CHUNK = 50


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction would do to a benchmark: of `pairs` the first `judged` were held against each other."""

    pairs: int
    judged: int
    failed: int
    flips: tuple[Flip, ...]
    milliseconds: float

    def count(self, change: Change) -> int:
        """How many pairs the correction moves in this way."""
        return sum(flip.change is change for flip in self.flips)

    @property
    def fixed(self) -> int:
        """Pairs whose class becomes the label's."""
        return self.count(Change.FIXED)

    @property
    def broken(self) -> int:
        """Pairs whose class was the label's and no longer is."""
        return self.count(Change.BROKEN)

    @property
    def changed(self) -> int:
        """Pairs that move without becoming right or wrong."""
        return self.count(Change.CHANGED)


def preview_correction(*, benchmark: Benchmark, version: Version, seconds: float = SECONDS) -> Correction:
    """Compare the knowledge in use with the same after a correction, under the rules in force."""
    started = time.perf_counter()
    known = labelled_pairs(benchmark)
    corrected = lexicon_with(version)
    release = current_release()
    index = RuleIndex(engine_rules(release) if release else ())
    before = Chain(lexicon_in_use(), index)
    after = Chain(corrected, index, search=document_search())
    flips: list[Flip] = []
    judged = failed = 0
    until = time.perf_counter() + seconds
    for at in range(0, len(known), CHUNK):
        if judged and time.perf_counter() > until:
            break
        chunk = known[at : at + CHUNK]
        found, lost = flips_among(chunk, before, after)
        flips, judged, failed = flips + found, judged + len(chunk), failed + lost
    return Correction(
        pairs=len(known),
        judged=judged,
        failed=failed,
        flips=tuple(sorted(flips, key=lambda flip: (FLIP_ORDER.index(flip.change), flip.pair.pair_id))),
        milliseconds=(time.perf_counter() - started) * 1000,
    )


def lexicon_with(version: Version) -> Lexicon:
    """The lexicon in use with one version laid over it."""
    now = lexicon_in_use()
    tables = overlaid(now.tables, [version])
    return now if tables is now.tables else Lexicon(tables)


def flips_among(known: Sequence[Known], before: Chain, after: Chain) -> tuple[list[Flip], int]:
    """The pairs whose level the correction moves, and how many can't be judged after it."""
    cases = cases_of(pair.pair_id for pair in known)
    flips, failed = [], 0
    for pair, understood in understandings(known):
        was, now = before.judge_understood(understood), after.judge(cases[pair.pair_id]).trace
        if now is None:
            failed += 1
        elif was.level is not now.level:
            flips.append(Flip(pair, change_of(was.level, now.level, pair.expected), was, now))
    return flips, failed
