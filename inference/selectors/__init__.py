"""Questions about runs, judgments and comparisons. Nothing here writes."""
