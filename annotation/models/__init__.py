"""The catalogue, the benchmarks over it, the imports that fill both, and bad cases."""

from annotation.models.benchmark import Benchmark, BenchmarkPair, Label
from annotation.models.case_actions import CaseAction, CaseLink, CaseMove, CaseView
from annotation.models.cases import BadCase, CaseReport
from annotation.models.catalogue import Pair, Product, ProductImage, Query
from annotation.models.imports import Import, ImportProblem
from annotation.models.labelling import (
    Annotator,
    AsideLabel,
    Assignment,
    GuidelineVersion,
    Labelling,
    QueuedPair,
)
from annotation.models.releases import BenchmarkRelease, ReleasedPair
from annotation.models.rulings import ConflictHold, Ruling, RulingCase
from annotation.models.traffic import AskedQuery

__all__ = [
    "Annotator",
    "AsideLabel",
    "AskedQuery",
    "Assignment",
    "BadCase",
    "Benchmark",
    "BenchmarkPair",
    "BenchmarkRelease",
    "CaseAction",
    "CaseLink",
    "CaseMove",
    "CaseReport",
    "CaseView",
    "ConflictHold",
    "GuidelineVersion",
    "Import",
    "ImportProblem",
    "Label",
    "Labelling",
    "Pair",
    "Product",
    "ProductImage",
    "Query",
    "QueuedPair",
    "ReleasedPair",
    "Ruling",
    "RulingCase",
]
