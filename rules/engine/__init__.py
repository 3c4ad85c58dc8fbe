"""The rule engine: what a rule is, which rules a pair recalls, and what they do to its level. Knows no Django."""
