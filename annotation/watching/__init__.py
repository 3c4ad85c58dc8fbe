"""Finds people whose labels tell little: far from gold, copied from models, at random, tired. Pure.

Every finding may be asked for after every answer: looking often does not make it likelier. What it promises is
measured by `benchmarks/watching.py`.
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
