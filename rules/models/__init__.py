"""Rules, the releases they are in force by, the proposals that change them, and the audit trail."""

from rules.models.audit import AuditEvent, AuditHead
from rules.models.proposal import Change, Proposal
from rules.models.release import Release, ReleaseEntry
from rules.models.rule import Rule, RuleVersion

__all__ = ["AuditEvent", "AuditHead", "Change", "Proposal", "Release", "ReleaseEntry", "Rule", "RuleVersion"]
