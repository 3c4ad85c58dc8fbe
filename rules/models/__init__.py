"""Rules, the releases they are in force by, the proposals that change them, their reviews, and the audit trail."""

from rules.models.audit import AuditEvent, AuditHead
from rules.models.notification import MailLanguage, Notification, NotificationPreference
from rules.models.proposal import Change, Proposal, ProposalMove
from rules.models.release import Release, ReleaseEntry
from rules.models.review import Check, Override, Policy, Review
from rules.models.rule import Rule, RuleVersion

__all__ = [
    "AuditEvent",
    "AuditHead",
    "Change",
    "Check",
    "MailLanguage",
    "Notification",
    "NotificationPreference",
    "Override",
    "Policy",
    "Proposal",
    "ProposalMove",
    "Release",
    "ReleaseEntry",
    "Review",
    "Rule",
    "RuleVersion",
]
