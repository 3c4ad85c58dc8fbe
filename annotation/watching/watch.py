"""Looks at one person's answers in every way, as they stand now. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotation.shares import wilson
from annotation.watching.evidence import Trial, first_over, peak, stakes
from annotation.watching.findings import USUAL, Answer, Finding, Item, Kind, Known, Person, Strength, Terms, strength_of
from annotation.watching.gold import BAD, GoldStanding, gold_standing
from annotation.watching.others import Compared, Others, compared, others_of
from annotation.watching.sittings import STEP, Point, Sums, Trend, added, pace, sittings, trend_of

COPIER = 0.95
"""How often one who copies gives the vote."""
TOO_CLOSE = 0.8
"""Where working people follow votes as often, following them tells nothing."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of how a person works: against gold, against others, and along a sitting.

    `looks` has one finding of each kind, whether anything is the matter or not; `pace` is the trend of the time per
    answer in logarithms, which falls for people who learn as well, and so is no finding by itself.
    """

    gold: GoldStanding
    looks: tuple[Finding, ...]
    pace: Trend | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those worth a look, the clear ones first."""
        shown = [one for one in self.looks if one.strength is not Strength.NONE]
        return tuple(sorted(shown, key=lambda one: -one.evidence))


def watch(
    answers: Sequence[Answer],
    known: Mapping[Item, Known],
    person: Person,
    *,
    terms: Terms = USUAL,
    others: Others | None = None,
) -> Watched:
    """What the answers of a person show, in their order, all of them or those since they were let go on.

    `known` has the pairs answered, and those of other people, from whom is learnt what is usual, unless `others` says
    it. Levels are compared as given: hand in classes on every side to compare classes.
    """
    usual = others or others_of(known.values(), without=person, terms=terms)
    nothing = Known()
    rows = [compared(one.level, known.get(one.item, nothing), person) for one in answers]
    return Watched(
        gold=gold_standing([one.level == one.gold for one in rows if one.gold is not None], terms),
        looks=(
            _finding(Kind.FAR_OFF, [_on_gold(one, terms) for one in rows], terms),
            _finding(Kind.COPIES, [_on_votes(one, usual) for one in rows], terms),
            _finding(Kind.RANDOM, [_on_others(one, usual) for one in rows], terms),
            _tiring(answers, rows, terms),
        ),
        pace=pace(answers, terms.gap),
    )


def _on_gold(row: Compared, terms: Terms) -> Trial | None:
    return None if row.gold is None else Trial(row.level == row.gold, terms.fair, BAD)


def _on_votes(row: Compared, usual: Others) -> Trial | None:
    if not row.is_contested or usual.following[row.basis] > TOO_CLOSE:
        return None
    return Trial(row.level == row.vote, usual.following[row.basis], (COPIER,))


def _on_others(row: Compared, usual: Others) -> Trial | None:
    """At chance, or half way from chance to what is asked; nothing where others themselves are at chance."""
    if row.peer is None or usual.asked - usual.chance < 0.1:
        return None
    return Trial(row.level == row.peer, usual.asked, (usual.chance, (usual.chance + usual.asked) / 2))


def _finding(kind: Kind, trials: Sequence[Trial | None], terms: Terms) -> Finding:
    places = [at for at, trial in enumerate(trials, 1) if trial]
    tried = [trial for trial in trials if trial]
    evidence = list(stakes(tried))
    clear, hits = first_over(evidence, 1 / terms.doubt), sum(trial.hit for trial in tried)
    return Finding(
        kind=kind,
        strength=strength_of(peak(evidence), terms),
        evidence=peak(evidence),
        statistic=hits / len(tried) if tried else None,
        interval=wilson(hits, len(tried)) if tried else None,
        expected=sum(trial.fair for trial in tried) / len(tried) if tried else None,
        answers=len(tried),
        after=None if clear is None else places[clear],
    )


def _tiring(answers: Sequence[Answer], rows: Sequence[Compared], terms: Terms) -> Finding:
    sums, ends, evidence = Sums(), [], []
    for begin, end in sittings(answers, terms.gap):
        sums = added(sums, _points(rows[begin:end]))
        trend = trend_of(sums)
        ends.append(end)
        evidence.append(trend.evidence if trend else 1.0)
    found, clear = trend_of(sums), first_over(evidence, 1 / terms.doubt)
    return Finding(
        kind=Kind.TIRES,
        strength=strength_of(peak(evidence), terms),
        evidence=peak(evidence),
        statistic=found.change if found else None,
        interval=found.interval if found else None,
        expected=0.0 if found else None,
        answers=sums.answers,
        after=None if clear is None else ends[clear],
    )


def _points(rows: Sequence[Compared]) -> list[Point]:
    """Right or wrong by gold, or where there is none, by others; a ruling tells more of the pair than of the person."""
    best = [(at, row, row.gold or row.peer) for at, row in enumerate(rows)]
    return [Point(at / STEP, float(row.level == wanted)) for at, row, wanted in best if wanted]
