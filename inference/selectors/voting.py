"""Votes of finished runs, or of the repeated answers of one, over the pairs of a benchmark."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from annotation.models import Benchmark, Pair
from inference.enums import RunState
from inference.models import Judgment, ModelReply, Run
from inference.pipeline.key import digest_of
from inference.pipeline.model_answer import Answer
from inference.pipeline.thresholds import Thresholds
from inference.selectors.clamps import FREE, Clamp, clamps_of
from inference.selectors.judged_texts import titles_as_judged
from inference.selectors.lately import Lately
from inference.selectors.measures import hard_pairs
from inference.selectors.model_replies import counting
from inference.selectors.runs import kept_as, run_list
from inference.selectors.tuning import thresholds_of
from inference.voting import Ballot, Report, report_of
from rules.engine.attributes import Level, LevelClass

FEWEST, MOST = 2, 9
LISTED = 40
"""Runs of a benchmark to choose from; of more an address can still name any."""
AT_ONCE = 500
MOST_BALLOTS = 200_000
"""Ballots kept of the votes counted lately: some 300 bytes each."""
SAMPLED = (
    "pair_id",
    "key",
    "expected",
    "category",
    "failure",
    "traced__content__recalled",
    "traced__content__compared",
    "traced__content__missed_plainly",
    "traced__content__replied_as",
)
UNDECIDED, RIGHT, WRONG = "undecided", "right", "wrong"


@dataclass(frozen=True, slots=True)
class Judge:
    """Who votes: a run, or with `sample` one of the answers that its model gave to every pair, counted from 1."""

    run: Run
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """The judges, what they said pair by pair, and what is told of it.

    Not voted on are pairs that not every run judged (`apart`) and pairs judged from other texts (`retold`). The labels
    are those that the newest run found.
    """

    judges: tuple[Judge, ...]
    ballots: tuple[Ballot, ...]
    report: Report
    apart: int = 0
    retold: int = 0


@dataclass(frozen=True, slots=True)
class BallotFilter:
    """Which pairs are wanted; what is empty lets everything through. `against`: RIGHT, WRONG or UNDECIDED."""

    standing: str = ""
    against: str = ""
    label: str = ""
    category: str = ""
    hard: bool = False

    def lets_through(self, one: Ballot) -> bool:
        """Whether a pair is wanted."""
        return (
            self.standing in ("", one.standing)
            and (not self.against or self.against == against(one))
            and (not self.label or (one.labelled is not None and one.labelled.level_class == LevelClass(self.label)))
            and self.category in ("", one.category)
            and (one.hard or not self.hard)
        )


@dataclass(frozen=True, slots=True)
class BallotRow:
    """A ballot with its pair, and the title that was judged."""

    ballot: Ballot
    pair: Pair
    title: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted of runs once: the ballots, what is told of them, and how many pairs are not voted on."""

    ballots: tuple[Ballot, ...]
    report: Report
    apart: int = 0
    retold: int = 0


COUNTED: Lately[Counted] = Lately(MOST_BALLOTS)


def finished_runs(ids: Collection[int]) -> list[Run]:
    """The finished runs among some, the oldest first."""
    return list(
        run_list().select_related("config__endpoint").filter(pk__in=ids, state=RunState.FINISHED).order_by("pk")
    )


def votable_runs(benchmark: Benchmark, chosen: Collection[int] = ()) -> list[Run]:
    """The newest finished runs on a benchmark and those chosen, the newest first; no steps of ablations."""
    finished = run_list().select_related("config__endpoint").filter(benchmark=benchmark, state=RunState.FINISHED)
    newest = list(finished.filter(ablation=None).order_by("-pk")[:LISTED])
    missing = set(chosen) - {run.pk for run in newest}
    return [*newest, *finished.filter(pk__in=missing).order_by("-pk")] if missing else newest


def samples_of(run: Run) -> int:
    """How many answers the model of a run gave to each pair; 1 where the lexical engine judged."""
    asked = run.config.asked
    return asked.samples if asked else 1


def judges_of(runs: Sequence[Run]) -> tuple[Judge, ...]:
    """Who votes: every run, or with a single one each of the answers to a pair. None where that is fewer than two."""
    if len(runs) == 1 and (samples := samples_of(runs[0])) >= FEWEST:
        return tuple(Judge(runs[0], number) for number in range(1, samples + 1))
    of_one = len({run.benchmark_id for run in runs}) == 1
    return tuple(map(Judge, runs)) if of_one and FEWEST <= len(runs) <= MOST else ()


def vote_of(judges: Sequence[Judge]) -> Vote:
    """The vote of some judges, counted once for every choice of runs."""
    runs = list({one.run.pk: one.run for one in judges}.values())
    name = f"vote-1-{digest_of([*map(kept_as, runs), len(judges)])}"
    known = COUNTED.find(name)
    if known is None:
        known = _of_samples(runs[0], len(judges)) if len(runs) == 1 else _of_runs(runs)
        COUNTED.put(name, known, weight=len(known.ballots))
    return Vote(tuple(judges), known.ballots, known.report, known.apart, known.retold)


def against(one: Ballot) -> str:
    """How a vote stands to the label; empty without one."""
    if one.labelled is None:
        return ""
    return UNDECIDED if one.level is None else RIGHT if one.right else WRONG


def shown_ballots(judges: Sequence[Judge], ballots: Iterable[Ballot]) -> list[BallotRow]:
    """Ballots with their texts as they were judged, in a few queries however many there are."""
    listed = list(ballots)
    pairs = Pair.objects.select_related("query", "product").in_bulk([one.pair for one in listed])
    titles = titles_as_judged({one.run.pk for one in judges}, pairs)
    return [BallotRow(one, pairs[one.pair], titles[one.pair]) for one in listed]


def _of_runs(runs: Sequence[Run]) -> Counted:
    """Each pair that every run judged from the same texts, in the order of the pairs."""
    said: dict[int, dict[int, tuple[str, str]]] = {}
    last: dict[int, tuple[str, str]] = {}
    rows = Judgment.objects.filter(run__in=runs).order_by("pair_id", "run_id")
    for pair, run, level, case, expected, category in rows.values_list(
        "pair_id", "run_id", "level", "case", "expected", "category"
    ):
        said.setdefault(pair, {})[run] = level, case
        last[pair] = expected, category or last.get(pair, ("", ""))[1]
    of_all = {pair: by_run for pair, by_run in said.items() if len(by_run) == len(runs)}
    same = {pair: by_run for pair, by_run in of_all.items() if len({case for _, case in by_run.values() if case}) < 2}
    ballots = (
        Ballot(pair, tuple(_level(by_run[run.pk][0]) for run in runs), _level(last[pair][0]), last[pair][1])
        for pair, by_run in same.items()
    )
    return _counted(_hard(ballots, runs[-1]), len(said) - len(of_all), len(of_all) - len(same))


def _of_samples(run: Run, samples: int) -> Counted:
    """Each pair with the answers of its model, as far as the rules leave them. A failed judgment has none."""
    rows = list(Judgment.objects.filter(run=run).order_by("pair_id").values_list(*SAMPLED))
    clamps = clamps_of(run, ((row[0], *row[5:8]) for row in rows))
    answers, thresholds = _answers(run, {row[8] or row[1] for row in rows}), thresholds_of(run)
    ballots = []
    for pair, key, expected, category, failure, *_traced, asked in rows:
        said = {} if failure else answers.get(asked or key, {})
        clamp = clamps.get(pair, FREE)
        levels = tuple(_weighed(said.get(at), thresholds, clamp) for at in range(samples))
        ballots.append(Ballot(pair, levels, _level(expected), category))
    return _counted(_hard(ballots, run))


def _counted(ballots: tuple[Ballot, ...], apart: int = 0, retold: int = 0) -> Counted:
    return Counted(ballots, report_of(ballots), apart, retold)


def _weighed(answer: Answer | None, thresholds: Thresholds, clamp: Clamp) -> Level | None:
    """What thresholds and rules leave of an answer (`inference.pipeline.thresholds.hold`)."""
    if answer is None:
        return None
    level = clamp[answer.level]
    decided = level.level_class is not answer.level.level_class
    return level if decided else clamp[thresholds.level(answer.level, answer.confidence)]


def _answers(run: Run, keys: Collection[str]) -> dict[str, dict[int, Answer]]:
    """What the model said by key and sample, until the run had ended: it may have been asked again since."""
    found: dict[str, dict[int, Answer]] = defaultdict(dict)
    wanted = sorted(keys)
    for start in range(0, len(wanted), AT_ONCE):
        replies = ModelReply.objects.filter(key__in=wanted[start : start + AT_ONCE], failure="").order_by("pk")
        replies = replies.filter(created_at__lte=run.finished_at) if run.finished_at else replies
        for key, answer in counting(replies, run.pk).items():
            found[key.key][key.sample] = answer
    return found


def _hard(ballots: Iterable[Ballot], run: Run) -> tuple[Ballot, ...]:
    """The same ballots, those of hard pairs marked, by the labels that a run found."""
    hard = hard_pairs(run)
    return tuple(replace(one, hard=True) if one.pair in hard else one for one in ballots)


def _level(value: str) -> Level | None:
    return Level(value) if value else None


def categories_of(ballots: Iterable[Ballot]) -> Mapping[str, int]:
    """The categories of the pairs voted on, the largest first."""
    counts: dict[str, int] = {}
    for one in ballots:
        counts[one.category] = counts.get(one.category, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
