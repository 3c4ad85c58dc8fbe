"""Questions about rules, releases, proposals and the audit trail. Nothing here writes."""

from rules.selectors.audit import audit_events, verify_chain, verify_events
from rules.selectors.audit_breaks import ChainBreak
from rules.selectors.library import library, rule_history
from rules.selectors.proposals import (
    DraftedChange,
    ProposalSummary,
    draft_of,
    drafted_changes,
    drafted_number,
    drafted_rules,
    proposal_summary,
)
from rules.selectors.releases import (
    ReleasedRule,
    compare_releases,
    current_release,
    engine_rules,
    not_valid_on,
    release_at,
    released_rule,
    rules_in,
)

__all__ = [
    "ChainBreak",
    "DraftedChange",
    "ProposalSummary",
    "ReleasedRule",
    "audit_events",
    "compare_releases",
    "current_release",
    "draft_of",
    "drafted_changes",
    "drafted_number",
    "drafted_rules",
    "engine_rules",
    "library",
    "not_valid_on",
    "proposal_summary",
    "release_at",
    "released_rule",
    "rule_history",
    "rules_in",
    "verify_chain",
    "verify_events",
]
