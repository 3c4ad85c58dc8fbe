"""Whose turn it is to write many pairs of a benchmark at once."""

from annotation.models import Benchmark


def take_benchmark(benchmark: Benchmark) -> None:
    """Lock a benchmark until the transaction ends. Others who write many of its pairs wait; who labels one does not.

    Taken before the pairs, and these before the end of the audit trail, so that two writers never wait for each other.
    """
    Benchmark.objects.select_for_update(no_key=True).get(pk=benchmark.pk)
