"""The only code that writes to the catalogue and the benchmarks."""
