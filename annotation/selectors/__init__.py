"""Questions about the catalogue, the benchmarks and the imports. Nothing here writes."""

from annotation.selectors.benchmarks import (
    BenchmarkSummary,
    LevelCount,
    benchmark_list,
    labelled_pairs,
    summarised,
)
from annotation.selectors.catalogue import ShownAttribute, attributes_of, pairs_matching, pairs_of, products_matching
from annotation.selectors.imports import imports_newest_first, problems_of

__all__ = [
    "BenchmarkSummary",
    "LevelCount",
    "ShownAttribute",
    "attributes_of",
    "benchmark_list",
    "imports_newest_first",
    "labelled_pairs",
    "pairs_matching",
    "pairs_of",
    "problems_of",
    "products_matching",
    "summarised",
]
