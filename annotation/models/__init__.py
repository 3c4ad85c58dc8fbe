"""The catalogue, the benchmarks over it, and the imports that fill both."""

from annotation.models.benchmark import Benchmark, BenchmarkPair, Label
from annotation.models.catalogue import Pair, Product, ProductImage, Query
from annotation.models.imports import Import, ImportProblem

__all__ = ["Benchmark", "BenchmarkPair", "Import", "ImportProblem", "Label", "Pair", "Product", "ProductImage", "Query"]
