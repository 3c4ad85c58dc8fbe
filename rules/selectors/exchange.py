"""A release as a file."""

from rules.engine.exchange import FileHeader, write_rules
from rules.models import Release
from rules.selectors.releases import rules_in


def release_text(release: Release) -> str:
    """The rules of `release` as YAML, by number."""
    header = FileHeader(release.number, release.digest)
    return write_rules(((rule.number, rule.content) for rule in rules_in(release)), header)
