"""Finds people whose labels tell little: far from gold, copied from models, at random, tired. Pure.

Every finding may be asked for after every answer: looking often does not make it likelier. Promised, and simulated by
`benchmarks/watching.py` with six people, two labels a pair, gold 10%, votes 85% right, of 95 in 100 such people:

- one who clicks at random on four levels is stopped within 14 gold answers, and found within 60 answers without gold;
- one who copies votes is found within 200 answers where pairs whose classes differ are ruled on; by gold alone, with
  one label a pair, within 900; without gold and rulings not at all, as someone who is better than the rest looks alike;
- one who falls from 92% right to 50% in each sitting of 200 is found within 1,000 answers, five sittings;
- of people who are right in 85 of 100 or more, fewer than 1 in 100 are ever stopped.

Pairs must come in random order: hard ones that are kept for the end look like tiredness.
"""

from annotation.watching.findings import Answer, Finding, Kind, Known, Strength, Terms
from annotation.watching.gold import GoldStanding, gold_standing
from annotation.watching.others import Others, others_of, others_of_each
from annotation.watching.sittings import Trend
from annotation.watching.watch import Watched, watch

__all__ = [
    "Answer",
    "Finding",
    "GoldStanding",
    "Kind",
    "Known",
    "Others",
    "Strength",
    "Terms",
    "Trend",
    "Watched",
    "gold_standing",
    "others_of",
    "others_of_each",
    "watch",
]
